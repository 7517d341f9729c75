"""A repair that a till dies in: the bucket is found again at its next count, whatever was replaced already."""

from __future__ import annotations

from collections.abc import Mapping

from app.services.sync_ports import FeedRow, Slice
from app.store.connect import Connection
from app.store.files import TillFiles
from app.store.slices import Figures
from app.store.syncing import TillSync
from sync.protocol.buckets import slice_of
from tests.integration.store.test_syncing import sync, till
from tests.support.feed import REGION, account, card, member

__all__ = ["sync", "till"]

ROWS = (member(), card(), account(100))


def theirs() -> Mapping[int, tuple[int, str]]:
    """What head office says of its slices."""
    found: dict[int, Figures] = {}
    for row in ROWS:
        found.setdefault(slice_of(row.kind, row.id), Figures()).add(row.kind, row.raw or "")
    return {number: (one.live_rows, one.sum_bytes.hex()) for number, one in found.items()}


def part(row: FeedRow) -> Slice:
    number = slice_of(row.kind, row.id)
    return Slice(REGION, number, tuple(one for one in ROWS if slice_of(one.kind, one.id) == number), 1)


def cache_of(sync: TillSync) -> Connection:
    assert sync._cache is not None
    return sync._cache


def test_until_nothing_differs_any_more_a_count_finds_the_bucket(files: TillFiles, sync: TillSync) -> None:
    for table in ("card", "account"):
        cache_of(sync).execute(f"UPDATE {table} SET raw = raw || ' '")
    assert sync.recount() == (REGION,)
    first, second = sync.differing_slices(REGION, theirs(), slice_of)
    assert sync.recount() == (REGION,)
    for row in (ROWS[1], ROWS[2]):
        assert slice_of(row.kind, row.id) in (first, second)
        assert sync.recount() == (REGION,)
        assert sync.replace_slice(part(row), slice_of)
    assert sync.differing_slices(REGION, theirs(), slice_of) == ()
    assert sync.recount() == ()


def test_a_row_too_many_and_one_too_few_are_put_right_at_the_end(files: TillFiles, sync: TillSync) -> None:
    cache_of(sync).execute("DELETE FROM card")
    cache_of(sync).execute("UPDATE account SET id = 'another'")
    assert sync.recount() == (REGION,)
    for number in sync.differing_slices(REGION, theirs(), slice_of):
        rows = tuple(one for one in ROWS if slice_of(one.kind, one.id) == number)
        sync.replace_slice(Slice(REGION, number, rows, 1), slice_of)
    assert sync.differing_slices(REGION, theirs(), slice_of) == ()
    assert sync.recount() == ()
