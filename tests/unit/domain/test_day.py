"""A day's figures added and averaged."""

from __future__ import annotations

from app.domain.day import DayFigures


def hours(**minor: int) -> tuple[int, ...]:
    return tuple(minor.get(f"h{hour}", 0) for hour in range(24))


def test_two_days_figures_add_up_figure_by_figure() -> None:
    one = DayFigures(3, 1, 500, 400, 2, 1, 40, 10, hours(h9=100, h10=300))
    two = DayFigures(1, 0, 100, 100, 0, 2, 10, 0, hours(h10=100))
    assert one.plus(two) == DayFigures(4, 1, 600, 500, 2, 3, 50, 10, hours(h9=100, h10=400))


def test_shares_and_averages_are_rounded_down_and_nothing_is_nothing() -> None:
    assert (DayFigures().member_percent, DayFigures().average_minor) == (0, 0)
    some = DayFigures(sales=3, net_minor=1_000, members=2)
    assert (some.member_percent, some.average_minor) == (66, 333)
