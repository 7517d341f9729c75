"""A generation is filled without indexes and searched with them: what arrives twice, late, or after a crash."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.errors import StoreError
from app.services.sync_ports import FeedRow, SeenHeadOffice
from app.store import connect, feed_rows, keys
from app.store.connect import Connection
from app.store.files import TillFiles, switch_cache
from app.store.first_load import is_loading
from app.store.folder import TILL_FILE, cache_file
from app.store.syncing import TillSync
from tests.support.feed import ACCOUNT, CARD, REGION, account, card, gone, member, page, row

SEEN = SeenHeadOffice(1, "i1", "l1")
NEXT = "region:sh:08"
OTHER = "01920000-0000-7000-8000-0000000000dd"
WANTED = {"ix_account_id", "ix_card_number", "ix_member_phone_back", "ix_other_id"}


@pytest.fixture
def sync(open_sync: Callable[[], TillSync]) -> TillSync:
    """A till that has just met head office: its generation is empty."""
    made = open_sync()
    made.start_incarnation(SEEN)
    return made


def building(folder: Path) -> Connection:
    ring = keys.load(folder, os.environ)
    till = connect.connect(folder / TILL_FILE, ring.key(TILL_FILE), connect.TILL)
    number = till.execute("SELECT building_no FROM sync").fetchone()[0]
    till.close()
    path = folder / cache_file(number)
    return connect.connect(path, ring.key(path.name), connect.CACHE)


def indexes(folder: Path) -> set[str]:
    cache = building(folder)
    found = {name for (name,) in cache.execute("SELECT name FROM sqlite_schema WHERE type = 'index'")}
    cache.close()
    return found


def shown(files: TillFiles, sync: TillSync) -> int:
    """The member's points once the generation is in use."""
    sync.switch_generation()
    switch_cache(files)
    found = files.members.by_card(CARD)
    assert found is not None
    assert found.account is not None
    return found.account.balance


def test_rows_go_in_without_indexes_and_are_found_with_them(files: TillFiles, sync: TillSync, folder: Path) -> None:
    assert sync.apply_page(page(member(), card(), account(100)))
    assert not WANTED & indexes(folder)
    cache = building(folder)
    assert is_loading(cache)
    sync.switch_generation()
    assert not is_loading(cache)
    assert {name for (name,) in cache.execute("SELECT name FROM sqlite_schema WHERE type = 'index'")} > WANTED
    cache.close()
    switch_cache(files)
    assert files.members.find("张小", 5).total == 1
    assert files.members.find("1234", 5).total == 1


def test_a_row_that_changed_during_the_sweep_is_there_once(files: TillFiles, sync: TillSync) -> None:
    live = (member(), card(), account(300, 2, 4))
    assert sync.apply_page(page(member(), card(), account(100), last=False))
    assert sync.apply_page(page(account(300, 2, 4), after=3, live=live))
    assert shown(files, sync) == 300
    assert files.members.count() == 1


def test_a_half_loaded_bucket_is_gone_on_with_after_a_restart(
    files: TillFiles, sync: TillSync, open_sync: Callable[[], TillSync], folder: Path
) -> None:
    live = (member(2, 4, "王大锤"), card(), account(300, 2, 5))
    assert sync.apply_page(page(member(), card(), account(100), last=False))
    sync.close()
    again = open_sync()
    assert again.apply_page(page(live[0], live[2], after=3, live=live))
    assert not WANTED & indexes(folder)
    assert shown(files, again) == 300
    assert files.members.find("王大", 5).total == 1
    assert files.members.find("小凡", 5).total == 0


def test_a_change_to_a_bucket_that_is_complete_waits_for_the_indexes(
    files: TillFiles, sync: TillSync, folder: Path
) -> None:
    stays = member(1, 1, "李四", OTHER)
    assert sync.apply_page(page(member(), card(), account(100)))
    assert sync.apply_page(page(stays, bucket=NEXT))
    assert not WANTED & indexes(folder)
    assert sync.apply_page(page(account(250, 2, 4), after=3, live=(member(), card(), account(250, 2, 4))))
    assert indexes(folder) > WANTED
    assert sync.apply_page(page(gone("member", OTHER, 2, 2), bucket=NEXT, after=1, live=()))
    assert shown(files, sync) == 250
    assert files.members.find("李四", 5).total == 0


