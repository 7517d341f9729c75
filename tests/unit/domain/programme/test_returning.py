"""Returns: exact shares, points home to their lots, the order in which earned points are taken."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.programme.schema import DocumentError
from tests.support.scenarios import document, give_back, line, look, lots, pay_points, play, redeem, sale

DAY = "2025-01-23"
RATE = {"points": 10, "value_minor": 100, "step_points": 10, "min_points": 10}


def picked(result: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(result[name] for name in names)


def test_units_give_back_cumulative_shares() -> None:
    results = play(
        document(earn={"per_minor": 10}),
        sale("s", DAY, line(34, qty=3, discount_minor=2)),
        *(give_back(f"r{number}", "s", DAY, (0, 1)) for number in range(3)),
    )
    assert results[0]["earned"] == 10
    assert [picked(one, "earned_reversed", "refund_minor") for one in results[1:]] == [(3, 33), (3, 33), (4, 34)]
    assert results[3]["balance"] == 0


def test_more_units_than_are_left_returns_nothing() -> None:
    results = play(
        document(),
        sale("s", DAY, line(1000, qty=2), line(500)),
        give_back("r1", "s", DAY, (0, 1)),
        give_back("r2", "s", DAY, (1, 1), (0, 2)),
        give_back("r3", "s", DAY, (0, 1), (1, 1)),
    )
    assert picked(results[2], "refused", "refund_minor", "balance") == ("already_returned", 0, 15)
    assert picked(results[3], "refund_minor", "balance") == (1500, 0)


@pytest.mark.parametrize(("day", "accepted"), [("2025-02-22", True), ("2025-02-23", False)])
def test_the_window_includes_its_last_day(day: str, accepted: bool) -> None:
    programme = document(returns={"window_days": 30})
    result = play(programme, sale("s", DAY, line(1000)), give_back("r", "s", day, (0, 1)))[1]
    assert result.get("refused") == (None if accepted else "return_window")


def test_without_a_window_a_return_is_always_taken() -> None:
    result = play(document(), sale("s", DAY, line(1000)), give_back("r", "s", "2035-01-01", (0, 1)))[1]
    assert result["earned_reversed"] == 10


def test_points_paid_come_back_in_proportion_to_their_money() -> None:
    step = sale("s", DAY, line(1000, qty=3), line(1000), tenders=[pay_points(100), {"kind": "cash"}])
    results = play(
        document(redeem=RATE),
        step,
        give_back("r1", "s", DAY, (0, 1)),
        give_back("r2", "s", DAY, (1, 1)),
        give_back("r3", "s", DAY, (0, 2)),
        m={"lots": lots((150, "2025-01-01"))},
    )
    assert results[0]["redeemed"] == 100
    assert [picked(one, "points_restored", "refund_minor") for one in results[1:]] == [(25, 750), (25, 750), (50, 1500)]
    assert results[3]["balance"] == 150


def test_lots_are_refilled_in_reverse_order_of_spending() -> None:
    step = sale("s", DAY, line(500, qty=2), tenders=[pay_points(100), {"kind": "cash"}])
    member = {
        "lots": [
            {"points": 60, "earned_on": "2025-01-01", "expires_on": "2025-06-01"},
            {"points": 90, "earned_on": "2025-01-01", "expires_on": "2025-07-01"},
        ]
    }
    results = play(
        document(redeem=RATE), step, give_back("r1", "s", DAY, (0, 1)), give_back("r2", "s", DAY, (0, 1)), m=member
    )
    assert [[one["points"] for one in result["lots"]] for result in results] == [[50], [10, 90], [60, 90]]


def test_a_restored_lot_that_expired_meanwhile_lapses() -> None:
    step = sale("s", DAY, line(1000), tenders=[pay_points(100)])
    member = {"lots": [{"points": 100, "earned_on": "2025-01-01", "expires_on": "2025-02-01"}]}
    result = play(document(redeem=RATE), step, give_back("r", "s", "2025-02-10", (0, 1)), m=member)[1]
    assert picked(result, "points_restored", "points_lapsed", "balance") == (100, 100, 0)


def test_a_restored_lot_may_live_some_days_more() -> None:
    step = sale("s", DAY, line(500, qty=2), tenders=[pay_points(100)])
    member = {"lots": [{"points": 100, "earned_on": "2025-01-01", "expires_on": "2025-02-01"}]}
    results = play(
        document(redeem=RATE, returns={"restore_expired_days": 7}),
        step,
        give_back("r1", "s", "2025-02-10", (0, 1)),
        give_back("r2", "s", "2025-02-11", (0, 1)),
        look("2025-02-16"),
        look("2025-02-17"),
        look("2025-02-18"),
        m=member,
    )
    assert results[1]["lots"] == [{"points": 50, "earned_on": "2025-01-01", "expires_on": "2025-02-17"}]
    assert [one["balance"] for one in results[2:]] == [100, 100, 50, 0]


def test_a_small_return_reaches_only_the_lot_spent_last() -> None:
    step = sale("s", DAY, line(100, qty=10), tenders=[pay_points(100)])
    member = {
        "lots": [
            {"points": 60, "earned_on": "2025-01-01", "expires_on": "2025-02-01"},
            {"points": 40, "earned_on": "2025-01-01", "expires_on": "2025-02-02"},
        ]
    }
    programme = document(redeem=RATE, returns={"restore_expired_days": 7})
    result = play(programme, step, give_back("r", "s", "2025-02-10", (0, 1)), m=member)[1]
    assert result["lots"] == [{"points": 10, "earned_on": "2025-01-01", "expires_on": "2025-02-17"}]


def test_earned_points_are_taken_from_what_follows_then_pending_then_own_then_others() -> None:
    rules = [
        {"id": "soon", "kind": "bonus", "points": 6, "post_after_days": 3},
        {"id": "late", "kind": "bonus", "points": 4, "post_after_days": 9},
    ]
    programme = document(earn={"available_after_days": 2, "rules": rules})
    results = play(
        programme,
        sale("s", DAY, line(1000, qty=10)),
        give_back("r1", "s", DAY, (0, 1)),
        give_back("r2", "s", DAY, (0, 1)),
        give_back("r3", "s", "2025-01-25", (0, 1)),
        m={"lots": lots((7, "2025-01-01"))},
    )
    assert [picked(one, "balance", "pending", "to_follow") for one in results] == [
        (7, 100, 10),
        (7, 100, 0),
        (7, 89, 0),
        (85, 0, 0),
    ]
    assert [one["earned_reversed"] for one in results[1:]] == [10, 11, 11]


def test_what_follows_is_cancelled_in_part_the_latest_first() -> None:
    rules = [
        {"id": "soon", "kind": "bonus", "points": 60, "post_after_days": 3},
        {"id": "late", "kind": "bonus", "points": 40, "post_after_days": 9},
    ]
    results = play(
        document(earn={"points": 0, "rules": rules}),
        sale("s", DAY, line(1000, qty=10)),
        sale("t", DAY, line(1000)),
        give_back("r1", "s", DAY, (0, 3)),
        give_back("r2", "s", DAY, (0, 3)),
        look("2025-01-26"),
        look("2025-02-01"),
    )
    assert [one["to_follow"] for one in results] == [100, 100, 170, 140, 40, 0]
    assert [one["balance"] for one in results] == [0, 0, 0, 0, 100, 140]


def test_own_expired_points_are_taken_before_those_of_others() -> None:
    programme = document(expiry={"kind": "after", "days": 5})
    results = play(
        programme,
        sale("s1", DAY, line(1000)),
        sale("s2", "2025-01-27", line(2000)),
        give_back("r", "s1", "2025-01-29", (0, 1)),
    )
    assert picked(results[2], "earned_reversed", "balance", "debt") == (10, 20, 0)


def test_pending_points_of_others_are_taken_before_usable_ones() -> None:
    programme = document(earn={"available_after_days": 5})
    results = play(
        programme,
        sale("s1", DAY, line(1000)),
        redeem("x", "2025-01-28", 10),
        sale("s2", "2025-01-28", line(600)),
        give_back("r", "s1", "2025-01-29", (0, 1)),
        m={"lots": lots((0, "2025-01-01"))},
    )
    assert picked(results[3], "balance", "pending", "debt") == (-4, 0, 4)


def test_a_shortfall_may_be_deducted_from_the_refund() -> None:
    programme = document(redeem={**RATE, "points": 20}, returns={"shortfall": "deduct_refund"}, earn={"points": 10})
    results = play(programme, sale("s", DAY, line(1000)), redeem("x", DAY, 70), give_back("r", "s", DAY, (0, 1)))
    # 70 points are missing: 20 points = 1.00, so 3.50 of the refund of 10.00
    assert picked(results[2], "refund_minor", "deducted_minor", "balance", "debt") == (650, 350, 0, 0)


def test_what_the_refund_cannot_cover_becomes_debt() -> None:
    programme = document(redeem=RATE, returns={"shortfall": "deduct_refund"}, earn={"points": 100})
    results = play(programme, sale("s", DAY, line(100)), redeem("x", DAY, 100), give_back("r", "s", DAY, (0, 1)))
    assert picked(results[2], "refund_minor", "deducted_minor", "debt") == (0, 100, 90)


def test_a_blocked_member_may_return_and_nothing_else() -> None:
    blocked = {"m": {"status": "blocked"}}
    (refused,) = play(document(), sale("s", DAY, line(1000)), **blocked)
    assert refused["refused"] == "member_blocked"
    (refused,) = play(document(), redeem("x", DAY, 1), **blocked)
    assert refused["refused"] == "member_blocked"


def test_an_anonymous_sale_can_be_returned_in_steps() -> None:
    step = sale("s", DAY, line(1000, qty=2))
    del step["member"]
    results = play(document(), step, give_back("r1", "s", DAY, (0, 1)), give_back("r2", "s", DAY, (0, 2)))
    assert results[1]["refund_minor"] == 1000
    assert results[2]["refused"] == "already_returned"


def test_rewards_come_back_by_their_discount_and_before_a_tender_is_spent_last() -> None:
    rewards = [{"id": "off", "points": 7, "kind": "discount_minor", "value_minor": 300}]
    step = sale("s", DAY, line(1000, qty=3), rewards=[{"id": "off"}], tenders=[pay_points(100), {"kind": "cash"}])
    results = play(
        document(redeem=RATE, rewards=rewards, earn={"points": 0}),
        step,
        *(give_back(f"r{number}", "s", DAY, (0, 1)) for number in range(3)),
        m={"lots": lots((200, DAY))},
    )
    assert [one["points_restored"] for one in results[1:]] == [33 + 2, 33 + 2, 34 + 3]
    assert results[3]["balance"] == 200


@pytest.mark.parametrize(("quantities", "path"), [([(4, 1)], "steps[1].lines")])
def test_a_line_the_sale_does_not_have_is_a_broken_file(quantities: list[tuple[int, int]], path: str) -> None:
    with pytest.raises(DocumentError) as caught:
        play(document(), sale("s", DAY, line(1000)), give_back("r", "s", DAY, *quantities))
    assert caught.value.mistakes[0].path == path


def test_a_return_of_a_refused_sale_is_a_broken_file() -> None:
    step = sale("s", DAY, line(1000), coupons=["none"])
    with pytest.raises(DocumentError) as caught:
        play(document(), step, give_back("r", "s", DAY, (0, 1)))
    assert caught.value.mistakes[0].path == "steps[1].of"
