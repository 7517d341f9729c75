"""The smallest differences that decide: one cent, one point, one unit, one day; each was once wrong without a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.domain.programme import lots as ledger_lots
from app.domain.programme.account import Account
from app.domain.programme.facts import AccountFacts, LotFacts, open_account
from app.domain.programme.lots import Posting
from app.domain.programme.parse import parse
from app.domain.programme.sale import compute_sale
from app.domain.programme.tiers import qualifying, reached
from app.domain.programme.when import Moment
from app.domain.sale import Basket, Line, OrderDiscount, RewardUse, Tender, TenderKind
from app.errors import Refusal
from tests.support.scenarios import (
    adjust,
    because,
    document,
    give_back,
    line,
    look,
    lots,
    pay_points,
    play,
    redeem,
    sale,
)

DAY = "2025-01-23"
ON = date(2025, 1, 23)
MOMENT = Moment("s", datetime(2025, 1, 23, 10, tzinfo=UTC), "S1")
PENNY = {"points": 1, "value_minor": 1}
POINTS, CASH, GIFT = TenderKind.POINTS, TenderKind.CASH, TenderKind.GIFT_CARD


def account(raw: dict[str, Any], points: int = 0, debt: int = 0) -> Account:
    had = (LotFacts(points, date(2025, 1, 1)),) if points else ()
    return open_account(parse(raw), AccountFacts("m", lots=had, debt=debt), ON)


def refusal(raw: dict[str, Any], basket: Basket, member: Account) -> Refusal:
    with pytest.raises(Refusal) as caught:
        compute_sale(parse(raw), member, basket, MOMENT)
    return caught.value


def test_a_line_of_one_cent_is_enough_for_a_rule() -> None:
    rules = [{"id": "b", "kind": "bonus", "points": 5}]
    [result] = play(document(earn={"rules": rules}), sale("s", DAY, line(1)))
    assert because(result) == [("b", 0, 5)]


def test_units_of_a_line_differ_by_one_cent_at_most() -> None:
    earn = {"rounding_scope": "unit", "per_minor": 102}
    [result] = play(document(earn=earn), sale("s", DAY, line(101, qty=3, discount_minor=1)))  # 101, 101, 100
    assert result["earned"] == 0


def test_a_cap_leaves_no_entry_without_points() -> None:
    rules = [{"id": "b", "kind": "bonus", "points": 1}]
    earn = {"rules": rules, "max_points_per_receipt": 1}
    [result] = play(document(earn=earn), sale("s", DAY, line(900)))
    assert because(result) == [("base", 0, 1)]


REWARDS = {
    "minor": {"kind": "discount_minor", "value_minor": 100},
    "percent": {"kind": "discount_percent", "percent": "10"},
    "free": {"kind": "free_units", "sku": "A", "units_per_reward": 1},
}


@pytest.mark.parametrize("kind", REWARDS)
def test_goods_a_reward_did_not_touch_bring_none_of_its_points_back(kind: str) -> None:
    raw = document(rewards=[{"id": "w", "points": 10_000, **REWARDS[kind], "when": {"skus": ["A"]}}])
    basket = sale("s", DAY, line(1000, sku="A"), line(1000, sku="B"), rewards=[{"id": "w"}])
    member = {"lots": lots((10_000, "2025-01-01"))}
    _sold, other, own = play(raw, basket, give_back("r", "s", DAY, (1, 1)), give_back("q", "s", DAY, (0, 1)), m=member)
    assert (other["points_restored"], own["points_restored"]) == (0, 10_000)


def test_a_discount_of_nothing_takes_nothing_off() -> None:
    [result] = play(document(), sale("s", DAY, line(500), order_discounts=[{"minor": 0}]))
    assert result["payable_minor"] == 500


def test_a_basket_discount_without_a_figure_takes_nothing_off() -> None:
    basket = Basket((Line(500),), (OrderDiscount(),), tenders=(Tender(CASH),))
    assert compute_sale(parse(document()), None, basket, MOMENT).result.payable_minor == 500


def test_two_of_a_reward_give_twice_its_units() -> None:
    rewards = [{"id": "w", "points": 10, "kind": "free_units", "sku": "A", "units_per_reward": 3}]
    basket = sale("s", DAY, line(100, sku="A", qty=7), rewards=[{"id": "w", "times": 2}])
    [result] = play(document(rewards=rewards), basket, m={"lots": lots((20, "2025-01-01"))})
    assert (result["payable_minor"], result["redeemed"]) == (100, 20)


def test_a_reward_that_took_nothing_off_comes_back_with_the_last_unit() -> None:
    rewards = [{"id": "w", "points": 30, "kind": "discount_percent", "percent": "0"}]
    steps = [sale("s", DAY, line(100, qty=2), rewards=[{"id": "w"}])]
    steps += [give_back("r", "s", DAY, (0, 1)), give_back("q", "s", DAY, (0, 1))]
    sold, first, last = play(document(rewards=rewards), *steps, m={"lots": lots((30, "2025-01-01"))})
    assert (sold["redeemed"], first["points_restored"], last["points_restored"]) == (30, 0, 30)


def test_a_points_tender_that_carries_its_amount_is_not_counted_twice() -> None:
    raw = document(redeem=PENNY)
    tenders = (Tender(POINTS, minor=300, points=300), Tender(CASH, 700))
    outcome = compute_sale(parse(raw), account(raw, 300), Basket((Line(1000),), tenders=tenders), MOMENT)
    assert (outcome.tenders, outcome.unpaid_minor) == (tenders, 0)


def test_tenders_come_back_with_their_amounts() -> None:
    raw = document(redeem=PENNY)
    basket = Basket((Line(1000),), tenders=(Tender(POINTS, max_points=True), Tender(CASH)))
    outcome = compute_sale(parse(raw), account(raw, 300), basket, MOMENT)
    assert outcome.tenders == (Tender(POINTS, minor=300, points=300), Tender(CASH, 700))


def test_tenders_over_says_what_was_tendered() -> None:
    raw = document(redeem=PENNY)
    found = refusal(raw, Basket((Line(1000),), tenders=(Tender(GIFT, 1001),)), account(raw))
    assert (found.code, dict(found.facts)) == ("tenders_over", {"tendered_minor": 1001, "payable_minor": 1000})


def test_points_find_no_room_where_other_tenders_pay_everything() -> None:
    raw = document(redeem=PENNY)
    basket = Basket((Line(1000),), tenders=(Tender(POINTS, max_points=True), Tender(GIFT, 1000)))
    assert compute_sale(parse(raw), account(raw, 300), basket, MOMENT).result.redeemed == 0
    over = replace(basket, tenders=(basket.tenders[0], Tender(GIFT, 1001)))
    assert refusal(raw, over, account(raw, 300)).facts["tendered_minor"] == 1001


def test_points_find_no_room_on_goods_they_may_not_pay() -> None:
    raw = document(redeem={**PENNY, "exclude_categories": ["card"]})
    basket = Basket((Line(1000, category="card"),), tenders=(Tender(POINTS, max_points=True), Tender(CASH)))
    assert compute_sale(parse(raw), account(raw, 300), basket, MOMENT).result.redeemed == 0


def test_without_a_rate_points_pay_nothing_of_a_receipt() -> None:
    raw = document()
    found = refusal(raw, Basket((Line(1000),), tenders=(Tender(POINTS, points=1), Tender(CASH))), account(raw, 5))
    assert (found.code, dict(found.facts)) == ("over_share", {"points": 1, "most": 0})


def test_a_reward_of_one_point_needs_one_point() -> None:
    raw = document(rewards=[{"id": "w", "points": 1, "kind": "discount_minor", "value_minor": 1}])
    basket = Basket((Line(1000),), rewards=(RewardUse("w"),), tenders=(Tender(CASH),))
    assert dict(refusal(raw, basket, account(raw)).facts) == {"usable": 0, "needed": 1}
    assert dict(refusal(raw, basket, account(raw, debt=7)).facts) == {"usable": 0, "needed": 1}


def test_exactly_the_minimum_may_be_spent() -> None:
    _spent, left = play(document(redeem={**PENNY, "min_points": 50}), redeem("x", DAY, 50), look(DAY),
                        m={"lots": lots((50, "2025-01-01"))})  # fmt: skip
    assert left["balance"] == 0


def test_a_gift_card_of_nothing_takes_nothing_from_earning() -> None:
    earn = {"stored_value_tender_earns": False}
    [result] = play(
        document(earn=earn), sale("s", DAY, line(100), tenders=[{"kind": "gift_card", "minor": 0}, {"kind": "cash"}])
    )
    assert result["earned"] == 1


def test_stored_value_is_spread_over_what_points_left_of_each_line() -> None:
    earn = {"stored_value_tender_earns": False, "exclude_categories": ["book"]}
    raw = document(earn=earn, redeem={**PENNY, "exclude_categories": ["book"]})
    tenders = [pay_points(500), {"kind": "gift_card", "minor": 600}, {"kind": "cash"}]
    basket = sale("s", DAY, line(1000, category="food"), line(1000, category="book"), tenders=tenders)
    [result] = play(raw, basket, m={"lots": lots((500, "2025-01-01"))})
    assert result["earned"] == 3  # 1000 - 500 - 600 × 500 / 1500


def test_lots_keep_the_order_in_which_they_were_posted() -> None:
    raw, member = parse(document()), account(document())
    for number in range(3):
        member = ledger_lots.post(raw, member, Posting(f"k{number}", "e", 5, ON, ON), ON)
    assert [lot.order for lot in member.lots] == [0, 1, 2]


def test_points_revived_in_two_steps_are_two_lots_of_their_own() -> None:
    raw = document(
        redeem=PENNY, expiry={"kind": "after", "days": 30}, returns={"restore_expired_days": 9}, earn={"points": 0}
    )
    steps = [sale("s", DAY, line(1000, qty=2), tenders=[pay_points(100), {"kind": "cash"}])]
    steps += [give_back("r", "s", "2025-01-30", (0, 1)), give_back("q", "s", "2025-01-30", (0, 1))]
    *_before, spent, left = play(raw, *steps, redeem("x", "2025-01-30", 60), look("2025-01-30"),
                                 m={"lots": lots((100, "2024-12-25"))})  # fmt: skip
    assert spent["balance"] == 40
    assert [one["points"] for one in left["lots"]] == [40]


def test_revived_lots_have_keys_and_places_of_their_own() -> None:
    raw = parse(document(returns={"restore_expired_days": 9}))
    member = open_account(raw, AccountFacts("m", lots=(LotFacts(8, date(2024, 12, 1), date(2025, 2, 1)),)), ON)
    member, spent = ledger_lots.spend(raw, member, 8, ON)
    for _ in range(2):
        given = ledger_lots.give_back(raw, member, spent, 3, date(2025, 3, 1))
        member, spent = given.account, given.spent
    assert len({lot.key for lot in member.lots}) == 3
    assert [(lot.amount, lot.order) for lot in member.lots] == [(0, 0), (3, 1), (3, 2)]


def test_points_that_come_home_to_a_live_lot_do_not_lapse() -> None:
    steps = [sale("s", DAY, line(1000), tenders=[pay_points(100), {"kind": "cash"}]), give_back("r", "s", DAY, (0, 1))]
    _sold, back = play(document(redeem=PENNY), *steps, m={"lots": lots((100, "2025-01-01"))})
    assert (back["points_restored"], back["points_lapsed"]) == (100, 0)


def test_every_further_return_refills_the_lot_spent_last_first() -> None:
    raw = document(redeem=PENNY, earn={"points": 0}, expiry={"kind": "after", "days": 90})
    steps = [sale("s", DAY, line(100, qty=4), tenders=[pay_points(20), {"kind": "cash"}])]
    steps += [give_back("r", "s", DAY, (0, 1)), give_back("q", "s", DAY, (0, 2)), look(DAY)]
    *_before, after = play(raw, *steps, m={"lots": lots((10, "2025-01-01"), (10, "2025-01-02"))})
    assert [one["points"] for one in after["lots"]] == [5, 10]


def test_a_return_takes_usable_points_of_the_sale_before_expired_ones() -> None:
    earn = {"rules": [{"id": "later", "kind": "bonus", "points": 20, "post_after_days": 3}]}
    raw = document(earn=earn, expiry={"kind": "after", "days": 10})
    steps = [sale("s", DAY, line(500, qty=2)), give_back("r", "s", "2025-02-03", (0, 1))]
    _sold, back = play(raw, *steps)
    assert (back["earned_reversed"], back["balance"]) == (15, 5)


def test_points_to_follow_that_were_cancelled_are_gone() -> None:
    earn = {"rules": [{"id": "later", "kind": "bonus", "points": 20, "post_after_days": 3}]}
    raw = parse(document(earn=earn))
    sold = compute_sale(raw, account(document(earn=earn)), Basket((Line(1000),), tenders=(Tender(CASH),)), MOMENT)
    assert sold.account is not None
    after, missing = ledger_lots.take_back(sold.account, 20, "s", ON)
    assert (after.to_follow, missing) == ((), 0)


def test_a_gift_due_before_a_return_is_given() -> None:
    raw = document(gifts=[{"id": "day", "on": "birthday", "points": 50}], earn={"points": 0})
    steps = [sale("s", DAY, line(1000)), give_back("r", "s", "2025-01-25", (0, 1)), look("2025-01-26")]
    *_before, after = play(raw, *steps, m={"birthday": "1990-01-24"})
    assert after["balance"] == 50


def test_a_coupon_lives_as_long_as_its_own_type_says() -> None:
    types = [
        {"id": name, "kind": "discount_minor", "value_minor": 1, "valid_days": days}
        for name, days in (("a", 5), ("b", 9))
    ]
    raw = document(coupon_types=types, rewards=[{"id": "w", "points": 0, "kind": "coupon", "coupon_type": "b"}])
    [result] = play(raw, sale("s", DAY, line(100), rewards=[{"id": "w"}]))
    assert result["coupons"][0]["expires_on"] == "2025-02-01"


def test_a_level_of_one_visit_is_reached_by_the_first() -> None:
    raw = document(
        tiers={"metric": "visits", "levels": [{"id": "base", "threshold": 0}, {"id": "guest", "threshold": 1}]}
    )
    [result] = play(raw, sale("s", DAY, line(100)))
    assert result["tier"] == "guest"


def test_what_a_member_brought_along_raises_no_tier_by_itself() -> None:
    raw = document(tiers={"levels": [{"id": "base", "threshold": 0}, {"id": "gold", "threshold": 1000}]})
    member = {"tier": "base", "qualifying": 5000}
    before, after = play(raw, look(DAY), sale("s", DAY, line(1)), m=member)
    assert (before["tier"], after["tier"]) == ("base", "gold")


def test_a_sale_still_to_be_confirmed_lets_what_was_brought_along_rest() -> None:
    levels = [{"id": "base", "threshold": 0}, {"id": "gold", "threshold": 1000}]
    raw = document(tiers={"levels": levels, "confirm_days": {"store": 2}})
    member = {"tier": "base", "qualifying": 5000}
    sold, later = play(raw, sale("s", DAY, line(1)), look("2025-01-25"), m=member)
    assert (sold["tier"], later["tier"]) == ("base", "gold")


def test_what_counts_is_the_window_with_both_its_ends() -> None:
    tiers = {"window": "rolling_days", "rolling_days": 3, "levels": [{"id": "base", "threshold": 0}]}
    raw = parse(document(tiers=tiers))
    member = account(document(tiers=tiers))
    for day, minor in ((20, 1), (21, 10), (22, 100), (23, 1000), (24, 10_000)):
        moment = Moment(f"s{day}", datetime(2025, 1, day, 10, tzinfo=UTC))
        sold = compute_sale(raw, member, Basket((Line(minor),), tenders=(Tender(CASH),)), moment)
        assert sold.account is not None
        member = sold.account
    assert raw.tiers is not None
    assert qualifying(raw.tiers, member, ON) == 1110


def test_a_sale_that_still_has_to_be_confirmed_reaches_nothing() -> None:
    levels = [{"id": "base", "threshold": 0}, {"id": "gold", "threshold": 100}]
    raw = parse(document(tiers={"confirm_days": {"store": 2}, "levels": levels}))
    sold = compute_sale(raw, account(document()), Basket((Line(100),), tenders=(Tender(CASH),)), MOMENT)
    assert raw.tiers is not None
    assert sold.account is not None
    assert reached(raw.tiers, sold.account, date(2025, 1, 24)) == []
    assert [grant.level for grant in reached(raw.tiers, sold.account, date(2025, 1, 25))] == ["gold"]


def test_a_positive_adjustment_of_one_point_is_one_point() -> None:
    _given, after = play(document(), adjust("a", DAY, 1), look(DAY))
    assert after["balance"] == 1


def test_in_line_scope_a_multiplier_acts_on_its_lines_alone_and_before_rounding() -> None:
    rules = [{"id": "x", "kind": "multiply", "factor": "1.5", "when": {"skus": ["B"]}}]
    earn = {"rounding": "floor", "rounding_scope": "line", "rules": rules}
    [result] = play(document(earn=earn), sale("s", DAY, line(300, sku="A"), line(300, sku="B")))
    assert because(result) == [("base", 0, 3), ("base", 1, 3), ("x", 1, 1)]


def test_in_unit_scope_a_rate_counts_every_unit() -> None:
    rules = [{"id": "x", "kind": "rate", "points": 1, "per_minor": 100}]
    earn = {"points": 0, "rounding_scope": "unit", "rules": rules}
    [result] = play(document(earn=earn), sale("s", DAY, line(250, qty=3)))
    assert because(result) == [("x", 0, 6)]
