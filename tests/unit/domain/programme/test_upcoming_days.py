"""The next day on which something of an account changes by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from app.domain.programme.account import Account, Coupon, Earlier, Lot, Purchase, SoldLine, ToFollow
from app.domain.programme.parse import parse
from app.domain.programme.upcoming import next_due
from tests.support.scenarios import document

TODAY = date(2026, 3, 10)
TIERS = {"metric": "spend", "levels": [{"id": "silver", "threshold": 0}, {"id": "gold", "threshold": 1_000}]}


def due(account: Account, **parts: Any) -> date | None:
    return next_due(parse(document(**parts)), account)


def bought(on: date, minor: int = 5_000, returned: int = 0) -> Purchase:
    return Purchase("s", on, on, (SoldLine(1, minor, 0, minor, returned),))


def test_an_account_with_nothing_is_never_due() -> None:
    empty = Account("m", TODAY)
    assert due(empty) is None
    assert due(replace(empty, lots=(Lot("a", "a", 0, TODAY, date(2026, 4, 1), TODAY, 0),))) is None


def test_lots_vest_and_expire_and_points_follow() -> None:
    lot = Lot("a", "a", 5, TODAY, date(2026, 5, 1), date(2026, 3, 20), 0)
    account = Account("m", TODAY, lots=(lot, replace(lot, key="b", expires_on=None, available_on=TODAY)))
    assert due(account) == date(2026, 3, 20)
    assert due(replace(account, day=date(2026, 3, 20))) == date(2026, 5, 1)
    follow = ToFollow("s", "r", 5, date(2026, 3, 11), date(2026, 3, 11))
    assert due(replace(account, to_follow=(follow,))) == date(2026, 3, 11)


def test_an_open_coupon_ends_and_a_used_one_does_not() -> None:
    coupon = Coupon("c", "ten", TODAY, date(2026, 3, 12))
    assert due(Account("m", TODAY, coupons=(coupon,))) == date(2026, 3, 12)
    assert due(Account("m", TODAY, coupons=(replace(coupon, used_by="s"),))) is None


def test_a_tier_begins_ends_and_its_window_moves_on() -> None:
    account = Account("m", TODAY, purchases=(bought(TODAY),))
    assert due(account, tiers={**TIERS, "effective": "next_day"}) == date(2026, 3, 11)
    later = replace(account, purchases=(replace(bought(TODAY), qualifies_on=date(2026, 3, 15)),))
    assert due(later, tiers=TIERS) == date(2026, 3, 15)
    assert due(account, tiers={**TIERS, "valid": "end_of_next_year"}) == date(2028, 1, 1)
    assert due(account, tiers={**TIERS, "window": "calendar_year"}) == date(2027, 1, 1)
    assert due(account, tiers={**TIERS, "window": "rolling_days", "rolling_days": 30}) == date(2026, 4, 9)
    assert due(replace(account, purchases=(bought(TODAY, returned=1),)), tiers=TIERS) is None
    assert due(replace(account, known=False), tiers=TIERS) is None


def test_what_was_known_before_ends_as_well() -> None:
    before = Earlier(TODAY, tier="gold", tier_until=date(2026, 12, 31), qualifying=7)
    account = Account("m", TODAY, earlier=(before,))
    assert due(account, tiers=TIERS) == date(2027, 1, 1)
    assert due(replace(account, earlier=(replace(before, on=date(2026, 4, 1)),)), tiers=TIERS) == date(2026, 4, 1)
    rolling = {**TIERS, "window": "rolling_days", "rolling_days": 10}
    assert due(account, tiers=rolling) == date(2026, 3, 20)
    assert due(replace(account, earlier=(replace(before, qualifying=0, tier_until=None),)), tiers=rolling) is None


def test_gifts_are_due_on_the_birthday_and_the_day_of_enrolment() -> None:
    gifts = [{"id": "b", "on": "birthday", "points": 5}, {"id": "e", "on": "enrolment", "points": 5}]
    account = Account("m", TODAY, birthday_on=date(1990, 2, 1), enrolled_on=date(2026, 3, 11))
    assert due(account, gifts=gifts) == date(2026, 3, 11)
    assert due(replace(account, enrolled_on=None), gifts=gifts) == date(2027, 2, 1)
    assert due(replace(account, enrolled_on=None, birthday_on=None), gifts=gifts) is None
    assert due(account) is None
