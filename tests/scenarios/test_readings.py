"""Every sentence of the fine print has scenarios, worked out by hand; read wrongly, they come out otherwise."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from app.domain.programme.scenario import check
from app.domain.programme.schema import read_json
from tools.files import ROOT

FILES = sorted((Path(__file__).parent / "readings").glob("*.json"))
NUMBERED = re.compile(r"^(\d+)\. ", re.MULTILINE)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_fine_print_is_read_as_it_is_written(file: Path) -> None:
    steps = check(read_json(file.read_text(encoding="utf-8")))
    assert [difference for step in steps for difference in step.differences] == []


def test_every_sentence_has_a_scenario_and_every_scenario_a_sentence() -> None:
    sentences = [int(one) for one in NUMBERED.findall((ROOT / "docs" / "programme-readings.md").read_text("utf-8"))]
    assert sentences == list(range(1, len(sentences) + 1))
    assert {int(file.stem[1:3]) for file in FILES} == set(sentences)


def test_a_scenario_names_its_sentence_and_expects_something() -> None:
    for file in FILES:
        document = json.loads(file.read_text(encoding="utf-8"))
        assert document["source"] == f"docs/programme-readings.md, {int(file.stem[1:3])}"
        assert any(step["expect"] for step in document["steps"])
