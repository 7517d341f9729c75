"""Points: base rate, rounding, rules, stacking, conditions, caps, delays — clause by clause of programme.md."""

from __future__ import annotations

import pytest

from tests.support.scenarios import because, document, give_back, line, look, lots, pay_points, play, sale

DAY = "2025-01-23"  # a Thursday


def earned(programme: dict[str, object], *lines: dict[str, object], **more: object) -> int:
    (result,) = play(programme, sale("s", DAY, *lines, **more))
    value = result["earned"]
    assert type(value) is int
    return value


def rule(name: str, kind: str, **more: object) -> dict[str, object]:
    return {"id": name, "kind": kind, **more}


@pytest.mark.parametrize(("rounding", "points"), [("whole_steps", 10), ("floor", 14), ("half_up", 15), ("ceil", 15)])
def test_each_rounding_of_one_amount(rounding: str, points: int) -> None:
    assert earned(document(earn={"points": 5, "per_minor": 1000, "rounding": rounding}), line(2900)) == points


@pytest.mark.parametrize(("scope", "points"), [("receipt", 5), ("line", 4), ("unit", 3)])
def test_each_scope_rounds_its_own_sum(scope: str, points: int) -> None:
    programme = document(earn={"rounding": "floor", "rounding_scope": scope})
    # 5.0 in all; lines of 3.5 and 1.5; two units of 1.75 and one of 1.5
    assert earned(programme, line(175, qty=2), line(150)) == points


def test_in_unit_scope_a_line_is_split_over_its_units_by_largest_remainder() -> None:
    programme = document(earn={"rounding": "ceil", "rounding_scope": "unit", "per_minor": 100})
    # 302 over three units: 101, 101, 100 → 2 + 2 + 1
    assert earned(programme, line(101, qty=3, discount_minor=1)) == 5


def test_a_unit_without_money_earns_nothing() -> None:
    programme = document(earn={"rounding": "ceil", "rounding_scope": "unit"})
    assert earned(programme, line(1, qty=3, discount_minor=2)) == 1


def test_whole_steps_of_a_receipt_are_shared_over_its_lines() -> None:
    (result,) = play(document(earn={"points": 10}), sale("s", DAY, line(150), line(150)))
    assert because(result) == [("base", 0, 15), ("base", 1, 15)]


def test_multipliers_act_before_the_one_rounding() -> None:
    programme = document(earn={"rounding": "floor", "rules": [rule("more", "multiply", factor="1.5")]})
    (result,) = play(programme, sale("s", DAY, line(150), line(50)))
    assert because(result) == [("base", 0, 2), ("more", 0, 1)]
    (result,) = play(programme, sale("s", DAY, line(170)))
    assert because(result) == [("base", 0, 1), ("more", 0, 1)]


def test_best_takes_the_highest_factor_per_line_and_the_first_on_a_tie() -> None:
    rules = [
        rule("food", "multiply", factor="2", when={"categories": ["food"]}),
        rule("all", "multiply", factor="2"),
        rule("own", "multiply", factor="3", when={"brands": ["own"]}),
    ]
    (result,) = play(
        document(earn={"rules": rules}),
        sale("s", DAY, line(1000, category="food"), line(1000), line(1000, category="food", brand="own")),
    )
    assert because(result) == [
        ("base", 0, 10), ("base", 1, 10), ("base", 2, 10), ("food", 0, 10), ("all", 1, 10), ("own", 2, 20)
    ]  # fmt: skip


def test_add_makes_two_and_three_four() -> None:
    rules = [rule("two", "multiply", factor="2"), rule("three", "multiply", factor="3")]
    assert earned(document(earn={"stacking": "add", "rules": rules}), line(1000)) == 40
    assert earned(document(earn={"stacking": "best", "rules": rules}), line(1000)) == 30


