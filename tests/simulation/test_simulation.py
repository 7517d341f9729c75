"""Seeded worlds: whatever the network and the crashes do, nothing is lost, doubled, or shown twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.world import World, make_template


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


@pytest.mark.parametrize("seed", range(10))
def test_nothing_is_lost_doubled_or_shown_twice(seed: int, template: Path, tmp_path: Path) -> None:
    play(seed, template, tmp_path / "world")
