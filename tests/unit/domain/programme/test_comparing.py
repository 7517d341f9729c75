"""The same history under two programmes: by rule and member, returns off, refusals counted, nobody's balance asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from app.domain.programme.comparing import Comparison, Known, Past, PastReturn, PastSale, compare
from app.domain.programme.parse import parse
from app.domain.sale import Basket, Line, Tender, TenderKind
from tests.support.scenarios import document

TIERS = {"levels": [{"id": "base", "threshold": 0}, {"id": "gold", "threshold": 10_000, "upgrade_bonus": 7}]}
GOLD = {"id": "gold", "kind": "multiply", "factor": "2", "when": {"tiers": ["gold"]}}
CASH = Tender(TenderKind.CASH, 1)


def at(day: int) -> int:
    return int(datetime(2026, 1, day, 4, tzinfo=UTC).timestamp() * 1000)


def sold(day: int, minor: int = 1000, member: str | None = "m", known: Known | None = None, **more: Any) -> PastSale:
    tenders = more.pop("tenders", (CASH,))
    basket = Basket(lines=(Line(minor, qty=more.pop("qty", 1)),), tenders=tenders, **more)
    known = known or Known(known=True, tier="base")
    return PastSale(f"s{day}", at(day), "S1", "north", member, known, basket, promised=minor // 100)


def compared(old: dict[str, Any], new: dict[str, Any], *history: Past) -> Comparison:
    return compare(parse(document(**old)), parse(document(**new)), history)


def test_points_are_compared_by_rule_and_member_less_what_came_back() -> None:
    bonus = {"earn": {"rules": [{"id": "extra", "kind": "bonus", "points": 4}]}}
    back = PastReturn("r", at(9), "s1", {0: 1})
    found = compared({}, bonus, back, sold(1, qty=2), sold(2, 500, "n"))
    assert (found.sales, found.returns, found.promised) == (2, 1, 15)
    assert (found.old.by_rule, found.old.by_member) == ({"base": 15}, {"m": 10, "n": 5})
    assert (found.new.by_rule, found.new.by_member) == ({"base": 15, "extra": 6}, {"m": 12, "n": 9})
    assert (found.old.points, found.new.points, found.new.refused) == (15, 21, {})


def test_a_return_of_everything_and_one_of_a_sale_before_the_history() -> None:
    found = compared({}, {}, sold(1), PastReturn("r", at(2), "s1"), PastReturn("q", at(3), "older", {0: 1}))
    assert (found.returns, found.old.by_member) == (2, {"m": 0})


def test_tiers_go_on_from_what_the_till_knew_and_bonuses_are_counted() -> None:
    plain, doubled = {"tiers": TIERS}, {"tiers": TIERS, "earn": {"rules": [GOLD]}}
    known = Known(known=True, tier="gold")
    found = compared(plain, doubled, sold(1), sold(2, 10_000), sold(3), sold(4, 1000, "n", known))
    assert found.old.by_member == {"m": 120, "n": 10}
    assert found.new.by_member == {"m": 130, "n": 20}  # m is gold from the second sale on
    assert (found.old.bonuses, found.new.bonuses) == (7, 7)


def test_a_tier_the_other_programme_does_not_have_is_no_tier_there() -> None:
    found = compared({"tiers": TIERS}, {}, sold(1, known=Known(known=True, tier="gold")))
    assert found.new.by_member == {"m": 10}


def test_whoever_spent_points_or_coupons_then_has_them_here() -> None:
    redeem = {"points": 100, "value_minor": 100}
    coupon = {"id": "ten", "kind": "discount_minor", "value_minor": 200, "valid_days": 1}
    points = Tender(TenderKind.POINTS, points=300)
    paid = sold(1, tenders=(points, replace(CASH, minor=500)), coupons=("ten",))
    old = {"redeem": redeem, "coupon_types": [coupon]}
    found = compared(old, {**old, "redeem": {**redeem, "value_minor": 200}}, paid)
    assert (found.old.points, found.new.points) == (5, 2)  # 1000 - 200 - 300, and - 600


def test_a_sale_the_programme_would_refuse_is_counted_and_earns_nothing() -> None:
    found = compared({}, {}, sold(1, coupons=("gone",)), sold(2), PastReturn("r", at(3), "s1"))
    assert found.old.refused == {"coupon_conditions": 1}
    assert found.old.by_member == {"m": 10}


def test_anonymous_sales_earn_nothing_and_an_unknown_card_the_base_rate() -> None:
    limited = {"earn": {"rules": [{"id": "hello", "kind": "bonus", "points": 9, "limit_per_member": 1}]}}
    free = sold(3, 0, "card", Known(), tenders=())
    found = compared(limited, limited, sold(1, 1000, None), sold(2, 1000, "card", Known()), free)
    assert found.old.by_member == {"card": 10}
    assert found.old.by_rule == {"base": 10}


def test_birthdays_and_counters_count_where_they_are_known() -> None:
    birthday = {"id": "day", "kind": "bonus", "points": 3, "when": {"birthday": "day"}}
    first = {"id": "third", "kind": "bonus", "points": 5, "when": {"nth_purchase": 3}}
    known = Known(known=True, counters={"receipts": 2}, birthday_on=date(1990, 1, 1))
    found = compared({}, {"earn": {"rules": [birthday, first]}}, sold(1, known=known), sold(2, known=known))
    assert found.new.by_rule == {"base": 20, "day": 3, "third": 5}
