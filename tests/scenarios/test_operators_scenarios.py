"""What operators promise in print, with the sentence relied on, replayed through the rules of till and head office.

Every figure is worked out by hand from the sentence (`note`), never copied from a run; `derived` names the figures of a
step that the sentence does not print itself.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.domain.programme.scenario import check
from app.domain.programme.schema import read_json

FILES = sorted((Path(__file__).parent / "programme").glob("*.json"))
SOURCE = re.compile(r"(?P<operator>[^,]+), (?P<address>https?://\S+) — “(?P<sentence>.+)”")


def read(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text(encoding="utf-8"))


def source(file: Path) -> re.Match[str]:
    found = SOURCE.fullmatch(read(file)["source"])
    assert found, f"{file.stem}: not “operator, address — “sentence””"
    return found


def test_there_are_enough_of_enough_operators() -> None:
    assert len(FILES) >= 40
    assert len({source(file)["address"].split("/")[2] for file in FILES}) >= 12


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_promised_figures_come_out(file: Path) -> None:
    steps = check(read_json(file.read_text(encoding="utf-8")))
    assert [difference for step in steps for difference in step.differences] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_scenario_says_where_its_figures_come_from(file: Path) -> None:
    document = read(file)
    assert document["id"] == file.stem
    assert len(source(file)["sentence"]) > 10
    for step in document["steps"]:
        assert step["expect"], "a step that expects nothing proves nothing"
        assert step.get("note") or not step.get("derived"), "a figure that was worked out shows its arithmetic"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_expected_figure_is_compared(file: Path) -> None:
    document = read(file)
    for step in document["steps"]:
        step["expect"] = dict.fromkeys(step["expect"], "something else")
    for before, step in zip(document["steps"], check(document), strict=True):
        assert {one.field for one in step.differences} >= set(before["expect"])
