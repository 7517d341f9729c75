"""What a member holds beside points, over real files: cached rows, with own events over them until they are settled."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.clock import ManualClock
from app.domain.holdings import AccountKind, Holdings, account_id_of
from app.ids import AccountId, MemberId
from app.services.ports import Effect, Moved
from app.services.sync_ports import EventResult, FeedRow, RowVersion, SeenHeadOffice
from app.store import keys
from app.store.files import TillFiles, switch_cache
from app.store.syncing import TillSync
from tests.support import tills
from tests.support.facts import open_shift, sell
from tests.support.feed import ACCOUNT, CARD, MEMBER, account, card, gone, member, page, row

COUPON, OTHER = "01920000-0000-7000-8000-0000000000c1", "01920000-0000-7000-8000-0000000000c2"
STAMPS, MONEY = "01920000-0000-7000-8000-0000000000d1", "01920000-0000-7000-8000-0000000000d2"
ZHANG, NOBODY = MemberId(MEMBER), MemberId("01920000-0000-7000-8000-0000000000ee")


def coupon(row_id: str, state: str, ver: int = 1, row_seq: int = 4) -> FeedRow:
    return row(
        "coupon", row_id, ver, row_seq, coupon_type="welcome10", member_id=MEMBER, issued_on="2026-01-05",
        expires_on="2027-01-05", state=state,
    )  # fmt: skip


def plain(row_id: str, kind: str, balance: int, ver: int = 1, row_seq: int = 6, **more: str) -> FeedRow:
    return row(
        "account", row_id, ver, row_seq, account_kind=kind, member_id=MEMBER, balance=balance, debt=0,
        available=balance, lots=[], pending=[], to_follow=[], **more,
    )  # fmt: skip


BASE = (
    member(), card(), account(100), coupon(COUPON, "open"), coupon(OTHER, "used", row_seq=5),
    plain(STAMPS, "stamps", 7, stamp_id="summer"), plain(MONEY, "stored_value", 3_600, row_seq=7),
)  # fmt: skip


@pytest.fixture
def sync(files: TillFiles, folder: Path) -> Iterator[TillSync]:
    """A till with one member who holds some of everything."""
    open_shift(files)
    made = TillSync(folder, keys.load(folder, os.environ), ManualClock(tills.NOW_MS), lambda _: None)
    made.start_incarnation(SeenHeadOffice(1, "i1", "l1"))
    assert made.apply_page(page(*BASE))
    made.switch_generation()
    switch_cache(files)
    yield made
    made.close()


def held(files: TillFiles, member_id: MemberId = ZHANG) -> Holdings:
    return files.members.holdings(member_id, ("summer", "tea"))


def figures(files: TillFiles) -> tuple[list[bool], list[int], int]:
    """Whether each coupon is used, the stamps by card, the stored value."""
    found = held(files)
    return [one.used for one in found.coupons], [one.count for one in found.stamps], found.stored_value.balance_minor


def use_all(files: TillFiles) -> None:
    """A sale that uses the coupon, gives three stamps and takes ten yuan of stored value."""
    sell(
        files,
        effects=(
            Effect(AccountId(ACCOUNT), None, 9),
            Effect(AccountId(COUPON), None, -1, Moved.OTHER),
            Effect(AccountId(STAMPS), None, 3, Moved.OTHER),
            Effect(AccountId(MONEY), None, -1_000, Moved.OTHER),
        ),
    )


def told(**vers: int) -> EventResult:
    kinds = {ACCOUNT: "account", COUPON: "coupon", STAMPS: "account", MONEY: "account"}
    rows = tuple(RowVersion(kind, row_id, vers.get("ver", 2)) for row_id, kind in kinds.items())
    return EventResult(seq=1, outcome="applied", rows=rows, balance={})


def test_rows_are_shown_as_they_are(files: TillFiles, sync: TillSync) -> None:
    assert sync.cache_no() > 0
    assert figures(files) == ([False, True], [7, 0], 3_600)
    found = held(files)
    assert [one.coupon_id for one in found.coupons] == [COUPON, OTHER]
    assert (found.stamps[0].account_id, found.stored_value.account_id) == (STAMPS, MONEY)
    assert found.stamps[1].account_id == account_id_of(MEMBER, AccountKind.STAMPS, "tea")


def test_own_events_lie_over_them_until_their_rows_come(files: TillFiles, sync: TillSync) -> None:
    use_all(files)
    after = ([True, True], [10, 0], 2_600)
    assert figures(files) == after
    assert files.book.pending(1)[0].points == 9
    sync.store_results((told(),), 1, 1)
    assert figures(files) == after
    newer = (
        coupon(COUPON, "used", 2, 8), plain(STAMPS, "stamps", 10, 2, 9, stamp_id="summer"),
        plain(MONEY, "stored_value", 2_600, 2, 10), account(109, 2, 11),
    )  # fmt: skip
    live = (*BASE[:2], BASE[4], *newer)
    assert sync.apply_page(page(*newer, after=7, live=live))
    assert figures(files) == after


def test_a_coupon_given_back_is_open_again(files: TillFiles, sync: TillSync) -> None:
    assert sync.cache_no() > 0
    sell(files, effects=(Effect(AccountId(OTHER), None, 1, Moved.OTHER),))
    assert figures(files)[0] == [False, False]


def test_what_head_office_expired_or_took_away_is_gone(files: TillFiles, sync: TillSync) -> None:
    newer = (coupon(COUPON, "expired", 2, 8), gone("coupon", OTHER, 2, 9))
    assert sync.apply_page(page(*newer, after=7, live=(*BASE[:3], newer[0], *BASE[5:])))
    assert held(files).coupons == ()


def test_accounts_nobody_opened_are_what_own_events_made_of_them(files: TillFiles, sync: TillSync) -> None:
    assert sync.cache_no() > 0
    made = account_id_of(NOBODY, AccountKind.STORED_VALUE)
    sell(files, effects=(Effect(made, None, 5_000, Moved.OTHER),))
    found = held(files, NOBODY)
    assert (found.coupons, found.stored_value.balance_minor, found.stored_value.account_id) == ((), 5_000, made)
    assert [one.count for one in found.stamps] == [0, 0]


def test_a_card_number_is_settled_by_the_first_account_named(files: TillFiles, sync: TillSync) -> None:
    sell(files, effects=(Effect(None, CARD, 5),))
    rows = (RowVersion("account", ACCOUNT, 2), RowVersion("account", STAMPS, 9))
    sync.store_results((EventResult(seq=1, outcome="applied", rows=rows, balance={}),), 1, 1)
    newer = account(105, 2, 8)
    assert sync.apply_page(page(newer, after=7, live=(*BASE[:2], newer, *BASE[3:])))
    found = files.members.by_card(CARD)
    assert found is not None
    assert found.account is not None
    assert (found.account.balance, found.own_points) == (105, 0)
