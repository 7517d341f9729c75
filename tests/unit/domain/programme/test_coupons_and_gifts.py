"""Coupons, catalogue rewards, stamps and gifts: held, used, issued, given back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.scenarios import document, give_back, line, look, lots, play, sale

DAY = "2025-01-23"
OFF = {"id": "off", "kind": "discount_minor", "value_minor": 100, "valid_days": 30}
TEN = {"id": "ten", "kind": "discount_percent", "percent": "10", "valid_days": 30, "combine": True}


def states(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["type"], one["state"]) for one in result["coupons"]]


def test_a_coupon_is_used_once_and_then_refused() -> None:
    first, second = play(
        document(coupon_types=[OFF]),
        sale("s1", DAY, line(1000), coupons=["off"]),
        sale("s2", DAY, line(1000), coupons=["off"]),
        m={"coupons": ["off"]},
    )
    assert (first["payable_minor"], states(first)) == (900, [("off", "used")])
    assert (second["refused"], second["balance"]) == ("coupon_used", 9)


@pytest.mark.parametrize(("day", "refused"), [("2025-02-21", None), ("2025-02-22", "coupon_expired")])
def test_a_coupon_can_be_used_before_its_days_are_over(day: str, refused: str | None) -> None:
    result = play(
        document(coupon_types=[OFF]), look(DAY), sale("s", day, line(900), coupons=["off"]), m={"coupons": ["off"]}
    )
    assert result[1].get("refused") == refused
    assert states(result[1]) == [("off", "expired" if refused else "used")]


def test_of_several_the_earliest_to_expire_is_used() -> None:
    held = [{"type": "off", "issued_on": day} for day in ("2025-01-20", "2024-12-01", "2025-01-10")]
    (result,) = play(document(coupon_types=[OFF]), sale("s", DAY, line(900), coupons=["off"]), m={"coupons": held})
    assert states(result) == [("off", "open"), ("off", "expired"), ("off", "used")]


def test_an_expired_one_beside_used_ones_is_expired() -> None:
    held = ["off", {"type": "off", "issued_on": "2024-01-01"}]
    results = play(
        document(coupon_types=[OFF]),
        sale("s1", DAY, line(900), coupons=["off"]),
        sale("s2", DAY, line(900), coupons=["off"]),
        m={"coupons": held},
    )
    assert results[1]["refused"] == "coupon_expired"


@pytest.mark.parametrize("wanted", [["ten"], ["unheard"]])
def test_a_coupon_not_held_does_not_fit(wanted: list[str]) -> None:
    (result,) = play(
        document(coupon_types=[OFF, TEN]), sale("s", DAY, line(900), coupons=wanted), m={"coupons": ["off"]}
    )
    assert result["refused"] == "coupon_conditions"


def test_two_coupons_must_both_combine() -> None:
    member = {"m": {"coupons": ["off", "ten", "ten"]}}
    programme = document(coupon_types=[OFF, TEN])
    (refused,) = play(programme, sale("s", DAY, line(900), coupons=["off", "ten"]), **member)
    (taken,) = play(programme, sale("s", DAY, line(1000), coupons=["ten", "ten"]), **member)
    assert (refused["refused"], taken["payable_minor"]) == ("coupon_conditions", 810)


def test_one_coupon_cannot_be_used_twice_on_a_receipt() -> None:
    (result,) = play(
        document(coupon_types=[TEN]), sale("s", DAY, line(900), coupons=["ten", "ten"]), m={"coupons": ["ten"]}
    )
    assert result["refused"] == "coupon_used"


def test_a_coupon_whose_goods_are_not_in_the_basket_does_not_fit() -> None:
    programme = document(coupon_types=[{**OFF, "when": {"skus": ["A"]}}])
    (result,) = play(programme, sale("s", DAY, line(900, sku="B"), coupons=["off"]), m={"coupons": ["off"]})
    assert result["refused"] == "coupon_conditions"


def test_more_free_units_than_the_basket_holds_do_not_fit() -> None:
    free = {"id": "free", "kind": "free_units", "sku": "A", "units": 2, "valid_days": 3}
    (result,) = play(
        document(coupon_types=[free]), sale("s", DAY, line(900, sku="A"), coupons=["free"]), m={"coupons": ["free"]}
    )
    assert (result["refused"], states(result)) == ("coupon_conditions", [("free", "open")])


def test_a_coupon_may_ask_for_a_tender() -> None:
    programme = document(coupon_types=[{**OFF, "when": {"tender": "card"}}])
    cash, card = play(
        programme,
        sale("s1", DAY, line(900), coupons=["off"]),
        sale("s2", DAY, line(900), coupons=["off"], tenders=[{"kind": "card"}]),
        m={"coupons": ["off"]},
    )
    assert (cash["refused"], card["payable_minor"]) == ("coupon_conditions", 800)


def test_a_coupon_comes_back_with_its_own_dates_when_all_is_returned() -> None:
    results = play(
        document(coupon_types=[OFF]),
        sale("s", DAY, line(1000, qty=2), coupons=["off"]),
        give_back("r1", "s", DAY, (0, 1)),
        give_back("r2", "s", "2025-01-30", (0, 1)),
        m={"coupons": ["off"]},
    )
    assert [states(one) for one in results] == [[("off", "used")], [("off", "used")], [("off", "open")]]
    assert results[2]["coupons"][0]["expires_on"] == "2025-02-22"
    assert [one["refund_minor"] for one in results[1:]] == [950, 950]


def test_a_reward_may_give_a_coupon_and_a_full_return_takes_it_back() -> None:
    programme = document(
        earn={"points": 0},
        coupon_types=[OFF],
        rewards=[{"id": "r", "points": 20, "kind": "coupon", "coupon_type": "off"}],
    )
    results = play(
        programme,
        sale("s", DAY, line(1000, qty=2), rewards=[{"id": "r", "times": 2}]),
        give_back("r1", "s", DAY, (0, 1)),
        sale("t", DAY, line(1000), coupons=["off"]),
        give_back("r2", "s", DAY, (0, 1)),
        m={"lots": lots((50, DAY))},
    )
    assert [one["balance"] for one in results] == [10, 10, 10, 30]
    assert [one.get("points_restored") for one in results] == [None, 0, None, 20]
    assert states(results[3]) == [("off", "used")]


def test_of_the_coupons_a_reward_gave_those_still_unused_give_their_points_back() -> None:
    reward = {"id": "r", "points": 20, "kind": "coupon", "coupon_type": "off"}
    results = play(
        document(earn={"points": 0}, coupon_types=[OFF], rewards=[reward]),
        sale("s", DAY, line(1000), rewards=[{"id": "r", "times": 3}]),
        sale("t", DAY, line(1000), coupons=["off"]),
        give_back("r1", "s", DAY, (0, 1)),
        m={"lots": lots((60, DAY))},
    )
    assert (results[2]["points_restored"], states(results[2])) == (40, [("off", "used")])


def test_reward_conditions_are_those_of_coupons() -> None:
    reward = {"id": "r", "points": 1, "kind": "discount_minor", "value_minor": 5, "when": {"min_spend_minor": 1000}}
    (result,) = play(
        document(rewards=[reward]), sale("s", DAY, line(900), rewards=[{"id": "r"}]), m={"lots": lots((5, DAY))}
    )
    assert result["refused"] == "coupon_conditions"


def test_free_units_cost_whole_rewards() -> None:
    reward = {"id": "r", "points": 3, "kind": "free_units", "sku": "A", "units_per_reward": 2}
    (result,) = play(
        document(rewards=[reward], earn={"points": 0}),
        sale("s", DAY, line(100, sku="A", qty=5), rewards=[{"id": "r", "units": 3}]),
        m={"lots": lots((50, DAY))},
    )
    assert (result["redeemed"], result["payable_minor"]) == (6, 200)


CARD = {"id": "c", "per_receipt_minor": 1000, "stamps_per_step": 2, "goal": 5, "coupon_type": "off"}


def test_a_full_stamp_card_pays_out_and_starts_again() -> None:
    results = play(
        document(coupon_types=[OFF], stamps=[CARD]),
        sale("s1", DAY, line(2999)),
        sale("s2", DAY, line(1000)),
        sale("s3", DAY, line(9000)),
    )
    assert [one["stamps"] for one in results] == [{"c": 4}, {"c": 1}, {"c": 4}]
    assert [len(one["coupons"]) for one in results] == [0, 1, 4]


def test_a_receipt_pays_out_a_thousand_coupons_at_most_and_the_rest_stays_on_the_card() -> None:
    results = play(
        document(coupon_types=[OFF], stamps=[CARD]), sale("s1", DAY, line(5_002_000)), sale("s2", DAY, line(0))
    )
    assert [(one["stamps"], len(one["coupons"])) for one in results] == [({"c": 5004}, 1000), ({"c": 4}, 2000)]


def test_stamps_are_recomputed_on_what_is_kept_and_never_fall_below_zero() -> None:
    programme = document(coupon_types=[OFF], stamps=[CARD])
    results = play(
        programme,
        sale("s1", DAY, line(1000, qty=2)),
        give_back("r1", "s1", DAY, (0, 1)),
        sale("s2", DAY, line(2000)),
        give_back("r2", "s1", DAY, (0, 1)),
        give_back("r3", "s2", DAY, (0, 1)),
    )
    assert [one["stamps"]["c"] for one in results] == [4, 2, 1, 0, 0]


def test_stamps_need_goods_money_and_conditions() -> None:
    card = {
        "id": "c",
        "per_receipt_minor": 100,
        "when": {"skus": ["A"], "min_spend_minor": 300, "channels": ["store"]},
    }
    results = play(
        document(stamps=[card]),
        sale("s1", DAY, line(200, sku="A"), line(900)),
        sale("s2", DAY, line(300, sku="A")),
        sale("s3", DAY, line(300, sku="A"), channel="online"),
    )
    assert [one["stamps"]["c"] for one in results] == [0, 3, 3]


def gift(name: str, on: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "on": on, **more}


def test_a_birthday_gift_comes_once_a_year() -> None:
    programme = document(
        coupon_types=[OFF], gifts=[gift("b", "birthday", points=10), gift("c", "birthday", coupon_type="off")]
    )
    results = play(
        programme,
        look("2025-02-27"),
        look("2025-02-28"),
        look("2025-12-31"),
        look("2028-02-29"),
        m={"birthday": "1992-02-29"},
    )
    assert [one["balance"] for one in results] == [0, 10, 10, 40]
    assert [len(one["coupons"]) for one in results] == [0, 1, 1, 4]
    assert [one["earned_on"] for one in results[3]["lots"]] == ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]


def test_a_gift_on_enrolment_is_for_those_who_enrol_from_now_on() -> None:
    programme = document(gifts=[gift("e", "enrolment", points=10)])
    assert [one["balance"] for one in play(programme, look(DAY), m={"enrolled_on": "2025-01-22"})] == [0]
    assert [one["balance"] for one in play(programme, look(DAY), m={"enrolled_on": DAY})] == [10]


def test_a_gift_on_upgrade_comes_once_per_level() -> None:
    levels = [{"id": "a", "threshold": 0}, {"id": "b", "threshold": 1000}]
    gifts = [gift("b", "birthday", points=1), gift("u", "upgrade", points=10)]
    programme = document(earn={"points": 0}, gifts=gifts, tiers={"levels": levels})
    results = play(
        programme,
        sale("s1", DAY, line(1000)),
        give_back("r", "s1", DAY, (0, 1)),
        sale("s2", DAY, line(1000)),
    )
    assert [one["balance"] for one in results] == [10, 10, 10]
