"""`guitai programme explain`: every rule of a basket with what it gave, or the reason it gave nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.domain.programme.fit import Misfit
from app.i18n import load
from app.resources import resources
from app.wiring.programme_cli import programme
from app.wiring.programme_explain import MISFITS
from tests.support.scenarios import document, line, look, sale, scenario

DAY = "2025-01-23"
RULES: list[dict[str, Any]] = [
    {"id": "double", "kind": "multiply", "factor": "2", "partner": "acme"},
    {"id": "less", "kind": "multiply", "factor": "1.5"},
    {"id": "gold", "kind": "bonus", "points": 5, "when": {"tiers": ["gold"]}},
    {"id": "young", "kind": "bonus", "points": 5, "when": {"segments": ["young"]}},
    {"id": "hello", "kind": "bonus", "points": 3, "limit_per_member": 1, "post_after_days": 2},
]
TIERS = {"levels": [{"id": "base", "threshold": 0}, {"id": "gold", "threshold": 10**9}]}


def run(*arguments: str | Path, language: str = "en") -> Result:
    tr = load(resources() / "locale", language)
    return CliRunner().invoke(programme, ["explain", *map(str, arguments)], obj=tr, catch_exceptions=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two sales alike, one refused, one anonymous; a cap of 40 points a day."""
    found = tmp_path / "basket.json"
    steps = [
        sale("s1", DAY, line(1000), line(500)),
        sale("s2", DAY, line(1000)),
        sale("s3", DAY, line(1000), coupons=["none"]),
        {**sale("s4", DAY, line(1000)), "member": "n"},
        look(DAY),
    ]
    del steps[3]["member"]
    earn = {"rules": RULES, "max_points_per_day": 40}
    found.write_text(json.dumps(scenario(document(earn=earn, tiers=TIERS), *steps)), encoding="utf-8")
    return found


def test_every_rule_of_every_sale_is_answered(file: Path) -> None:
    result = run(file)
    assert (result.exit_code, result.output.splitlines()) == (
        0,
        [
            "s1: 33 points",
            "  base: 15 points (line 1: 10, line 2: 5)",
            "  double: 15 points (line 1: 10, line 2: 5)",
            "  less: nothing; double multiplies these goods by more",
            "  gold: nothing; tiers must be gold, it is base",
            "  young: nothing; segments must be young",
            "  hello: 3 points (line 1: 2, line 2: 1); 2 days later",
            "s2: 7 points",
            "  base: 4 points (line 1: 4); 6 points cut off by a cap",
            "  double: 3 points (line 1: 3); 7 points cut off by a cap",
            "  less: nothing; double multiplies these goods by more",
            "  gold: nothing; tiers must be gold, it is base",
            "  young: nothing; segments must be young",
            "  hello: nothing; it was given 1 times, 1 are allowed",
            "s3: refused: coupon_conditions",
            "s4: 0 points",
            "  base: nothing; nobody to give points to",
            "  double: nothing; nobody to give points to",
            "  less: nothing; nobody to give points to",
            "  gold: nothing; nobody to give points to",
            "  young: nothing; nobody to give points to",
            "  hello: nothing; nobody to give points to",
        ],
    )


def test_one_sale_alone_can_be_asked_for(file: Path) -> None:
    assert run("--step", "s2", file).output.splitlines()[0] == "s2: 7 points"
    assert len(run("--step", "s2", file).output.splitlines()) == 7


def test_chinese_has_its_own_words(file: Path) -> None:
    lines = run(file, language="zh_CN").output.splitlines()
    assert lines[3:5] == [
        "  less：没有积分；double 对这些商品的倍数更高",
        "  gold：没有积分；tiers 应为 gold，实际为 base",
    ]


