"""How long points live: the four kinds of expiry, and debt that every posting pays first."""

from __future__ import annotations

import pytest

from tests.support.scenarios import adjust, document, give_back, line, look, lots, play, redeem, sale

DAY = "2025-01-31"


@pytest.mark.parametrize(
    ("expiry", "expires_on"),
    [
        ({"kind": "never"}, None),
        ({"kind": "after", "days": 90}, "2025-05-01"),
        ({"kind": "after", "months": 1}, "2025-02-28"),
        ({"kind": "after", "years": 2}, "2027-01-31"),
        ({"kind": "end_of", "unit": "year"}, "2026-01-01"),
        ({"kind": "end_of", "unit": "year", "plus_years": 1}, "2027-01-01"),
        ({"kind": "end_of", "unit": "month"}, "2025-02-01"),
        ({"kind": "end_of", "unit": "month", "plus_months": 12}, "2026-02-01"),
        ({"kind": "end_of", "unit": "year", "plus_months": 3}, "2026-04-01"),
        ({"kind": "inactivity", "days": 30}, "2025-03-02"),
    ],
)
def test_a_lot_expires(expiry: dict[str, object], expires_on: str | None) -> None:
    (result,) = play(document(expiry=expiry), sale("s", DAY, line(1000)))
    assert result["lots"][0]["expires_on"] == expires_on


def test_the_day_it_expires_on_is_the_first_without_the_points() -> None:
    programme = document(expiry={"kind": "after", "days": 2})
    _, last, gone = play(programme, sale("s", DAY, line(1000)), look("2025-02-01"), look("2025-02-02"))
    assert (last["balance"], gone["balance"]) == (10, 0)


def test_days_are_those_of_the_programme_s_zone() -> None:
    programme = document(expiry={"kind": "after", "days": 1})
    step = sale("s", DAY, line(1000), at="2025-01-30T16:30:00+00:00")
    (result,) = play(programme, step)
    assert result["lots"] == [{"points": 10, "earned_on": "2025-01-31", "expires_on": "2025-02-01"}]


def test_any_activity_moves_all_live_lots() -> None:
    programme = document(expiry={"kind": "inactivity", "days": 30})
    member = {"lots": lots((10, "2025-01-20"), (20, "2024-12-01"))}
    results = play(
        programme,
        look(DAY),
        sale("s", DAY, line(500)),
        redeem("x", "2025-02-10", 1),
        give_back("r", "s", "2025-02-20", (0, 1)),
        look("2025-03-11"),
        look("2025-03-12"),
        m=member,
    )
    assert [one["balance"] for one in results] == [10, 15, 14, 9, 9, 0]
    assert {one["expires_on"] for one in results[1]["lots"]} == {"2025-03-02"}


def test_every_posting_pays_debt_first() -> None:
    results = play(
        document(),
        sale("s1", DAY, line(5000)),
        redeem("x", DAY, 50),
        give_back("r", "s1", DAY, (0, 1)),
        sale("s2", DAY, line(3000)),
        adjust("a", DAY, 25),
    )
    assert [(one["balance"], one["debt"]) for one in results] == [(50, 0), (0, 0), (-50, 50), (-20, 20), (5, 0)]
    assert results[4]["lots"] == [{"points": 5, "earned_on": DAY, "expires_on": None}]


def test_debt_never_refuses_a_sale_that_spends_nothing_and_rounds_down_below_zero() -> None:
    results = play(
        document(points_scale=1, redeem={"points": 1, "value_minor": 1}),
        sale("s1", DAY, line(1500)),
        redeem("x", DAY, 15),
        give_back("r", "s1", DAY, (0, 1)),
        sale("s2", DAY, line(50), tenders=[{"kind": "points", "max": True}, {"kind": "cash"}]),
    )
    assert (results[2]["balance"], results[2]["displayed"]) == (-15, -2)
    assert (results[3]["balance"], results[3]["redeemed"]) == (-15, 0)


def test_an_adjustment_is_a_lot_of_that_day_or_spends_lots() -> None:
    programme = document(earn={"available_after_days": 5}, expiry={"kind": "after", "days": 10})
    more, less, refused, nothing = play(
        programme, adjust("a", DAY, 30), adjust("b", DAY, -10), adjust("c", DAY, -21), adjust("d", DAY, 0)
    )
    assert more["lots"] == [{"points": 30, "earned_on": DAY, "expires_on": "2025-02-10"}]
    assert (less["balance"], refused["refused"], nothing["balance"]) == (20, "insufficient_points", 20)
