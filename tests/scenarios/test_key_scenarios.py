"""Small scenarios for keys and conditions that no operator's programme shows; figures worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.programme.scenario import check
from app.domain.programme.schema import read_json

FILES = sorted((Path(__file__).parent / "keys").glob("*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_figures_worked_out_by_hand_come_out(file: Path) -> None:
    steps = check(read_json(file.read_text(encoding="utf-8")))
    assert steps
    assert [difference for step in steps for difference in step.differences] == []


def test_every_condition_has_a_scenario_where_it_holds_and_one_where_it_fails() -> None:
    assert len([file for file in FILES if file.stem.startswith("when-")]) == 17
