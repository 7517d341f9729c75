"""A till that dies while it takes a dynamic member code: it is used up before anybody is named by it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain import member_code
from app.failpoints import Failpoint
from tests.support import kill, tills
from tests.support.commands import open_till_db
from tests.support.kill import ENROL, SIGN_ON

MATRIX = "kill matrix"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A till with a member of its own and a key of this week."""
    folder = tills.make(tmp_path / "till")
    assert kill.headless(folder, [SIGN_ON, ENROL]).code == 0
    key = member_code.week_key(bytes(32), member_code.week_of(time.time_ns() // 1_000_000))
    row = {"week_no": key.week_no, "from_ms": 0, "until_ms": 1 << 52, "key": key.key.hex()}
    db = open_till_db(folder)
    db.execute("INSERT INTO code_key VALUES (?, 1, ?)", (str(key.week_no), json.dumps(row)))
    db.close()
    return folder


def shown(data: Path) -> str:
    """What the member's phone shows now."""
    db = open_till_db(data)
    number, raw = db.execute("SELECT member_no, (SELECT raw FROM code_key) FROM own_member").fetchone()
    db.close()
    key = member_code.WeekKey(1, 0, 1 << 52, bytes.fromhex(json.loads(raw)["key"]))
    return member_code.code_at(key, number, time.time_ns() // 1_000_000)


@pytest.mark.parametrize("place", [place for place in Failpoint if place.value.startswith("code.")], ids=str)
def test_a_code_is_used_up_before_its_member_is_named(
    place: Failpoint, data: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property(MATRIX, place.value)
    scan = {"do": "scan", "code": shown(data)}
    ran = kill.killed_at(place, data, [SIGN_ON, scan])
    assert "member" not in [answer.get("found") for answer in ran.answers]
    used = place is Failpoint.CODE_AFTER_COMMIT
    again = kill.headless(data, [SIGN_ON, {**scan, **({"expect": "member_code_used"} if used else {})}])
    assert again.code == 0, again.out
    assert used or again.answers[-1]["found"] == "member"
    twice = kill.headless(data, [SIGN_ON, {**scan, "expect": "member_code_used"}])
    assert twice.code == 0, twice.out
    kill.check_chains(data)
