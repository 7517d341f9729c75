"""Seeded worlds: whatever the network and the crashes do, nothing is lost, doubled, or shown twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.removed import REMOVALS, Removal
from tests.simulation.stage import make_template
from tests.simulation.world import World

SEEDS = 300
SEEDS_PER_TEST = 20
SEEDS_TO_CATCH_MAX = 40


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("sim") / "template")


def play(seed: int, template: Path, folder: Path) -> list[str]:
    world = World(seed, template, folder)
    try:
        world.run()
        return world.trace
    finally:
        world.close()


@pytest.mark.parametrize("first", range(0, SEEDS, SEEDS_PER_TEST))
def test_nothing_is_lost_doubled_or_shown_twice(first: int, template: Path, tmp_path: Path) -> None:
    told = [play(seed, template, tmp_path / "world") for seed in range(first, first + SEEDS_PER_TEST)]
    assert all(told), "every world has a history; what must hold in it is asserted step by step"


def test_the_same_seed_is_the_same_history(template: Path, tmp_path: Path) -> None:
    assert play(7, template, tmp_path / "once") == play(7, template, tmp_path / "again")


@pytest.mark.parametrize("removal", REMOVALS, ids=lambda removal: removal.rule.replace(", ", "_").replace(" ", "_"))
def test_a_rule_that_is_taken_away_is_missed(
    removal: Removal, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The simulator fails within SEEDS_TO_CATCH_MAX seeds when the one function that carries a rule is gone."""
    removal.take_away(monkeypatch)
    for seed in range(SEEDS_TO_CATCH_MAX):
        try:
            play(seed, template, tmp_path / f"world-{seed}")
        except AssertionError as error:
            print(f"{removal.rule} ({removal.carried_by}): caught by seed {seed}: {str(error).splitlines()[0]}")
            return
    pytest.fail(f"{removal.rule}: {SEEDS_TO_CATCH_MAX} seeds did not miss it")
