"""Cases with numbers that outsiders published, replayed through the rules the till and head office use."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.programme.scenario import check
from app.domain.programme.schema import read_json

FILES = sorted((Path(__file__).parent / "programme").glob("*.json"))


def test_all_published_cases_are_here() -> None:
    assert len(FILES) == 18


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_published_figures_come_out(file: Path) -> None:
    steps = check(read_json(file.read_text(encoding="utf-8")))
    assert [difference for step in steps for difference in step.differences] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_case_expects_something_that_a_wrong_figure_would_break(file: Path) -> None:
    document = dict(read_json(file.read_text(encoding="utf-8")))
    steps = document["steps"]
    assert isinstance(steps, list)
    for step in steps:
        step["expect"] = {"balance": -1}
    assert all(one.differences for one in check(document))
