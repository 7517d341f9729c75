"""Tiers: what counts from when, windows, effect, validity, bonuses, returns — clause by clause of programme.md."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.scenarios import document, give_back, line, look, lots, play, redeem, sale

LEVELS = [
    {"id": "base", "threshold": 0},
    {"id": "silver", "threshold": 1000, "upgrade_bonus": 50},
    {"id": "gold", "threshold": 2000, "upgrade_bonus": 70},
]


def programme(earn: dict[str, Any] | None = None, **tiers: Any) -> dict[str, Any]:
    return document(earn={"points": 0, **(earn or {})}, tiers={"levels": LEVELS, **tiers})


def tiers_of(results: list[dict[str, Any]]) -> list[str]:
    return [result["tier"] for result in results]


def test_the_sum_of_a_lifetime_reaches_levels_and_each_pays_once() -> None:
    results = play(
        programme(),
        sale("s1", "2025-01-01", line(999)),
        sale("s2", "2026-01-01", line(1)),
        sale("s3", "2027-01-01", line(1000)),
        sale("s4", "2027-01-02", line(1000)),
    )
    assert tiers_of(results) == ["base", "silver", "gold", "gold"]
    assert [one["upgrade_bonus"] for one in results] == [0, 50, 70, 0]
    assert [one["earned"] for one in results] == [0, 0, 0, 0]
    assert results[3]["balance"] == 120
    assert results[3]["tier_until"] is None


def test_a_sale_that_passes_two_levels_pays_both_bonuses() -> None:
    (result,) = play(programme(), sale("s", "2025-01-01", line(2000)))
    assert (result["tier"], result["upgrade_bonus"], result["balance"]) == ("gold", 120, 120)


def test_a_calendar_year_starts_again() -> None:
    results = play(
        programme(window="calendar_year", valid="end_of_next_year"),
        sale("s1", "2025-12-31", line(999)),
        sale("s2", "2026-01-01", line(999)),
        sale("s3", "2026-12-31", line(1)),
        look("2027-12-31"),
        look("2028-01-01"),
    )
    assert tiers_of(results) == ["base", "base", "silver", "silver", "base"]
    assert results[2]["tier_until"] == "2027-12-31"


def test_rolling_days_include_the_day_itself() -> None:
    rolling = programme(window="rolling_days", rolling_days=10)
    near = play(rolling, sale("s1", "2025-01-01", line(500)), sale("s2", "2025-01-10", line(500)))
    far = play(rolling, sale("s1", "2025-01-01", line(500)), sale("s2", "2025-01-11", line(500)))
    assert (tiers_of(near), tiers_of(far)) == (["base", "silver"], ["base", "base"])


@pytest.mark.parametrize(
    ("effective", "day"),
    [("immediately", "2025-01-23"), ("next_day", "2025-01-24"), ("first_of_next_month", "2025-02-01")],
)
def test_a_level_and_its_bonus_start_on_the_first_effective_day(effective: str, day: str) -> None:
    results = play(
        programme(effective=effective),
        sale("s", "2025-01-23", line(1000)),
        look("2025-01-31"),
        look("2025-02-01"),
    )
    reached = [day <= seen for seen in ("2025-01-23", "2025-01-31", "2025-02-01")]
    assert tiers_of(results) == ["silver" if one else "base" for one in reached]
    assert [one["balance"] for one in results] == [50 if one else 0 for one in reached]
    assert results[2]["lots"] == [{"points": 50, "earned_on": day, "expires_on": None}]


def test_a_sale_counts_from_its_qualifying_day_by_channel() -> None:
    confirmed = programme(confirm_days={"store": 0, "online": 21})
    results = play(
        confirmed,
        sale("s", "2025-01-01", line(1000), channel="online"),
        look("2025-01-21"),
        look("2025-01-22"),
    )
    assert tiers_of(results) == ["base", "base", "silver"]


def test_the_year_of_the_qualifying_day_decides_window_and_end() -> None:
    confirmed = programme(confirm_days={"online": 21}, window="calendar_year", valid="end_of_next_year")
    (_, seen) = play(confirmed, sale("s", "2025-12-20", line(1000), channel="online"), look("2026-01-10"))
    assert (seen["tier"], seen["tier_until"]) == ("silver", "2027-12-31")


def test_months_of_validity_end_the_day_before() -> None:
    results = play(
        programme(valid="months", valid_months=12, window="rolling_days", rolling_days=1),
        sale("s", "2025-01-31", line(1000)),
        look("2026-01-30"),
        look("2026-01-31"),
    )
    assert results[0]["tier_until"] == "2026-01-30"
    assert tiers_of(results) == ["silver", "silver", "base"]


def test_every_qualifying_day_renews() -> None:
    results = play(
        programme(valid="months", valid_months=1),
        sale("s1", "2025-01-01", line(1000)),
        sale("s2", "2025-01-20", line(1)),
        look("2025-02-19"),
        look("2025-02-20"),
    )
    assert tiers_of(results) == ["silver", "silver", "silver", "base"]
    assert results[3]["balance"] == 50


def test_points_as_metric_count_what_follows_and_are_capped() -> None:
    rules = [{"id": "later", "kind": "bonus", "points": 999, "post_after_days": 3}]
    earn = {"points": 1, "rules": rules}
    assert tiers_of(play(programme(earn, metric="points"), sale("s", "2025-01-01", line(100)))) == ["silver"]
    capped = programme({**earn, "max_points_per_receipt": 999}, metric="points")
    assert tiers_of(play(capped, sale("s", "2025-01-01", line(100)))) == ["base"]


def test_visits_are_days_with_a_kept_sale() -> None:
    visits = document(
        earn={"points": 0},
        tiers={"metric": "visits", "levels": [{"id": "a", "threshold": 0}, {"id": "b", "threshold": 2}]},
    )
    results = play(
        visits,
        sale("s1", "2025-01-01", line(100)),
        sale("s2", "2025-01-01", line(100)),
        sale("s3", "2025-01-02", line(100)),
        give_back("r1", "s1", "2025-01-02", (0, 1)),
        give_back("r2", "s2", "2025-01-02", (0, 1)),
    )
    assert tiers_of(results) == ["a", "a", "b", "b", "a"]


def test_spend_is_money_that_earns() -> None:
    results = play(
        programme({"exclude_categories": ["tobacco"]}),
        sale("s1", "2025-01-01", line(1000, category="tobacco"), line(999)),
        sale("s2", "2025-01-01", line(1)),
    )
    assert tiers_of(results) == ["base", "silver"]


def test_a_return_ends_a_level_reached_only_by_the_goods_and_takes_its_bonus_back() -> None:
    results = play(
        programme(),
        sale("s1", "2025-01-01", line(600)),
        sale("s2", "2025-01-02", line(400, qty=4)),
        give_back("r1", "s2", "2025-01-03", (0, 1)),
        give_back("r2", "s2", "2025-01-03", (0, 3)),
        sale("s3", "2025-01-04", line(400)),
    )
    assert tiers_of(results) == ["base", "gold", "silver", "base", "silver"]
    assert [one.get("upgrade_bonus_reversed") for one in results] == [None, None, 70, 50, None]
    assert [one["balance"] for one in results] == [0, 120, 50, 0, 50]


def test_a_bonus_spent_already_becomes_debt() -> None:
    results = play(
        programme(),
        sale("s", "2025-01-01", line(1000)),
        redeem("x", "2025-01-02", 30),
        give_back("r", "s", "2025-01-03", (0, 1)),
    )
    assert (results[2]["balance"], results[2]["debt"]) == (-30, 30)


def test_a_missing_bonus_too_may_be_deducted_from_the_refund() -> None:
    deducting = programme()
    deducting |= {"redeem": {"points": 1, "value_minor": 2}, "returns": {"shortfall": "deduct_refund"}}
    results = play(
        deducting,
        sale("s", "2025-01-01", line(1000)),
        redeem("x", "2025-01-02", 30),
        give_back("r", "s", "2025-01-03", (0, 1)),
    )
    assert (results[2]["refund_minor"], results[2]["deducted_minor"], results[2]["debt"]) == (940, 60, 0)


def test_points_of_other_sales_stay_when_a_tier_ends() -> None:
    rules = [{"id": "silver", "kind": "multiply", "factor": "2", "when": {"tiers": ["silver"]}}]
    tiers = {"levels": LEVELS[:2]}
    results = play(
        document(earn={"rules": rules}, tiers=tiers),
        sale("s1", "2025-01-01", line(1000)),
        sale("s2", "2025-01-02", line(900)),
        give_back("r", "s1", "2025-01-03", (0, 1)),
    )
    assert [one.get("earned") for one in results] == [10, 18, None]
    assert (results[2]["balance"], results[2]["tier"]) == (18, "base")


def test_the_qualifying_sale_may_use_the_new_tier() -> None:
    rules = [{"id": "silver", "kind": "multiply", "factor": "2", "when": {"tiers": ["silver"]}}]
    new = programme({"points": 1, "rules": rules}, qualifying_sale_uses_new_tier=True)
    later = programme({"points": 1, "rules": rules}, qualifying_sale_uses_new_tier=True, effective="next_day")
    assert [one["earned"] for one in play(new, sale("s", "2025-01-01", line(1000)))] == [20]
    assert [one["earned"] for one in play(new, sale("s", "2025-01-01", line(900)))] == [9]
    assert [one["earned"] for one in play(later, sale("s", "2025-01-01", line(1000)))] == [10]


def test_a_seeded_tier_is_in_force_and_needs_no_bonus() -> None:
    results = play(
        programme(window="calendar_year", valid="end_of_next_year"),
        look("2025-05-01"),
        sale("s", "2025-05-02", line(2000)),
        look("2027-01-01"),
        m={"tier": "silver"},
    )
    assert tiers_of(results) == ["silver", "gold", "base"]
    assert (results[0]["tier_until"], results[1]["balance"]) == ("2026-12-31", 70)


def test_a_seeded_tier_ends_on_its_own_day() -> None:
    results = play(
        programme(), look("2025-05-01"), look("2025-05-03"), m={"tier": "silver", "tier_until": "2025-05-02"}
    )
    assert tiers_of(results) == ["silver", "base"]


def test_a_seeded_qualifying_amount_reaches_its_level_without_bonus() -> None:
    results = play(
        programme(),
        look("2025-05-01"),
        sale("s", "2025-05-01", line(1000)),
        m={"qualifying": 1000},
    )
    assert tiers_of(results) == ["silver", "gold"]
    assert [one["balance"] for one in results] == [0, 70]


def test_below_the_first_threshold_there_is_no_tier() -> None:
    results = play(document(tiers={"levels": LEVELS[1:]}), look("2025-01-01"), sale("s", "2025-01-01", line(1000)))
    assert tiers_of(results) == [None, "silver"]


def test_levels_come_from_their_first_effective_day_also_when_nobody_looks() -> None:
    results = play(
        programme(effective="first_of_next_month"),
        sale("s", "2025-01-23", line(1000)),
        sale("t", "2025-04-01", line(1)),
        m={"lots": lots((1, "2025-01-01"))},
    )
    assert [one["earned_on"] for one in results[1]["lots"]] == ["2025-01-01", "2025-02-01"]
