"""Seeded worlds: whatever network, machines and crashes do, nothing is lost, doubled, or shown twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.meta import seeds_until_caught
from tests.simulation.plan import LATER_SEED
from tests.simulation.play import play
from tests.simulation.removed import Removal
from tests.simulation.removed_print import QUICK

SEEDS = 300
SEEDS_PER_TEST = 20
FIRSTS = [*range(0, SEEDS, SEEDS_PER_TEST), LATER_SEED, LATER_SEED + SEEDS_PER_TEST]
SEEDS_TO_CATCH_MAX = 60


@pytest.mark.parametrize("first", FIRSTS)
def test_nothing_is_lost_doubled_or_shown_twice(first: int, template: Path, worlds: Path) -> None:
    for seed in range(first, first + SEEDS_PER_TEST):
        assert play(seed, template, worlds / "world").failure == "", f"make simulate SEEDS=1 FIRST_SEED={seed}"


@pytest.mark.parametrize("seed", [7, 24, 58, 74, 122, 148, LATER_SEED + 4])
def test_the_same_seed_is_the_same_history(seed: int, template: Path, worlds: Path) -> None:
    assert play(seed, template, worlds / "once") == play(seed, template, worlds / "again")


@pytest.mark.parametrize("removal", QUICK, ids=lambda removal: removal.rule.replace(", ", "_").replace(" ", "_"))
def test_a_rule_that_is_taken_away_is_missed(removal: Removal, template: Path, worlds: Path) -> None:
    """The simulator fails within SEEDS_TO_CATCH_MAX seeds when the one function that carries a rule is gone."""
    assert seeds_until_caught(removal, template, worlds, SEEDS_TO_CATCH_MAX) is not None
