"""Merges: everything moves with its own dates; what comes later for the source posts to the survivor."""

from __future__ import annotations

from tests.support.scenarios import adjust, document, give_back, line, look, lots, merge, play, sale

DAY = "2025-01-23"
OFF = {"id": "off", "kind": "discount_minor", "value_minor": 100, "valid_days": 30}


def test_lots_keep_their_dates_and_the_source_ends_at_zero() -> None:
    programme = document(expiry={"kind": "after", "days": 100})
    members = {"a": {"lots": lots((100, "2025-01-02"))}, "m": {"lots": lots((200, "2025-01-01"))}}
    merged, gone = play(programme, merge("g", DAY, "a", "m"), look(DAY, "a"), **members)
    assert [(one["points"], one["earned_on"]) for one in merged["lots"]] == [(200, "2025-01-01"), (100, "2025-01-02")]
    assert (gone["balance"], gone["status"], gone["lots"]) == (0, "merged", [])


def test_debt_to_follow_coupons_stamps_and_purchases_move() -> None:
    rules = [{"id": "later", "kind": "bonus", "points": 7, "post_after_days": 3}]
    card = {"id": "c", "per_receipt_minor": 1000, "goal": 3, "coupon_type": "off"}
    programme = document(earn={"rules": rules}, coupon_types=[OFF], stamps=[card])
    results = play(
        programme,
        sale("s1", DAY, line(2000), member="a"),
        sale("s2", DAY, line(1000), coupons=["off"]),
        adjust("x", DAY, -20, member="a"),
        merge("g", DAY, "a", "m"),
        give_back("r", "s1", DAY, (0, 1)),
        look("2025-01-26"),
        a={"coupons": ["off"]},
        m={"coupons": ["off"]},
    )
    assert results[3]["balance"] == 9
    assert (results[3]["to_follow"], results[3]["stamps"]) == (14, {"c": 2})
    assert [one["state"] for one in results[3]["coupons"]] == ["used", "open"]
    # 27 come back from s1: 7 were to follow, 9 are there, 11 become debt
    assert (results[4]["earned_reversed"], results[4]["balance"], results[4]["debt"]) == (27, -11, 11)
    assert (results[5]["balance"], results[5]["to_follow"]) == (-4, 0)


def test_a_merge_may_fill_a_stamp_card() -> None:
    card = {"id": "c", "per_receipt_minor": 1000, "goal": 3, "coupon_type": "off"}
    results = play(
        document(coupon_types=[OFF], stamps=[card]),
        sale("s1", DAY, line(2000), member="a"),
        sale("s2", DAY, line(2000)),
        merge("g", DAY, "a", "m"),
        a={},
        m={},
    )
    assert (results[2]["stamps"], len(results[2]["coupons"])) == ({"c": 1}, 1)


def test_tiers_are_computed_as_if_the_survivor_had_bought_everything() -> None:
    levels = [{"id": "a", "threshold": 0}, {"id": "b", "threshold": 2000, "upgrade_bonus": 5}]
    programme = document(earn={"points": 0}, tiers={"levels": levels})
    results = play(
        programme,
        sale("s1", "2025-01-01", line(1000), member="a"),
        sale("s2", "2025-01-02", line(1000)),
        merge("g", DAY, "a", "m"),
        a={},
        m={},
    )
    assert [one["tier"] for one in results] == ["a", "a", "b"]
    assert results[2]["lots"] == [{"points": 5, "earned_on": DAY, "expires_on": None}]


def test_later_events_for_the_source_post_to_the_survivor() -> None:
    results = play(
        document(),
        merge("g1", DAY, "a", "b"),
        merge("g2", DAY, "b", "m"),
        sale("s", DAY, line(1000), member="a"),
        merge("g3", DAY, "a", "m"),
        look(DAY),
        a={},
        b={},
        m={},
    )
    assert [one["balance"] for one in results[2:]] == [10, 10, 10]


def test_a_blocked_member_is_not_merged() -> None:
    members = {"a": {"status": "blocked", "lots": lots((5, DAY))}, "m": {}}
    results = play(document(), merge("g1", DAY, "a", "m"), merge("g2", DAY, "m", "a"), look(DAY, "a"), **members)
    assert [one.get("refused") for one in results] == ["member_blocked", "member_blocked", None]
    assert results[2]["balance"] == 5
