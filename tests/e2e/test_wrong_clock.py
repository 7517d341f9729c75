"""A till whose clock is hours off: everything arrives, events say by how much, the status screen says what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.clock import SystemClock
from app.i18n import ENGLISH, load
from app.resources import resources
from tests.support.chain_of_tills import RunningTill
from tests.support.commands import guitai, new_till, open_till_db
from tests.support.head_office import HeadOffice
from ui.presenters.head_office import Link, sentence, state_of

HOUR_MS = 3_600_000


class Hours(SystemClock):
    """The machine's clock, some hours off."""

    def __init__(self, hours: int) -> None:
        self._off_ms = hours * HOUR_MS

    def now_ms(self) -> int:
        return super().now_ms() + self._off_ms


@pytest.mark.parametrize("hours", [5, -30])
def test_a_clock_wrong_by_hours_stops_nothing_and_is_said(tmp_path: Path, hours: int) -> None:
    office = HeadOffice(tmp_path, f"sqlite:///{tmp_path / 'hq.db'}", clock=Hours(hours))
    (tmp_path / "a").mkdir()
    till = RunningTill(new_till(tmp_path / "a"))
    try:
        done = guitai("enrol", "--data", till.data, "--url", office.address, "--code", office.code())
        assert done.code == 0, done.err
        till.start()
        till.synced()
        till.do(do="enrol", phone="13912345678", name="王小明")
        earned = till.sell(5_000, "13912345678")
        till.synced()
        found = till.do(do="find", text="13912345678", pick=0)
        assert (found["points"], found["pending_points"]) == (earned, 0)
        state = state_of(till.do(do="status")["sync"])
        assert state.link is Link.ATTENTION
        assert f"{abs(hours) * 60:,} minutes off" in sentence(state, ENGLISH)
        assert f"{abs(hours) * 60:,} 分钟" in sentence(state, load(resources() / "locale", "zh_CN"))
        assert till.stop() == 0
        db = open_till_db(till.data)
        try:
            [raw] = [json.loads(one) for (one,) in db.execute("SELECT raw FROM event WHERE type = 'sale'")]
        finally:
            db.close()
        assert abs(raw["offset_ms"] - hours * HOUR_MS) < 60_000
        assert raw["offset_age_s"] >= 0
        assert office.faults() == []
    finally:
        if till.process is not None:
            till.kill()
        office.close()
