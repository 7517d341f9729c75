"""Points as tender and spent by themselves: limits, the order of checks, what a refusal leaves."""

from __future__ import annotations

import pytest

from tests.support.scenarios import document, line, look, lots, pay_points, play, redeem, sale

DAY = "2025-01-23"
RATE = {"points": 100, "value_minor": 100, "step_points": 100, "min_points": 200}
RICH = {"m": {"lots": lots((10_000, "2025-01-01"))}}


def paid(programme: dict[str, object], tender: dict[str, object], *lines: dict[str, object], **more: object):  # type: ignore[no-untyped-def]
    member = more.pop("member", RICH["m"])
    (result,) = play(programme, sale("s", DAY, *lines, tenders=[tender, {"kind": "cash"}], **more), m=member)
    return result


@pytest.mark.parametrize(
    ("redeem_rules", "most"),
    [
        ({}, 900),
        ({"max_points": 450}, 400),
        ({"max_share_percent": 50}, 400),
        ({"max_share_percent": 20}, 0),
        ({"exclude_categories": ["gift_card"]}, 600),
    ],
)
def test_the_most_is_the_largest_whole_number_of_steps_within_every_limit(
    redeem_rules: dict[str, object], most: int
) -> None:
    result = paid(document(redeem={**RATE, **redeem_rules}), pay_points(), line(600), line(350, category="gift_card"))
    assert result["redeemed"] == most


def test_the_most_is_within_the_balance_and_what_other_tenders_leave() -> None:
    programme = document(redeem=RATE)
    assert paid(programme, pay_points(), line(900), member={"lots": lots((450, DAY))})["redeemed"] == 400
    assert paid(programme, pay_points(), line(900), member={"lots": lots((150, DAY))})["redeemed"] == 0
    tenders = [{"kind": "card", "minor": 550}, pay_points(), {"kind": "cash"}]
    (result,) = play(programme, sale("s", DAY, line(900), tenders=tenders), **RICH)
    assert result["redeemed"] == 300


def test_the_most_without_a_rate_is_nothing() -> None:
    assert paid(document(), pay_points(), line(900))["redeemed"] == 0


@pytest.mark.parametrize(
    ("points", "rules", "code"),
    [
        (10_100, {}, "insufficient_points"),
        (100, {}, "below_minimum"),
        (250, {}, "not_a_step"),
        (1_000, {}, "over_share"),
        (500, {"max_share_percent": 50}, "over_share"),
        (500, {"max_points": 400}, "over_share"),
        (700, {"exclude_categories": ["gift_card"]}, "over_share"),
    ],
)
def test_what_is_asked_for_is_checked_in_order(points: int, rules: dict[str, object], code: str) -> None:
    programme = document(redeem={**RATE, **rules})
    result = paid(programme, pay_points(points), line(600), line(350, category="gift_card"))
    assert (result["refused"], result["balance"], result["earned"], result["redeemed"]) == (code, 10_000, 0, 0)


def test_points_beyond_what_other_tenders_leave_are_over_share() -> None:
    tenders = [{"kind": "card", "minor": 550}, pay_points(400)]
    (result,) = play(document(redeem=RATE), sale("s", DAY, line(900), tenders=tenders), **RICH)
    assert result["refused"] == "over_share"


def test_points_cannot_pay_where_the_programme_has_no_rate() -> None:
    assert paid(document(), pay_points(100), line(900))["refused"] == "over_share"


def test_points_paid_do_not_earn_unless_the_programme_says_so() -> None:
    programme = document(redeem=RATE)
    assert paid(programme, pay_points(300), line(900))["earned"] == 6
    programme = document(redeem=RATE, earn={"points_tender_earns": True})
    assert paid(programme, pay_points(300), line(900))["earned"] == 9


def test_points_are_spread_over_the_lines_they_may_pay_for() -> None:
    programme = document(
        redeem={**RATE, "exclude_categories": ["gift_card"]}, earn={"exclude_categories": ["book"], "per_minor": 1}
    )
    goods = [line(400, category="book"), line(200), line(300, category="gift_card")]
    # 300 minor in points: 200 on the books (which do not earn), 100 on the second line
    assert paid(programme, pay_points(300), *goods)["earned"] == 100 + 300


def test_a_reward_and_a_tender_share_one_balance() -> None:
    programme = document(
        redeem=RATE, rewards=[{"id": "r", "points": 9_800, "kind": "discount_minor", "value_minor": 100}]
    )
    uses = [{"id": "r"}]
    assert paid(programme, pay_points(), line(900), rewards=uses)["redeemed"] == 10_000
    assert paid(programme, pay_points(300), line(900), rewards=uses)["refused"] == "insufficient_points"
    twice = paid(programme, pay_points(), line(900), rewards=[{"id": "r", "times": 2}])
    assert (twice["refused"], twice["balance"]) == ("insufficient_points", 10_000)


def test_an_unknown_reward_does_not_fit() -> None:
    assert paid(document(), {"kind": "card", "minor": 0}, line(900), rewards=[{"id": "x"}])["refused"] == (
        "coupon_conditions"
    )


def test_an_anonymous_customer_has_no_points_to_spend() -> None:
    step = sale("s", DAY, line(900), tenders=[pay_points(200), {"kind": "cash"}])
    del step["member"]
    (result,) = play(document(redeem=RATE), step)
    assert result["refused"] == "insufficient_points"


@pytest.mark.parametrize(
    ("points", "code"),
    [(10_100, "insufficient_points"), (100, "below_minimum"), (250, "not_a_step"), (600, "over_share")],
)
def test_a_redemption_by_itself_keeps_steps_and_most_but_no_share(points: int, code: str) -> None:
    programme = document(redeem={**RATE, "max_points": 500, "max_share_percent": 1})
    refused, done = play(programme, redeem("x1", DAY, points), redeem("x2", DAY, 500), **RICH)
    assert (refused["refused"], refused["redeemed"], refused["balance"]) == (code, 0, 10_000)
    assert (done["redeemed"], done["balance"]) == (500, 9_500)


def test_a_redemption_without_a_rate_is_limited_by_the_balance_only() -> None:
    done, refused = play(document(), redeem("x1", DAY, 9_999), redeem("x2", DAY, 2), **RICH)
    assert (done["balance"], refused["refused"]) == (1, "insufficient_points")


def test_lots_are_spent_by_expiry_then_day_earned_then_posting() -> None:
    member = {
        "lots": [
            {"points": 10, "earned_on": "2025-01-01"},
            {"points": 20, "earned_on": "2025-01-03", "expires_on": "2026-01-01"},
            {"points": 30, "earned_on": "2025-01-02", "expires_on": "2026-01-01"},
            {"points": 40, "earned_on": "2025-01-04", "expires_on": "2025-06-01"},
            {"points": 50, "earned_on": "2025-01-02", "expires_on": "2026-01-01"},
        ]
    }
    seen, *_ = play(document(), look(DAY), m=member)
    assert [one["points"] for one in seen["lots"]] == [40, 30, 50, 20, 10]
    (after,) = play(document(), redeem("x", DAY, 125), m=member)
    assert [one["points"] for one in after["lots"]] == [15, 10]
