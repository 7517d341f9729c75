"""`guitai programme diff` on the folders of a real till and of the head office it sold for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from app.wiring.programme_history import last_days, of_till
from tests.support.chain_of_tills import Served, enrolled
from tests.support.commands import guitai
from tests.support.scenarios import document

PHONE = "13800138000"


def _written(path: Path, **parts: Any) -> Path:
    path.write_text(json.dumps(document(**parts)), encoding="utf-8")
    return path


def test_a_till_and_head_office_say_what_their_sales_would_have_earned(tmp_path: Path) -> None:
    office = Served(tmp_path / "hq").make()
    office.start()
    try:
        till = enrolled(tmp_path / "one", office).start()
        till.synced()
        till.do(do="enrol", phone=PHONE, name="王小明")
        for minor in (1_000, 2_000, 3_000):
            till.sell(minor, PHONE)
        till.sell(5_000)
        till.synced()
        assert till.stop() == 0
    finally:
        office.kill()
    rules = [{"id": "big", "kind": "bonus", "points": 5, "when": {"min_spend_minor": 2_000}}]
    old, new = _written(tmp_path / "old.json"), _written(tmp_path / "new.json", version=2, earn={"rules": rules})
    for source in (("--till", till.data), ("--hq", office.folder)):
        answer = guitai("programme", "diff", old, new, "--replay", "30", *source, "--json")
        assert answer.code == 0, answer.err
        found = json.loads(answer.out)
        assert (found["sales"], found["promised"], found["returns"]) == (4, 60, 0)
        assert found["old"] == {"programme": "t:1", "points": 60, "bonuses": 0, "refused": {}}
        assert found["new"] == {"programme": "t:2", "points": 70, "bonuses": 0, "refused": {}}
        assert found["rules"] == [{"rule": "big", "old": 0, "new": 10}, {"rule": "base", "old": 60, "new": 60}]
        assert [(one["old"], one["new"]) for one in found["members"]] == [(60, 70)]
    said = guitai("--lang", "en", "programme", "diff", old, new, "--replay", "30", "--till", till.data).out.splitlines()
    assert said[:4] == [
        "4 sales and 0 returns, 60 points promised then",
        "points: t:1 60, t:2 70 (+10)",
        "upgrade bonuses: 0, 0 (+0)",
        "rule big: 0, 10 (+10)",
    ]
    assert said[5].endswith(": 60, 70 (+10)")
    past = of_till(till.data)
    assert len(last_days(past, 1)) == len(past)


def test_every_mistake_of_a_document_is_named_and_a_source_is_asked_for(tmp_path: Path) -> None:
    good, bad = _written(tmp_path / "good.json"), _written(tmp_path / "bad.json", earn={"points": -1}, colour=1)
    answer = guitai("--lang", "en", "programme", "diff", good, bad, "--replay", "30", "--till", tmp_path)
    assert answer.code == 2
    assert [one.split(": ")[1] for one in answer.out.splitlines()] == ["earn.points", "colour"]
    told = guitai("programme", "diff", bad, good, "--replay", "30", "--till", tmp_path, "--json")
    assert [one["path"] for one in json.loads(told.out)["mistakes"]] == ["earn.points", "colour"]
    assert guitai("programme", "diff", good, good, "--replay", "30").code == 2