def test_rate_per_unit_and_bonus_add_and_are_never_multiplied() -> None:
    rules = [
        rule("double", "multiply", factor="2"),
        rule("rate", "rate", points=1, per_minor=300),
        rule("each", "per_unit", points=7, when={"skus": ["A"]}),
        rule("flat", "bonus", points=5),
    ]
    (result,) = play(document(earn={"rules": rules}), sale("s", DAY, line(250, sku="A", qty=2), line(500)))
    assert because(result) == [
        ("base", 0, 5), ("base", 1, 5), ("double", 0, 5), ("double", 1, 5),
        ("rate", 0, 2), ("rate", 1, 1), ("each", 0, 14), ("flat", 0, 3), ("flat", 1, 2),
    ]  # fmt: skip


def test_a_rate_rule_rounds_on_its_own_over_its_lines() -> None:
    rules = [rule("rate", "rate", points=1, per_minor=100, when={"categories": ["x"]})]
    programme = document(earn={"points": 0, "rounding_scope": "line", "rules": rules})
    assert earned(programme, line(150, category="x"), line(150, category="x"), line(900)) == 2


def test_a_rule_needs_a_matching_line_with_money_that_earns() -> None:
    rules = [rule("flat", "bonus", points=5, when={"categories": ["tobacco"]})]
    programme = document(earn={"exclude_categories": ["tobacco"], "rules": rules})
    assert earned(programme, line(1000, category="tobacco"), line(200)) == 2


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({"stores": ["S1"]}, True),
        ({"stores": ["S2"]}, False),
        ({"regions": ["east"]}, True),
        ({"regions": ["west"]}, False),
        ({"channels": ["online"]}, False),
        ({"weekdays": [4]}, True),
        ({"weekdays": [5, 6, 7]}, False),
        ({"hours": ["10:00", "11:00"]}, True),
        ({"hours": ["09:00", "10:00"]}, False),
        ({"hours": ["22:00", "10:01"]}, True),
        ({"hours": ["22:00", "10:00"]}, False),
        ({"hours": ["09:00", "02:00"]}, True),
        ({"from": "2025-01-23"}, True),
        ({"from": "2025-01-24"}, False),
        ({"until": "2025-01-23"}, True),
        ({"until": "2025-01-22"}, False),
        ({"tags": ["veteran", "other"]}, True),
        ({"tags": ["other"]}, False),
        ({"segments": ["lapsed"]}, True),
        ({"segments": ["new"]}, False),
        ({"birthday": "day"}, False),
        ({"birthday": "week"}, True),
        ({"birthday": "month"}, True),
        ({"nth_purchase": 3}, True),
        ({"nth_purchase": 2}, False),
        ({"min_spend_minor": 1000}, True),
        ({"min_spend_minor": 1001}, False),
        ({"tender": "cash"}, True),
        ({"tender": "card"}, False),
        ({"stores": ["S1"], "weekdays": [1]}, False),
    ],
)
def test_a_condition(when: dict[str, object], holds: bool) -> None:
    programme = document(earn={"points": 0, "rules": [rule("r", "bonus", points=9, when=when)]})
    member = {"birthday": "1990-01-26", "tags": ["veteran"], "segments": ["lapsed"], "purchases": 2}
    (result,) = play(programme, sale("s", DAY, line(1000), store="S1", region="east"), m=member)
    assert result["earned"] == (9 if holds else 0)


@pytest.mark.parametrize(
    ("day", "span", "holds"),
    [
        ("2025-02-28", "day", True),
        ("2024-02-28", "day", False),
        ("2024-02-29", "day", True),
        ("2025-03-03", "week", True),
        ("2025-03-04", "week", False),
        ("2025-03-01", "month", False),
    ],
)
def test_a_birthday_on_29_february(day: str, span: str, holds: bool) -> None:
    programme = document(earn={"points": 0, "rules": [rule("r", "bonus", points=9, when={"birthday": span})]})
    (result,) = play(programme, sale("s", day, line(1000)), m={"birthday": "1992-02-29"})
    assert result["earned"] == (9 if holds else 0)


