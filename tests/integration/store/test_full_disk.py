"""A disk that fills up at any point of a sale, of synchronisation or of a rescue: words, and nothing half done."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.clock import ManualClock
from app.errors import StoreError
from app.services.sync_ports import SeenHeadOffice
from app.store import keys, mark
from app.store.connect import PAGE_BYTES
from app.store.files import TillFiles
from app.store.folder import TILL_FILE
from app.store.syncing import TillSync
from tests.support import tills
from tests.support.damage import FRAME_BYTES, WAL, event_ids, flip, no_file_over, past, saved
from tests.support.facts import sell


@pytest.fixture
def sold(folder: Path) -> Path:
    return past(folder)


def sale_with_room(files: TillFiles, frames: int) -> str:
    """The code a sale is refused with when the log may grow by so many frames; empty when it was made."""
    size = (files.folder / WAL).stat().st_size
    try:
        with no_file_over(size + frames * FRAME_BYTES):
            sell(files)
    except StoreError as error:
        return error.code
    return ""


def test_a_sale_is_whole_or_refused_wherever_the_log_stops_growing(sold: Path) -> None:
    files = tills.opened(sold)
    sell(files)
    head, marked = files.book.head(), mark.read(sold)
    codes, stands = [], []
    while "" not in codes:
        codes.append(sale_with_room(files, len(codes)))
        stands.append((files.book.head(), mark.read(sold)))
    sell(files)
    files.close()
    refused = codes[:-1]
    assert refused == ["disk_full"] * len(refused) != []
    assert stands[:-1] == [(head, marked)] * len(refused)
    assert len(event_ids(sold)) == 17


def test_synchronisation_says_that_the_disk_is_full_and_goes_on_afterwards(sold: Path) -> None:
    sync = TillSync(sold, keys.load(sold, os.environ), ManualClock(tills.NOW_MS), lambda _: None)
    with no_file_over(0), pytest.raises(StoreError, match="disk_full"):
        sync.prepare(1, 9, 1 << 20)
    assert sync.load().sent == 0
    sync.store_version(SeenHeadOffice(1, "i", "l"), 0)
    assert sync.prepare(1, 9, 1 << 20).events != ()
    sync.close()


@pytest.mark.parametrize("part", [0, 1, 8, 40])
def test_a_rescue_without_room_leaves_all_as_it_was(sold: Path, part: int) -> None:
    flip(sold / TILL_FILE, 9 * PAGE_BYTES + 1)
    before = {path.name: path.read_bytes() for path in sold.iterdir() if path.is_file()}
    with no_file_over(part * PAGE_BYTES), pytest.raises(StoreError, match="disk_full"):
        saved(sold)
    after = {path.name: path.read_bytes() for path in sold.iterdir() if path.is_file()}
    assert {name: after[name] for name in before} == before
    assert [path.name for path in sold.iterdir() if path.name.startswith(("damaged-", "till.rescued"))] == []
    assert saved(sold).events == 14
