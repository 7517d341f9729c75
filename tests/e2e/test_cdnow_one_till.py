"""Real purchases through one till alone: 6,919 of them, scanned through a pty, to the cent and to the point."""

from __future__ import annotations

import json
import os
from pathlib import Path

from app.store import bulk, keys
from app.wiring.till import open_till
from tests.support import cdnow
from tests.support.commands import Ran, guitai, new_till, open_till_db


def test_real_purchases_add_up_to_the_cent_and_to_the_point(tmp_path: Path) -> None:
    rung = list(cdnow.purchases())
    assert len(rung) == 6_919
    data, ran = _replayed(tmp_path, rung)
    assert ran.code == 0, ran.err
    _check_answers(ran, rung)
    _check_truth(data, cdnow.totals(rung))
    verified = guitai("verify", "--data", data)
    assert (verified.code, verified.out.splitlines()[0]) == (0, "6920 events, epoch 1: intact")


def _replayed(folder: Path, rung: list[cdnow.Purchase]) -> tuple[Path, Ran]:
    programme, steps = folder / "cdnow.toml", folder / "day.jsonl"
    programme.write_text(cdnow.PROGRAMME, encoding="utf-8")
    steps.write_text(cdnow.day_script(rung), encoding="utf-8")
    data = new_till(folder, programme)
    loaded = bulk.load_members(data, keys.load(data, os.environ), cdnow.members(rung))
    assert loaded.added == 2_357
    return data, guitai("till", "--headless", "--simulate-scanner", "--script", steps, "--data", data)


def _check_answers(ran: Ran, rung: list[cdnow.Purchase]) -> None:
    """Each purchase was scanned as its member and paid as the file has it."""
    answers = ran.answers
    assert [one["found"] for one in answers if one["do"] == "scan"] == ["member"] * len(rung)
    paid = [one for one in answers if one["do"] == "pay"]
    assert [(one["payable_minor"], one["earned"]) for one in paid] == [(one.minor, one.points) for one in rung]


def _check_truth(data: Path, expected: dict[str, tuple[int, int, int]]) -> None:
    """Sales, lines, events, print jobs and what the screen shows all say what the file adds up to."""
    opened = open_till(data, os.environ)
    try:
        known = {number: opened.till.members.by_card(cdnow.Purchase(number, 0).card) for number in expected}
    finally:
        opened.close()
    by_member = {str(member.member_id): number for number, member in known.items() if member}
    assert len(by_member) == len(expected) == 2_357
    db = open_till_db(data)
    try:
        sums = "SELECT member_id, count(*), sum(payable_minor), sum(earned) FROM sale GROUP BY member_id"
        sold = {by_member[member_id]: tuple(rest) for member_id, *rest in db.execute(sums)}
        lines = db.execute("SELECT sum(qty * unit_minor - discount_minor) FROM sale_line").fetchone()[0]
        events = [json.loads(row[0]) for row in db.execute("SELECT raw FROM event WHERE type = 'sale'")]
        jobs = db.execute("SELECT count(*), count(DISTINCT event_id) FROM print_job").fetchone()
    finally:
        db.close()
    assert sold == expected
    money = sum(minor for _, minor, _ in expected.values())
    assert lines == money
    assert sum(event["body"]["result"]["payable_minor"] for event in events) == money
    assert jobs == (6_919, 6_919)
    shown = {number: member.own_points for number, member in known.items() if member}
    assert shown == {number: points for number, (_, _, points) in expected.items()}
