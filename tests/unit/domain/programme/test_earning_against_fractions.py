"""Earned points against a second computation, written straight from the rules with exact fractions."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.scenarios import document, line, play, sale

Units = list[tuple[int, Fraction]]
"""Pieces rounded together: (line, money)."""


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    rules: list[dict[str, Any]] = []
    for number in range(draw(st.integers(0, 3))):
        where = {"categories": draw(st.lists(st.sampled_from("abc"), min_size=1, unique=True))}
        factor = draw(st.sampled_from(["1", "1.25", "1.333333", "2", "3.7"]))
        rules.append({"id": f"m{number}", "kind": "multiply", "factor": factor, "when": where})
    for number in range(draw(st.integers(0, 2))):
        where = {"categories": draw(st.lists(st.sampled_from("abc"), min_size=1, unique=True))}
        rate = {"points": draw(st.integers(0, 30)), "per_minor": draw(st.integers(1, 700))}
        rules.append({"id": f"r{number}", "kind": "rate", "when": where, **rate})
    earn = {
        "points": draw(st.integers(0, 30)),
        "per_minor": draw(st.integers(1, 700)),
        "rounding": draw(st.sampled_from(["whole_steps", "floor", "half_up", "ceil"])),
        "rounding_scope": draw(st.sampled_from(["receipt", "line", "unit"])),
        "stacking": draw(st.sampled_from(["best", "add"])),
        "rules": rules,
    }
    goods = [
        line(
            draw(st.integers(0, 2000)),
            qty=draw(st.integers(1, 4)),
            category=draw(st.sampled_from("abc")),
        )
        for _ in range(draw(st.integers(1, 4)))
    ]
    return earn, goods


def scopes(earn: dict[str, Any], goods: list[dict[str, Any]], lines: list[int]) -> list[Units]:
    """Money of these lines, grouped as it is rounded."""
    money = {number: Fraction(goods[number]["unit_minor"] * goods[number]["qty"]) for number in lines}
    if earn["rounding_scope"] == "receipt":
        return [list(money.items())]
    if earn["rounding_scope"] == "line":
        return [[(number, minor)] for number, minor in money.items()]
    return [[(number, Fraction(goods[number]["unit_minor"]))] for number in lines for _ in range(goods[number]["qty"])]


def factor(earn: dict[str, Any], category: str) -> Fraction:
    factors = [
        Fraction(rule["factor"])
        for rule in earn["rules"]
        if rule["kind"] == "multiply" and category in rule["when"]["categories"]
    ]
    if earn["stacking"] == "add":
        return 1 + sum((one - 1 for one in factors), Fraction(0))
    return max(factors, default=Fraction(1))


def rounded(exact: Fraction, mode: str) -> int:
    if mode == "half_up":
        return math.floor(exact + Fraction(1, 2))
    return math.ceil(exact) if mode == "ceil" else math.floor(exact)


def product(earn: dict[str, Any], units: Units, rate: dict[str, Any]) -> dict[int, Fraction]:
    """Points of each line of a group before multipliers and rounding."""
    total = sum((minor for _, minor in units), Fraction(0))
    if not total:
        return {}
    if earn["rounding"] == "whole_steps":
        points = Fraction(total // rate["per_minor"] * rate["points"])
        return {number: points * minor / total for number, minor in units}
    return {number: minor * rate["points"] / rate["per_minor"] for number, minor in units}


def expected(earn: dict[str, Any], goods: list[dict[str, Any]]) -> int:
    points = 0
    for units in scopes(earn, goods, list(range(len(goods)))):
        shares = product(earn, units, earn)
        multiplied = (share * factor(earn, goods[number]["category"]) for number, share in shares.items())
        points += rounded(sum(multiplied, Fraction(0)), earn["rounding"])
    for rule in earn["rules"]:
        if rule["kind"] == "rate":
            lines = [number for number, one in enumerate(goods) if one["category"] in rule["when"]["categories"]]
            for units in scopes(earn, goods, lines):
                total = sum(product(earn, units, rule).values(), Fraction(0))
                points += rounded(total, earn["rounding"])
    return points


@settings(max_examples=150, deadline=None)
@given(case=cases())
def test_the_engine_and_plain_fractions_agree(case: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    earn, goods = case
    (result,) = play(document(earn=earn), sale("s", "2025-01-23", *goods))
    assert result["earned"] == expected(earn, goods)
