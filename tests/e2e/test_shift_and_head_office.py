"""A whole shift at a real till with a real head office: float, sales, cash, points by hand, Z; both sides agree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.chain_of_tills import RunningTill, Served, at_work, enrolled, outbox
from tests.support.commands import PIN

PHONE = "13912345678"
APPROVED = {"approver": "0103", "approver_pin": PIN}


@pytest.fixture
def till(office: Served, tmp_path: Path) -> Iterator[RunningTill]:
    with at_work(tmp_path / "a", office, phone=PHONE) as till:
        yield till


def balance(office: Served) -> int:
    rows = office.read("SELECT raw FROM feed_row WHERE kind = 'account' AND raw IS NOT NULL")
    found: int = json.loads(rows[0][0])["balance"]
    return found


def agree(office: Served, till: RunningTill, code: int = 0) -> None:
    assert till.stop() == code
    assert outbox(till.data) == 0
    office.verify()
    assert office.differences(till.data) == []


def test_a_shift_is_sold_counted_and_closed_and_its_facts_arrive(office: Served, till: RunningTill) -> None:
    till.sell(10_000, PHONE)
    till.do(do="cash", kind="pay_in", minor=5_000, reason="change", **APPROVED)
    office.kill()
    till.sell(2_500)
    till.do(do="undo")
    till.do(do="cash", kind="drop", minor=8_000, reason="safe", **APPROVED)
    shown = till.do(do="x_report")
    assert (shown["sales"], shown["undone"], shown["expected"]) == (1, 1, {"cash": 7_000})
    z = till.do(do="shift_close", cash_minor=6_950, qr_minor=0)
    assert (z["z_no"], z["differences"]) == (1, {"cash": -50, "qr": 0})
    till.do(do="amount", amount="1.00")
    assert till.ask(do="pay")["code"] == "shift_closed"
    assert till.do(do="shift_open", float_minor=6_950)["z_no"] == 2
    till.do(do="pay")
    assert till.do(do="x_report")["expected"] == {"cash": 7_050}
    office.start()
    till.synced()
    results = office.read("SELECT count(*) FROM event WHERE outcome != 'applied'")
    assert results == [(0,)]
    agree(office, till, 3)  # one step was refused


def test_points_by_hand_stand_at_head_office_once(office: Served, till: RunningTill) -> None:
    till.sell(100_000, PHONE)
    till.do(do="find", text=PHONE, pick=0)
    done = till.do(do="adjust", points=200, reason="goodwill", **APPROVED)
    assert (done["points_before"], done["points_after"]) == (1_000, 1_200)
    till.do(do="adjust", points=-50, reason="correction", **APPROVED)
    assert till.ask(do="adjust", points=5, reason="other")["code"] == "approval_needed"
    assert till.ask(do="adjust", points=5, **{**APPROVED, "approver": "0271"})["code"] == "approval_self"
    till.synced()
    assert till.do(do="find", text=PHONE, pick=0)["points"] == balance(office) == 1_150
    agree(office, till, 3)


def test_the_day_is_the_stores_and_what_waits_here_is_counted(
    office: Served, till: RunningTill, tmp_path: Path
) -> None:
    other = enrolled(tmp_path / "b", office).start()
    other.synced()
    other.sell(30_000)
    other.synced()
    assert other.stop() == 0
    till.sell(10_000, PHONE)
    till.synced()
    assert till.ask(do="today")["code"] == "approval_needed"
    office.kill()
    till.sell(2_000, PHONE)
    shown = till.do(do="today", **APPROVED)
    assert (shown["store"], shown["sales"], shown["net_minor"], shown["members"]) == (True, 3, 42_000, 2)
    assert (shown["enrolments"], shown["points_issued"]) == (1, 120)
    office.start()
    till.synced()
    again = till.do(do="today", **APPROVED)
    assert (again["sales"], again["net_minor"], again["waiting"]) == (3, 42_000, 0)
    agree(office, till, 3)


def test_the_points_are_explained_before_and_after_paying(office: Served, till: RunningTill) -> None:
    till.do(do="find", text=PHONE, pick=0)
    till.do(do="line", unit_minor=10_000)
    before = till.do(do="why")
    assert (before["points"], before["receipt_no"]) == (100, "")
    assert before["rules"][0] == {"rule": "base", "points": 100, "refused": ""}
    till.do(do="pay")
    after = till.do(do="why")
    assert (after["points"], after["rules"]) == (100, before["rules"])
    assert after["receipt_no"].startswith("S027-2-")
    till.synced()
    agree(office, till)
