"""Every scenario once more through a real till and a real head office: events, feed, nights, what the counter shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.domain.programme.schema import DocumentError
from app.wiring.pair import check_pair
from tests.support import scenarios

TESTS = Path(__file__).parents[2]
GIVEN = sorted((TESTS / "acceptance" / "programme").glob("*.json"))
OTHERS = sorted((TESTS / "scenarios").glob("*/*.json"))
SAMPLE = OTHERS[::8]
"""`make prove` sends every file through the pair (tests/proofs/every_pair.py)."""
PART_IN_POINTS = [scenarios.pay_points(300), {"kind": "cash"}]


def read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def differences(document: Mapping[str, Any], url: str | None = None) -> list[str]:
    steps = check_pair(document, url)
    assert len(steps) == len(document["steps"])
    return [f"{one.step} {one.field}: {one.expected} != {one.got}" for step in steps for one in step.differences]


@pytest.mark.parametrize("file", GIVEN, ids=lambda file: file.stem)
def test_a_till_and_head_office_come_to_the_published_figures(file: Path, database_url: str) -> None:
    assert differences(read(file), database_url) == []


def assert_kept(file: Path) -> None:
    """The pair comes to the figures of the file; what no till sells another channel posts, as far as it can say it."""
    document = read(file)
    online = [one for one in document["steps"] if one.get("channel", "store") != "store"]
    if any(one.get("coupons") or one.get("rewards") for one in online):
        with pytest.raises(DocumentError, match="steps"):
            check_pair(document)
    else:
        assert differences(document) == []


@pytest.mark.parametrize("file", SAMPLE, ids=lambda file: file.stem)
def test_a_till_and_head_office_keep_other_promises_too(file: Path) -> None:
    assert_kept(file)


def test_a_figure_that_does_not_hold_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = read(next(file for file in GIVEN if file.stem == "odoo-delivered-twice"))
    wrong["steps"][0]["expect"] = {"balance": -1}
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps(wrong), encoding="utf-8")
    assert main(["--lang", "en", "programme", "check", "--pair", str(file)]) == 1
    assert "balance: expected -1" in capsys.readouterr().out
    wrong["steps"][0]["expect"] = {}
    file.write_text(json.dumps(wrong), encoding="utf-8")
    assert main(["--lang", "en", "programme", "check", "--pair", str(file)]) == 0


def test_steps_that_cannot_be_done_are_refused_alike(tmp_path: Path) -> None:
    rules = scenarios.document(
        redeem={"points": 100, "value_minor": 100, "step_points": 100}, stamps=[{"id": "s", "per_receipt_minor": 1_000}]
    )
    steps = [
        scenarios.sale("s1", "2025-03-01", scenarios.line(5_000), store="Nord 1", region="R-2"),
        scenarios.redeem("x1", "2025-03-02", 150),
        scenarios.redeem("x2", "2025-03-02", 900),
        scenarios.adjust("a1", "2025-03-02", -900),
        scenarios.adjust("a2", "2025-03-02", 200),
        scenarios.give_back("r1", "s1", "2025-03-03", (0, 2)),
        scenarios.sale(
            "s2", "2025-03-04", scenarios.line(5_000), tenders=[scenarios.pay_points(300), {"kind": "cash"}]
        ),
        {**scenarios.sale("s3", "2025-03-04", scenarios.line(100)), "member": "m"},
        {"do": "again", "of": "s1"},
        {"do": "again", "of": "x2"},
        scenarios.merge("g1", "2025-03-05", "n", "m"),
        scenarios.merge("g2", "2025-03-05", "n", "m"),
        scenarios.sale("s4", "2025-03-06", scenarios.line(700), member="n"),
        scenarios.look("2025-03-07", "n"),
        scenarios.look("2025-03-07"),
    ]
    anonymous = scenarios.sale("s5", "2025-03-08", scenarios.line(700))
    del anonymous["member"]
    blocked = scenarios.sale("s6", "2025-03-08", scenarios.line(700), member="b")
    members = {"m": {"tags": ["x"]}, "n": {"lots": scenarios.lots((70, "2025-01-01"))}, "b": {"status": "blocked"}}
    document = scenarios.scenario(rules, *steps, anonymous, blocked, **members)
    assert differences(document) == []


def online(name: str, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return scenarios.sale(name, "2025-01-02", *lines, channel="online", **more)


def test_a_sale_of_another_channel_is_posted_by_it(database_url: str) -> None:
    rules = scenarios.document(
        earn={"rules": [{"id": "web", "kind": "multiply", "factor": "3", "when": {"channels": ["online"]}}]}
    )
    nobodys = online("b", scenarios.line(700), order_discounts=[{"minor": 50, "categories": ["x"]}])
    del nobodys["member"]
    document = scenarios.scenario(
        rules,
        online("a", scenarios.line(10_000, sku="T-1"), order_discounts=[{"percent": "10"}], expect={"earned": 270}),
        nobodys,
        scenarios.sale("c", "2025-01-03", scenarios.line(10_000), expect={"balance": 370}),
        m={},
    )
    assert differences(document, database_url) == []


@pytest.mark.parametrize(
    "steps",
    [
        [online("a", scenarios.line(5_000), tenders=[scenarios.pay_points(100), {"kind": "cash"}])],
        [online("a", scenarios.line(5_000)), scenarios.give_back("r", "a", "2025-01-03", (0, 1))],
    ],
)
def test_what_no_channel_can_say_is_refused(steps: list[dict[str, Any]]) -> None:
    rules = scenarios.document(redeem={"points": 100, "value_minor": 100, "step_points": 100})
    document = scenarios.scenario(rules, *steps, m={"lots": scenarios.lots((500, "2024-12-01"))})
    with pytest.raises(DocumentError, match="steps"):
        check_pair(document)