def test_a_birthday_week_reaches_over_new_year() -> None:
    programme = document(earn={"points": 0, "rules": [rule("r", "bonus", points=9, when={"birthday": "week"})]})
    (result,) = play(programme, sale("s", "2024-12-31", line(1000)), m={"birthday": "1990-01-02"})
    assert result["earned"] == 9


def test_a_member_without_a_birthday_has_no_birthday_points() -> None:
    programme = document(earn={"rules": [rule("r", "multiply", factor="2", when={"birthday": "month"})]})
    assert earned(programme, line(1000)) == 10


@pytest.mark.parametrize("kind", ["stored_value", "gift_card"])
@pytest.mark.parametrize("asked", ["stored_value", "gift_card"])
def test_gift_card_and_stored_value_are_both_stored_value(kind: str, asked: str) -> None:
    programme = document(earn={"points": 0, "rules": [rule("r", "bonus", points=9, when={"tender": asked})]})
    tenders = [{"kind": kind, "minor": 1}, {"kind": "cash"}]
    assert earned(programme, line(1000), tenders=tenders) == 9
    assert earned(programme, line(1000), tenders=[{"kind": kind, "minor": 0}, {"kind": "cash"}]) == 0


def test_the_minimum_of_an_earn_rule_looks_at_money_that_earns() -> None:
    programme = document(
        earn={"rules": [rule("r", "bonus", points=9, when={"min_spend_minor": 1000})]},
        redeem={"points": 1, "value_minor": 1},
    )
    step = sale("s", DAY, line(1000), tenders=[pay_points(1), {"kind": "cash"}])
    (result,) = play(programme, step, m={"lots": lots((5, DAY))})
    assert result["earned"] == 9  # 999 minor: nine whole steps, no bonus


def test_stored_value_may_be_kept_from_earning() -> None:
    programme = document(earn={"stored_value_tender_earns": False})
    tenders = [{"kind": "gift_card", "minor": 300}, {"kind": "stored_value", "minor": 200}, {"kind": "cash"}]
    assert earned(programme, line(600), line(400), tenders=tenders) == 5
    assert earned(document(), line(600), line(400), tenders=tenders) == 10


def test_tax_is_taken_off_the_share_that_earns_half_up() -> None:
    programme = document(
        earn={"tax": "excluded", "per_minor": 1, "rounding": "floor"}, redeem={"points": 1, "value_minor": 1}
    )
    step = sale("s", DAY, line(113, tax_minor=13), tenders=[pay_points(50), {"kind": "cash"}])
    (result,) = play(programme, step, m={"lots": lots((50, DAY))})
    # 63 earn, of which 63 × 13 / 113 = 7.2 is tax
    assert result["earned"] == 56


def test_a_line_given_away_has_no_tax_to_take_off() -> None:
    assert earned(document(earn={"tax": "excluded"}), line(0), line(200)) == 2


def test_a_cap_per_receipt_shrinks_all_entries_alike() -> None:
    rules = [rule("flat", "bonus", points=30, post_after_days=2)]
    programme = document(earn={"max_points_per_receipt": 20, "rules": rules})
    (result,) = play(programme, sale("s", DAY, line(1000)))
    assert because(result) == [("base", 0, 5), ("flat", 0, 15)]
    assert (result["earned"], result["to_follow"]) == (5, 15)


def test_a_cap_per_day_counts_what_was_kept_that_day() -> None:
    programme = document(earn={"max_points_per_day": 15})
    results = play(
        programme,
        sale("s1", DAY, line(1000)),
        sale("s2", DAY, line(1000)),
        sale("s3", DAY, line(1000)),
        give_back("r", "s1", DAY, (0, 1)),
        sale("s4", DAY, line(700)),
        sale("s5", "2025-01-24", line(700)),
    )
    assert [one.get("earned") for one in results] == [10, 5, 0, None, 7, 7]


