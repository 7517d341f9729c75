"""Some hundreds of the made-up histories; 100,000 run with `python -m tests.proofs.histories`."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest

from app.domain.programme.account import Lot
from tests.proofs.histories import floats, problems, results
from tools.files import ROOT

SEEDS = [range(start, start + 50) for start in range(0, 400, 50)]
ENGINE = [ROOT / "app" / "domain" / "money.py", *sorted((ROOT / "app" / "domain" / "programme").glob("*.py"))]


@pytest.mark.parametrize("seeds", SEEDS, ids=lambda seeds: f"from-{seeds.start}")
def test_nothing_is_wrong_with_any_history(seeds: range) -> None:
    assert [one for seed in seeds for one in problems(seed)] == []


def test_the_same_history_comes_out_the_same() -> None:
    for seed in range(20):
        assert results(seed) == results(seed)


def test_histories_reach_what_they_are_meant_to_reach() -> None:
    told = [result for seed in range(200) for result in results(seed)]
    fields = {name for result in told for name, value in result.items() if value}
    wanted = {"earned", "to_follow", "redeemed", "earned_reversed", "points_restored", "points_lapsed", "upgrade_bonus"}
    wanted |= {"upgrade_bonus_reversed", "refused", "debt", "pending", "tier_until", "coupons", "stamps"}
    assert wanted - fields == set()


@pytest.mark.parametrize("path", ENGINE, ids=lambda path: path.stem)
def test_the_engine_has_no_way_to_make_a_float(path: Path) -> None:
    """No float literal, no true division but of a Fraction, no float(), round(), or module that computes with them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, float)]
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in ("float", "round", "complex"))
    found += [node.lineno for node in names]
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "math")
    found += [node.lineno for node in imports if {one.name for one in node.names} - {"lcm", "gcd"}]
    divisions = [node for node in ast.walk(tree) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)]
    assert found == []
    assert [ast.unparse(node) for node in divisions] == DIVISIONS.get(path.stem, [])


DIVISIONS = {"price": ["percent * sum((self.left[number] for number in numbers)) / 100"]}
"""`percent` is a Fraction."""


def test_a_float_is_found_wherever_it_hides() -> None:
    lot = Lot("k", "e", 1.5, date(2025, 1, 1), None, date(2025, 1, 1), 0)  # type: ignore[arg-type]
    assert list(floats({"a": [lot, 1], "b": (2.0,)})) == [".a[0].amount", ".b[0]"]
