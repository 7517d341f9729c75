"""Fault matrix, a part of it (all: tests/proofs/every_flip.py): flips, tears, a lost cache, odd folders, clocks."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

import pytest

from app.clock import ManualClock
from app.services.sync_ports import SeenHeadOffice
from app.store import keys, verify
from app.store.connect import PAGE_BYTES
from app.store.files import open_till
from app.store.folder import TILL_FILE, cache_file
from app.store.pins import FLOOR
from app.store.syncing import TillSync
from tests.support import tills
from tests.support.damage import event_ids, flip, fresh, open_file, past, saved, torn
from tests.support.facts import sell
from tests.support.feed import account, card, member, page
from tests.support.flips import after, every_flip, every_tear, noticed

EVERY_FLIP, EVERY_TEAR = 7, 29
DAY_MS = 86_400_000
IN_2009_MS = 1_240_000_000_000


@pytest.fixture
def sold(folder: Path) -> Path:
    return past(folder)


def test_flipped_bits_of_either_file_are_noticed(sold: Path) -> None:
    for name in (TILL_FILE, cache_file(1)):
        tried = list(islice(every_flip(sold, name), 0, None, EVERY_FLIP))
        assert len(tried) > 30
        assert [one for one in tried if not noticed(sold, one)] == []


def test_torn_and_flipped_logs_are_noticed_and_nothing_readable_is_lost(sold: Path, tmp_path: Path) -> None:
    files = torn(sold, 3)
    ids = event_ids(sold)
    tears = list(islice(every_tear(files[1]), 0, None, EVERY_TEAR))
    assert len(tears) >= 8
    for how in tears:
        found = after(sold, files, ids, how, tmp_path / "torn")
        assert found.kept_order, how
        assert found.saved + found.lost == len(ids), how
        assert found.noticed or found.saved == len(ids), how


def open_sync(folder: Path) -> TillSync:
    return TillSync(folder, keys.load(folder, os.environ), ManualClock(tills.NOW_MS), lambda _: None)


def test_a_cache_with_a_flipped_page_is_fetched_again_and_no_event_is_touched(sold: Path) -> None:
    ids = event_ids(sold)
    sync = open_sync(sold)
    sync.start_incarnation(SeenHeadOffice(1, "i1", "l1"))
    assert sync.apply_page(page(member(), card(), account(100)))
    sync.switch_generation()
    sync.close()
    [name] = [path.name for path in sold.glob("cache-*.db")]
    flip(sold / name, 5 * PAGE_BYTES + 9)
    again = open_sync(sold)
    state = again.load()
    assert (state.building, dict(state.cursors)) == (True, {})
    assert again.apply_page(page(member(), card(), account(100)))
    again.switch_generation()
    again.close()
    files = tills.opened(sold)
    assert (files.cache_problem, files.members.count()) == (None, 1)
    files.close()
    assert event_ids(sold) == ids


def test_a_cache_that_ends_early_is_fetched_again(sold: Path) -> None:
    sync = open_sync(sold)
    sync.start_incarnation(SeenHeadOffice(1, "i1", "l1"))
    sync.switch_generation()
    sync.close()
    [path] = sold.glob("cache-*.db")
    path.write_bytes(path.read_bytes()[: 7 * PAGE_BYTES + 100])
    again = open_sync(sold)
    assert again.load().building
    again.close()


@pytest.mark.parametrize("name", ["收银机 1", "ünï%41 код", "a'b\"c #?&"])
def test_folders_of_any_name_are_marked_rescued_and_put_back(folder: Path, tmp_path: Path, name: str) -> None:
    odd = past(fresh(folder, tmp_path / name / "till"), 3)
    ids = event_ids(odd)
    flip(odd / TILL_FILE, 9 * PAGE_BYTES + 1)
    assert saved(odd).events == len(ids)
    files = tills.opened(odd)
    sell(files)
    files.close()
    assert event_ids(odd)[: len(ids)] == ids


@pytest.mark.parametrize("first_ms", [IN_2009_MS, tills.NOW_MS])
def test_a_clock_that_jumps_changes_no_order_and_no_chain(folder: Path, first_ms: int) -> None:
    clock = ManualClock(first_ms)
    files = open_till(folder, os.environ, clock, pin_cost=FLOOR)
    for days in (0, 30, -30, 365, -4_000):
        clock.set_ms(first_ms + days * DAY_MS)
        sell(files)
    files.close()
    db = open_file(folder)
    [found] = verify.events(db, folder / TILL_FILE).values()
    db.close()
    assert getattr(found, "seq", 0) == 5
    reopened = open_till(folder, os.environ, ManualClock(IN_2009_MS), pin_cost=FLOOR)
    assert reopened.book.pending_count() == 5
    reopened.close()


def test_a_file_cut_off_anywhere_is_refused_and_rescued(sold: Path, tmp_path: Path) -> None:
    size = (sold / TILL_FILE).stat().st_size
    ids = event_ids(sold)
    for cut in (100, PAGE_BYTES, size // 2, size - PAGE_BYTES, size - 1):
        folder = fresh(sold, tmp_path / "cut")
        (folder / TILL_FILE).write_bytes((folder / TILL_FILE).read_bytes()[:cut])
        found = saved(folder)
        kept = event_ids(folder)
        assert kept == [event for event in ids if event in kept]
        assert found.events + sum(last - first + 1 for first, last in found.missing) == len(ids)
