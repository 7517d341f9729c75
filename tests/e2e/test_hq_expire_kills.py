"""The nightly run killed by SIGKILL in its middle, then started again: every point expires exactly once."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.failpoints import Failpoint
from tests.support.commands import guitai

MEMBERS = 450
POINTS = 10
KILLED = -9


@pytest.mark.parametrize("place", [Failpoint.HQ_BEFORE_COMMIT, Failpoint.HQ_AFTER_COMMIT], ids=str)
def test_a_run_killed_in_its_middle_is_simply_started_again(place: Failpoint, tmp_path: Path) -> None:
    folder, file = tmp_path / "hq", tmp_path / "members.csv"
    assert guitai("hq", "init", "--data", folder, "--store", "s027").code == 0
    lines = [f"{number:06d},{POINTS},2031-01-01" for number in range(MEMBERS)]
    file.write_text("member_no,points,expires_on\n" + "\n".join(lines) + "\n", encoding="utf-8")
    assert guitai("hq", "import", "members", file, "--data", folder, "--store", "s027").code == 0
    expire = ("hq", "expire", "--data", folder, "--until", "2099-01-01", "--json")
    assert guitai(*expire, environment={"GUITAI_FAILPOINT": f"{place.value}:2"}).code == KILLED
    assert guitai("hq", "verify", "--data", folder).code == 0
    again = json.loads(guitai(*expire).out)
    done = 1 if place is Failpoint.HQ_BEFORE_COMMIT else 2
    assert again["done"] == MEMBERS - done * 200
    assert again["expired"] == again["done"] * POINTS
    assert json.loads(guitai(*expire).out)["done"] == 0
    assert guitai("hq", "verify", "--data", folder).code == 0
    with closing(sqlite3.connect(folder / "hq.db")) as db:
        [(total,)] = db.execute("SELECT sum(amount) FROM entry").fetchall()
        [(expired,)] = db.execute("SELECT -sum(amount) FROM entry WHERE event_key LIKE 'expiry/%'").fetchall()
    assert (total, expired) == (0, MEMBERS * POINTS)
