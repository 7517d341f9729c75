"""Baskets are values: every change makes another one."""

from __future__ import annotations

from app.domain.sale import Basket, Line


def test_a_basket_counts_pieces_and_money() -> None:
    basket = Basket().with_line(Line(4990, 2, discount_minor=100)).with_line(Line(1200))
    assert basket.units == 3
    assert basket.gross_minor == 2 * 4990 - 100 + 1200


def test_a_quantity_of_nothing_removes_the_line() -> None:
    basket = Basket((Line(100), Line(200)))
    assert basket.with_qty(0, 3).lines == (Line(100, 3), Line(200))
    assert basket.with_qty(0, 0).lines == (Line(200),)
    assert basket.lines == (Line(100), Line(200))
