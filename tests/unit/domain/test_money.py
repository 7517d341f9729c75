"""Money as plain text and in exact shares."""

from __future__ import annotations

import pytest

from app.domain.money import half_up, largest_remainder, on_screen, plain


def test_the_rest_goes_to_the_largest_fractions_ties_to_the_earliest() -> None:
    assert largest_remainder(100, [1, 1, 1]) == [34, 33, 33]
    assert largest_remainder(10, [1, 2, 3, 0]) == [2, 3, 5, 0]


def test_nothing_is_shared_over_nothing() -> None:
    assert largest_remainder(0, [0, 0]) == [0, 0]
    with pytest.raises(ValueError, match="nothing to share over"):
        largest_remainder(1, [0])


@pytest.mark.parametrize(("numerator", "rounded"), [(4, 0), (5, 1), (14, 1), (-5, 0), (-6, -1)])
def test_half_up_goes_up_on_a_tie(numerator: int, rounded: int) -> None:
    assert half_up(numerator, 10) == rounded


@pytest.mark.parametrize(("minor", "text"), [(123450, "1,234.50"), (-5, "-0.05"), (0, "0.00")])
def test_money_is_grouped_with_two_decimals(minor: int, text: str) -> None:
    assert plain(minor) == text
    assert on_screen(minor) == text.replace("-", "−")
