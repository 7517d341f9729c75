"""`guitai restore`: files from a copy or an image lose their identity before they can sell."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from app.clock import ManualClock
from app.errors import StoreError
from app.store import keys, restore
from app.store.connect import PAGE_BYTES
from app.store.folder import TILL_FILE
from app.store.install import make_cache
from app.store.restore import DRAFT_FILE
from tests.support import tills
from tests.support.damage import enrolled_once, event_ids, flip, open_file, past
from tests.support.facts import sell


@pytest.fixture
def sold(folder: Path) -> Path:
    return past(folder)


@pytest.fixture
def copy(sold: Path, tmp_path: Path) -> Path:
    """till.db as it was after `past`."""
    return Path(shutil.copy(sold / TILL_FILE, tmp_path / "copy.db"))


def restored(folder: Path, copy: Path | None = None) -> str:
    return restore.restore(folder, keys.load(folder, os.environ), ManualClock(tills.NOW_MS), copy)


def sold_on(folder: Path) -> None:
    files = tills.opened(folder)
    for _ in range(3):
        sell(files)
    files.close()


def test_a_till_that_was_enrolled_sells_nothing_until_it_has_a_new_code(sold: Path) -> None:
    enrolled_once(sold)
    ids = event_ids(sold)
    assert restored(sold) == ""
    with pytest.raises(StoreError, match="till_needs_code"):
        tills.opened(sold)
    assert event_ids(sold) == ids


def test_a_till_nobody_knows_goes_on_with_the_next_epoch(sold: Path) -> None:
    restored(sold)
    files = tills.opened(sold)
    assert files.identity.epoch == 2
    assert files.cache_problem is not None
    assert sell(files).receipt_no == "S027-1-000013"
    files.close()


def test_an_older_copy_takes_the_place_and_uses_no_number_again(sold: Path, copy: Path) -> None:
    ids = event_ids(sold)
    sold_on(sold)
    newer = (sold / TILL_FILE).read_bytes()
    kept = restored(sold, copy)
    assert (sold / kept / TILL_FILE).read_bytes() == newer
    assert event_ids(sold) == ids
    files = tills.opened(sold)
    assert sell(files).receipt_no == "S027-1-000016"
    files.close()
    db = open_file(sold)
    assert db.execute("SELECT next FROM number_block WHERE series = 'card'").fetchone() == ("881000000005",)
    db.close()


def test_a_copy_that_is_damaged_or_of_another_till_takes_nobodys_place(sold: Path, copy: Path, tmp_path: Path) -> None:
    before = (sold / TILL_FILE).read_bytes()
    other = tills.make(tmp_path / "other")
    flip(copy, 9 * PAGE_BYTES + 70)
    for file, code in ((copy, "copy_damaged"), (other / TILL_FILE, "key_wrong")):
        with pytest.raises(StoreError, match=code) as found:
            restored(sold, file)
        assert found.value.facts["file"] == file.name
        assert (sold / TILL_FILE).read_bytes() == before
        assert not list(sold.glob(f"{DRAFT_FILE}*"))


@pytest.mark.parametrize(("content", "code"), [(b"garbage" * 2_000, "key_wrong"), (b"", "copy_damaged")])
def test_garbage_is_named_as_it_was_given(sold: Path, tmp_path: Path, content: bytes, code: str) -> None:
    garbage = tmp_path / "garbage.db"
    garbage.write_bytes(content)
    with pytest.raises(StoreError, match=code) as found:
        restored(sold, garbage)
    assert found.value.facts["file"] == "garbage.db"
    assert not list(sold.glob(f"{DRAFT_FILE}*"))


def test_a_copy_of_no_till_is_refused(sold: Path, tmp_path: Path) -> None:
    ring = keys.load(sold, os.environ)
    work = tmp_path / "work"
    work.mkdir()
    ring = keys.KeyRing(work, ring.device, ring.vault, ring.secrets, {"cache-7.db": ring.wrapped[TILL_FILE]})
    version, blob = keys.load(sold, os.environ).with_key("cache-7.db", ring_key(sold)).wrapped["cache-7.db"]
    ring = keys.KeyRing(work, ring.device, ring.vault, ring.secrets, {"cache-7.db": (version, blob)})
    make_cache(work, ring, 7)
    with pytest.raises(StoreError, match="schema_newer"):
        restored(sold, work / "cache-7.db")


def ring_key(folder: Path) -> bytes:
    return keys.load(folder, os.environ).key(TILL_FILE).raw


def test_a_copy_that_cannot_be_read_changes_nothing(sold: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="store_io"):
        restored(sold, tmp_path)
    assert len(event_ids(sold)) == 14