def test_json_carries_reasons_and_the_partner_who_pays(file: Path) -> None:
    report = json.loads(run("--json", file).output)
    first, _second, third, _fourth = report["sales"]
    assert (first["points"], first["eligible_minor"]) == (33, [1000, 500])
    assert first["rules"][1] == {
        "rule": "double",
        "kind": "multiply",
        "points": 15,
        "by_line": [{"line": 0, "points": 10}, {"line": 1, "points": 5}],
        "after_days": 0,
        "cut": 0,
        "refused": None,
        "partner": "acme",
    }
    assert first["rules"][3]["refused"] == {"reason": "tiers", "wanted": ["gold"], "found": ["base"]}
    assert (first["offers"], third) == ([], {"step": "s3", "refused": "coupon_conditions", "offers": []})


def test_coupons_and_rewards_beside_the_basket_say_whether_they_fit(tmp_path: Path) -> None:
    found = tmp_path / "basket.json"
    types = [
        {"id": "big", "kind": "discount_minor", "value_minor": 100, "valid_days": 9, "when": {"min_spend_minor": 5000}},
        {"id": "none", "kind": "discount_minor", "value_minor": 100, "valid_days": 9},
        {"id": "old", "kind": "discount_minor", "value_minor": 100, "valid_days": 9},
    ]
    rewards = [
        {"id": name, "points": points, "kind": "discount_minor", "value_minor": 1}
        for name, points in (("dear", 11), ("cheap", 10))
    ]
    programme_document = document(coupon_types=types, rewards=rewards)
    steps = [
        sale("s1", DAY, line(4000), coupons=["big"], rewards=[{"id": "cheap"}]),
        {**sale("s2", DAY, line(100)), "member": "n"},
        sale("s3", DAY, line(100)),
    ]
    del steps[2]["member"]
    member = {
        "lots": [{"points": 10, "earned_on": "2025-01-01"}],
        "coupons": ["big", {"type": "old", "issued_on": "2025-01-01"}],
    }
    found.write_text(json.dumps(scenario(programme_document, *steps, m=member, n={})))
    lines = run(found).output.splitlines()
    assert lines[:6] == [
        "s1: refused: coupon_conditions",
        "  coupon big, asked for: does not fit; 1000 cents of its goods are missing",
        "  coupon none: the member has none that is open",
        "  coupon old: the member has none that is open",
        "  reward dear: does not fit; there are too few points",
        "  reward cheap, asked for: fits",
    ]
    dear, cheap = (f"  reward {name}: does not fit; there are too few points" for name in ("dear", "cheap"))
    assert lines[-2:] == [dear, cheap]
    [first, *_others] = json.loads(run("--json", found).output)["sales"]
    assert first["offers"][0] == {
        "kind": "coupon", "id": "big", "asked": True, "held": True, "misfit": "spend", "missing_minor": 1000,
    }  # fmt: skip


def test_every_misfit_has_words() -> None:
    assert set(MISFITS) == set(Misfit)


@pytest.mark.parametrize("partner", ["acme", "other"])
def test_partner_is_a_key_that_alters_the_answer(tmp_path: Path, partner: str) -> None:
    rules = [{"id": "paid", "kind": "bonus", "points": 1, "partner": partner}]
    found = tmp_path / "basket.json"
    found.write_text(json.dumps(scenario(document(earn={"rules": rules}), sale("s", DAY, line(100)))))
    [one] = json.loads(run("--json", found).output)["sales"]
    assert [rule["partner"] for rule in one["rules"]] == [None, partner]


def test_all_mistakes_of_a_file_are_named_at_once(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    steps = [sale("s", DAY, line(-5, colour=1))]
    programme_document = document(earn={"rounding": "sideways"}, expiry={"kind": "after"})
    broken.write_text(json.dumps({**scenario(programme_document, *steps), "extra": 1}))
    result = run(broken)
    assert result.exit_code == 2
    paths = [one.split(": ")[1] for one in result.output.splitlines()]
    assert paths == [
        "programme.earn.rounding",
        "programme.expiry.days",
        "extra",
        "steps[0].lines[0].unit_minor",
        "steps[0].lines[0].colour",
    ]
    report = json.loads(run("--json", broken).output)
    assert [one["path"] for one in report["mistakes"]] == paths
