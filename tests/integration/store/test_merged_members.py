"""Two memberships become one: a sum is shown only of rows of the same transfer (protocol.md, fine print 5)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from app.clock import ManualClock
from app.domain.member import Member
from app.ids import AccountId, MemberId
from app.services.ports import Effect
from app.services.sync_ports import EventResult, FeedRow, RowVersion, SeenHeadOffice
from app.store import keys
from app.store.files import TillFiles, switch_cache
from app.store.syncing import TillSync
from tests.support import feed, tills
from tests.support.facts import SALE, open_shift, sell
from tests.support.feed import page

ALIAS, SURVIVOR = "01920000-0000-7000-8000-00000000a001", "01920000-0000-7000-8000-00000000b001"
MINE, THERE = "01920000-0000-7000-8000-00000000a002", "01920000-0000-7000-8000-00000000b002"
FAR = "region:sh:09"


def person(row_id: str, ver: int, row_seq: int, **more: str) -> FeedRow:
    found = feed.member(ver, row_seq, row_id=row_id)
    return feed.row("member", row_id, ver, row_seq, **(_fields(found) | more))


def points(row_id: str, member_id: str, balance: int, *, ver: int, row_seq: int, peers: dict[str, int]) -> FeedRow:
    found = _fields(feed.account(balance, ver, row_seq)) | {"member_id": member_id}
    return msgspec.structs.replace(feed.row("account", row_id, ver, row_seq, **found), peers=peers)


def _fields(row: FeedRow) -> dict[str, object]:
    found: dict[str, object] = json.loads(row.raw or "{}")
    return {name: value for name, value in found.items() if name not in ("kind", "id", "ver")}


BEFORE = (
    person(ALIAS, 1, 1),
    points(MINE, ALIAS, 300, ver=1, row_seq=2, peers={}),
    person(SURVIVOR, 1, 3),
    points(THERE, SURVIVOR, 50, ver=1, row_seq=4, peers={}),
)
MERGED = person(ALIAS, 2, 5, status="merged", merged_into=SURVIVOR)
EMPTIED = points(MINE, ALIAS, 20, ver=2, row_seq=6, peers={THERE: 2})
FILLED = points(THERE, SURVIVOR, 330, ver=2, row_seq=7, peers={MINE: 2})


@pytest.fixture
def sync(files: TillFiles, folder: Path) -> Iterator[TillSync]:
    open_shift(files)
    made = TillSync(folder, keys.load(folder, os.environ), ManualClock(tills.NOW_MS), lambda _: None)
    made.start_incarnation(SeenHeadOffice(1, "i1", "l1"))
    assert made.apply_page(page(*BEFORE))
    made.switch_generation()
    switch_cache(files)
    yield made
    made.close()


@pytest.fixture
def apply(sync: TillSync) -> Callable[..., None]:
    """Rows that come after those of before."""

    def run(*rows: FeedRow) -> None:
        held = {one.id: one for one in (*BEFORE, *rows)}
        assert sync.apply_page(page(*rows, after=4, live=tuple(held.values())))

    return run


def seen(files: TillFiles, member_id: str) -> Member:
    found = files.members.by_id(MemberId(member_id))
    assert found is not None
    assert found.account is not None
    return found


def shown(files: TillFiles, member_id: str) -> tuple[str, int, bool]:
    """Who is shown, the balance, and whether it is one that may be shown."""
    found = seen(files, member_id)
    assert found.account is not None
    return found.member_id, found.account.balance, not found.account.merging


def test_an_alias_is_shown_as_its_survivor_with_the_sum(files: TillFiles, apply: Callable[..., None]) -> None:
    apply(MERGED, EMPTIED, FILLED)
    assert shown(files, ALIAS) == (SURVIVOR, 350, True)
    assert shown(files, SURVIVOR) == (SURVIVOR, 330, True)
    found = files.members.find("张小凡", 20)
    assert {one.member_id for one in found.hits} == {SURVIVOR}


@pytest.mark.parametrize("part", [(MERGED, EMPTIED), (MERGED, FILLED), (FILLED,)], ids=["taken", "given", "not told"])
def test_half_a_transfer_has_no_figure(files: TillFiles, apply: Callable[..., None], part: tuple[FeedRow, ...]) -> None:
    apply(*part)
    whom = SURVIVOR if part == (FILLED,) else ALIAS
    assert shown(files, whom)[2] is False


def test_own_sales_of_both_are_laid_over(files: TillFiles, apply: Callable[..., None]) -> None:
    for member_id, account_id, earned in ((ALIAS, MINE, 7), (SURVIVOR, THERE, 5)):
        sale = replace(SALE, member_id=MemberId(member_id), card=None)
        sell(files, sale, (Effect(AccountId(account_id), None, earned),))
    apply(MERGED, EMPTIED, FILLED)
    found = seen(files, ALIAS)
    assert (found.own_points, found.own_events) == (12, 2)


def test_what_a_version_of_the_survivor_holds_is_not_laid_over_the_alias_again(
    files: TillFiles, sync: TillSync
) -> None:
    """Their buckets come one after the other, and the survivor was changed alone since: it names the alias no more."""
    sale = replace(SALE, member_id=MemberId(ALIAS), card=None)
    assert sync.apply_page(page(MERGED, EMPTIED, after=4, live=(MERGED, EMPTIED, *BEFORE[2:])))
    sell(files, sale, (Effect(AccountId(MINE), None, 7),))
    settled = tuple(RowVersion("account", one, 3) for one in (THERE, MINE))
    sync.store_results((EventResult(1, "applied", settled),), 1, 1)
    newer = points(THERE, SURVIVOR, 337, ver=4, row_seq=7, peers={})
    assert sync.apply_page(page(newer, after=6, live=(MERGED, EMPTIED, BEFORE[2], newer)))
    assert (shown(files, ALIAS), seen(files, ALIAS).own_points) == ((SURVIVOR, 357, True), 0)


def test_a_survivor_that_is_not_here_leaves_the_alias_without_a_figure(files: TillFiles, sync: TillSync) -> None:
    gone = (feed.gone("member", SURVIVOR, 2, 8), feed.gone("account", THERE, 2, 9))
    live = (MERGED, BEFORE[1])
    assert sync.apply_page(page(MERGED, *gone, after=4, live=live))
    assert shown(files, ALIAS)[0::2] == (ALIAS, False)


def test_a_member_without_points_hands_nothing_over(files: TillFiles, sync: TillSync) -> None:
    gone = feed.gone("account", MINE, 2, 8)
    assert sync.apply_page(page(MERGED, gone, after=4, live=(MERGED, *BEFORE[2:])))
    assert shown(files, ALIAS) == (SURVIVOR, 50, True)


def test_a_survivor_whose_points_are_not_here_has_no_figure(files: TillFiles, sync: TillSync) -> None:
    gone = feed.gone("account", THERE, 2, 8)
    assert sync.apply_page(page(MERGED, gone, after=4, live=(MERGED, BEFORE[1], BEFORE[2])))
    assert shown(files, ALIAS)[0::2] == (SURVIVOR, False)


def test_an_alias_of_itself_ends(files: TillFiles, sync: TillSync) -> None:
    circle = person(ALIAS, 2, 5, status="merged", merged_into=ALIAS)
    assert sync.apply_page(page(circle, after=4, live=(circle, *BEFORE[1:])))
    assert shown(files, ALIAS)[2] is False


def test_members_of_two_regions_are_found_by_their_newest_row(files: TillFiles, sync: TillSync) -> None:
    newer = points(THERE, SURVIVOR, 330, ver=3, row_seq=1, peers={MINE: 1})
    assert sync.apply_page(page(person(SURVIVOR, 2, 2), newer, bucket=FAR))
    assert shown(files, SURVIVOR) == (SURVIVOR, 330, True)
