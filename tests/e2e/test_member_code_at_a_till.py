"""A dynamic member code from head office's keys to head office's report: two tills, one code."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.chain_of_tills import Served, enrolled
from tests.support.commands import guitai

PHONE = "13800001234"


def test_a_code_finds_its_member_at_a_till_and_a_second_use_elsewhere_is_reported(tmp_path: Path) -> None:
    office = Served(tmp_path / "hq").make()
    office.start()
    here, there = enrolled(tmp_path / "one", office).start(), enrolled(tmp_path / "two", office).start()
    try:
        here.synced()
        number = str(here.do(do="enrol", phone=PHONE, name="王小明")["member_no"])
        here.synced()
        there.synced()
        shown = guitai("hq", "member-code", number, "--data", office.folder, "--json")
        code = json.loads(shown.out)["code"]
        for till in (here, there):  # at once: the code is good for a minute
            assert till.do(do="scan", code=code)["found"] == "member"
            assert till.ask(do="scan", code=code)["code"] == "member_code_used"
        for till in (here, there):
            till.do(do="line", unit_minor=5_000)
            till.do(do="pay")
            till.synced()
        found = guitai("hq", "report", "findings", "--code", "code_twice", "--data", office.folder, "--json")
        assert len(json.loads(found.out)) == 1
        assert office.differences(here.data, there.data) == []
    finally:
        for till in (here, there):
            till.kill()
        office.kill()
