"""Real purchases through a till: 6,919 of them, scanned through a pty, add up to the cent and to the point."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from app.domain.card import luhn_holds
from app.wiring.till import open_till
from tests.support import cdnow
from tests.support.commands import Ran, guitai, new_till, open_till_db


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    folder = tmp_path_factory.mktemp("cdnow")
    rung = list(cdnow.purchases())
    programme, members, steps = folder / "cdnow.toml", folder / "members.csv", folder / "day.jsonl"
    programme.write_text(cdnow.PROGRAMME, encoding="utf-8")
    members.write_text(cdnow.members_csv(rung), encoding="utf-8")
    steps.write_text(cdnow.day_script(rung), encoding="utf-8")
    data = new_till(folder, programme)
    imported = guitai("import", "members", members, "--data", data)
    assert imported.code == 0, imported.err
    return data, guitai("till", "--headless", "--simulate-scanner", "--script", steps, "--data", data)


def test_every_purchase_is_rung_up_as_scanned(replayed: tuple[Path, Ran]) -> None:
    _, ran = replayed
    rung = list(cdnow.purchases())
    assert ran.code == 0, ran.err
    answers = ran.answers
    assert len(rung) == 6_919
    assert [one["found"] for one in answers if one["do"] == "scan"] == ["member"] * len(rung)
    paid = [one for one in answers if one["do"] == "pay"]
    assert [(one["payable_minor"], one["earned"]) for one in paid] == [(one.minor, one.points) for one in rung]
    assert all(luhn_holds(one.card) for one in rung)


def test_money_and_points_in_till_db_are_what_the_file_adds_up_to(replayed: tuple[Path, Ran]) -> None:
    data, _ = replayed
    expected = cdnow.totals(list(cdnow.purchases()))
    opened = open_till(data, os.environ)
    try:
        known = {number: opened.till.members.by_card(_card(number)) for number in expected}
    finally:
        opened.close()
    by_member = {str(member.member_id): number for number, member in known.items() if member}
    assert len(by_member) == len(expected) == 2_357
    db = open_till_db(data)
    try:
        sums = db.execute(
            "SELECT member_id, count(*), sum(payable_minor), sum(earned) FROM sale GROUP BY member_id"
        ).fetchall()
        lines = db.execute("SELECT sum(qty * unit_minor - discount_minor) FROM sale_line").fetchone()[0]
        tenders = db.execute("SELECT sum(minor) FROM sale_tender WHERE kind = 'card'").fetchone()[0]
        events = [json.loads(row[0]) for row in db.execute("SELECT raw FROM event WHERE type = 'sale'")]
        jobs = db.execute("SELECT count(*), count(DISTINCT event_id) FROM print_job").fetchone()
    finally:
        db.close()
    assert {by_member[member_id]: tuple(rest) for member_id, *rest in sums} == expected
    money = sum(minor for _, minor, _ in expected.values())
    assert (lines, tenders) == (money, money)
    assert sum(event["body"]["result"]["payable_minor"] for event in events) == money
    assert jobs == (6_919, 6_919)
    shown = {number: member.own_points for number, member in known.items() if member}
    assert shown == {number: points for number, (_, _, points) in expected.items()}


def test_the_chains_verify(replayed: tuple[Path, Ran]) -> None:
    data, _ = replayed
    verified = guitai("verify", "--data", data)
    assert (verified.code, verified.out.splitlines()[0]) == (0, "6920 events, epoch 1: intact")


def _card(customer: str) -> str:
    return cdnow.Purchase(customer, 0).card