def test_a_repair_waits_for_the_indexes_too(files: TillFiles, sync: TillSync, folder: Path) -> None:
    truth = (member(), card(), account(70, 1, 3))
    assert not sync.apply_page(page(member(), card(), account(100), live=truth))
    assert sync.apply_page(page(*truth, live=truth, replace=True))
    assert indexes(folder) > WANTED
    assert shown(files, sync) == 70


def test_a_page_that_failed_is_taken_whole_the_next_time(
    files: TillFiles, sync: TillSync, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the failed try remembered of the bucket is not there: no row may be taken for held."""
    live = (member(), card(), account(300, 2, 4))
    assert sync.apply_page(page(member(), last=False))
    whole = feed_rows.BucketRows.write
    failed: list[int] = []

    def full_at_first(bucket: feed_rows.BucketRows) -> None:
        whole(bucket)
        if not failed:
            failed.append(1)
            raise StoreError("disk_full")

    monkeypatch.setattr(feed_rows.BucketRows, "write", full_at_first)
    rows: tuple[FeedRow, ...] = (card(), account(300, 2, 4))
    with pytest.raises(StoreError, match="disk_full"):
        sync.apply_page(page(*rows, after=1, live=live))
    assert sync.apply_page(page(*rows, after=1, live=live))
    assert sync.load().cursors == {REGION: 4}
    assert shown(files, sync) == 300


def test_an_account_that_moves_to_another_member_is_found_there(files: TillFiles, sync: TillSync) -> None:
    """A change of an indexed column moves its index entry, in a cache that is in use."""
    sync.apply_page(page(member(), card(), account(100)))
    assert shown(files, sync) == 100
    moved = feed_moved(account(100, 2, 4))
    assert sync.apply_page(page(moved, after=3, live=(member(), card(), moved)))
    found = files.members.by_card(CARD)
    assert found is not None
    assert found.account is None


def feed_moved(old: FeedRow) -> FeedRow:
    """The account under another member."""
    fields = {"account_kind": "points", "member_id": OTHER, "balance": 100, "debt": 0, "available": 100}
    return row("account", ACCOUNT, old.ver, old.row_seq, **fields)


def test_a_row_that_comes_twice_in_one_page_is_there_once_in_its_higher_version(
    files: TillFiles, sync: TillSync
) -> None:
    live = (member(), card(), account(300, 2, 4))
    assert sync.apply_page(page(member(), card(), account(100), account(300, 2, 4), account(200, 1, 5), live=live))
    assert shown(files, sync) == 300
    again = (member(), card(), account(500, 4, 7))
    assert sync.apply_page(page(account(400, 3, 6), account(500, 4, 7), after=4, live=again))
    found = files.members.by_card(CARD)
    assert found is not None
    assert found.account is not None
    assert found.account.balance == 500


def test_indexes_that_are_built_stay_when_the_building_breaks_off(
    files: TillFiles, sync: TillSync, open_sync: Callable[[], TillSync], folder: Path
) -> None:
    assert sync.apply_page(page(member(), card(), account(100)))
    cache = building(folder)
    cache.execute("INSERT INTO card (n, bucket, id, incarnation_no, ver, row_seq) VALUES (99, 1, 'c', 1, 1, 9)")
    cache.execute("INSERT INTO card (n, bucket, id, incarnation_no, ver, row_seq) VALUES (98, 1, 'c', 1, 1, 9)")
    with pytest.raises(StoreError):
        sync.switch_generation()
    sync.close()
    assert indexes(folder) & WANTED == {"ix_account_id"}
    cache.execute("DELETE FROM card WHERE id = 'c'")
    cache.close()
    assert shown(files, open_sync()) == 100
    assert files.members.find("张小", 5).total == 1


def test_a_row_of_a_kind_nobody_knows_is_kept_whatever_it_is_called(sync: TillSync) -> None:
    """A newer head office may send kinds this program does not know, even one named as a table of ours."""
    rows = (row("other", "o1", 1, 1), row("novelty", "o1", 1, 2))
    assert sync.apply_page(page(*rows))
    sync.switch_generation()
    newer = (rows[0], row("novelty", "o1", 2, 3))
    assert sync.apply_page(page(newer[1], after=2, live=newer))
    assert sync._cache is not None
    held = sync._cache.execute("SELECT kind, ver FROM other ORDER BY kind").fetchall()
    assert held == [("novelty", 2), ("other", 1)]