def test_a_cap_per_calendar_year() -> None:
    programme = document(earn={"max_points_per_calendar_year": 15})
    results = play(programme, *(sale(f"s{day}", day, line(1000)) for day in ("2025-03-01", "2025-12-31", "2026-01-01")))
    assert [one["earned"] for one in results] == [10, 5, 10]


def test_a_limit_per_member_counts_receipts_and_a_full_return_gives_the_use_back() -> None:
    rules = [rule("once", "bonus", points=9, limit_per_member=1)]
    results = play(
        document(earn={"points": 0, "rules": rules}),
        sale("s1", DAY, line(1000, qty=2)),
        sale("s2", DAY, line(1000)),
        give_back("r1", "s1", DAY, (0, 1)),
        sale("s3", DAY, line(1000)),
        give_back("r2", "s1", DAY, (0, 1)),
        sale("s4", DAY, line(1000)),
    )
    assert [one["earned"] for one in results if "earned" in one] == [9, 0, 0, 9]


def test_the_nth_purchase_leaves_out_sales_returned_in_full() -> None:
    rules = [rule("second", "bonus", points=9, when={"nth_purchase": 2})]
    results = play(
        document(earn={"points": 0, "rules": rules}),
        sale("s1", DAY, line(1000)),
        give_back("r1", "s1", DAY, (0, 1)),
        sale("s2", DAY, line(1000)),
        sale("s3", DAY, line(1000)),
    )
    assert [one["earned"] for one in results if "earned" in one] == [0, 0, 9]


def test_delayed_points_follow_at_midnight_and_are_earned_then() -> None:
    rules = [rule("later", "bonus", points=9, post_after_days=2), rule("also", "bonus", points=4, post_after_days=2)]
    programme = document(earn={"rules": rules}, expiry={"kind": "after", "days": 10})
    sold, before, after = play(
        programme, sale("s", DAY, line(1000), line(1000)), look("2025-01-24"), look("2025-01-25")
    )
    assert (sold["earned"], sold["to_follow"], sold["balance"]) == (20, 13, 20)
    assert (before["balance"], before["to_follow"]) == (20, 13)
    assert (after["balance"], after["to_follow"]) == (33, 0)
    assert [(one["points"], one["earned_on"], one["expires_on"]) for one in after["lots"]] == [
        (20, "2025-01-23", "2025-02-02"), (9, "2025-01-25", "2025-02-04"), (4, "2025-01-25", "2025-02-04")
    ]  # fmt: skip


def test_vesting_points_are_pending_and_do_not_move_the_day_they_were_earned() -> None:
    rules = [rule("soon", "bonus", points=9, post_after_days=2), rule("late", "bonus", points=4, post_after_days=7)]
    programme = document(earn={"available_after_days": 5, "rules": rules})
    sold, on_2, on_5, on_7 = play(
        programme, sale("s", DAY, line(1000)), look("2025-01-25"), look("2025-01-28"), look("2025-01-30")
    )
    assert (sold["earned"], sold["balance"], sold["pending"], sold["to_follow"]) == (10, 0, 10, 13)
    assert (on_2["balance"], on_2["pending"], on_2["to_follow"]) == (0, 19, 4)
    assert (on_5["balance"], on_5["pending"], on_5["to_follow"]) == (19, 0, 4)
    assert (on_7["balance"], on_7["pending"], on_7["to_follow"]) == (23, 0, 0)
    assert {one["earned_on"] for one in on_7["lots"]} == {"2025-01-23", "2025-01-25", "2025-01-30"}


def test_scaled_points_are_shown_rounded_down() -> None:
    programme = document(points_scale=1, earn={"points": 12})
    (result,) = play(programme, sale("s", DAY, line(100)))
    assert (result["earned"], result["balance"], result["displayed"]) == (12, 12, 1)


def test_an_anonymous_sale_is_priced_and_earns_nothing() -> None:
    step = sale("s", DAY, line(1000), order_discounts=[{"percent": "10"}])
    del step["member"]
    (result,) = play(document(), step)
    assert (result["payable_minor"], result["earned"]) == (900, 0)
    assert "balance" not in result
