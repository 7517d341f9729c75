"""Goods bought at one store come back at another, real processes throughout: head office is asked, and both agree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.chain_of_tills import RunningTill, Served, enrolled, outbox
from tests.support.commands import PIN, guitai, open_till_db

PHONE = "13912345678"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path / "hq")
    stores = ("--store", "s027", "--store", "s031", "--member-host", "hui.example")
    made = guitai("hq", "init", "--data", served.folder, *stores)
    assert made.code == 0, made.err
    served.start()
    yield served
    served.kill()


def qr_of(till: RunningTill, event_id: str) -> str:
    """The code printed on a sale's receipt, read from its job."""
    db = open_till_db(till.data)
    try:
        statement = "SELECT model FROM print_job WHERE event_id = ? ORDER BY job_id LIMIT 1"
        (model,) = db.execute(statement, (event_id,)).fetchone()
    finally:
        db.close()
    (code,) = [block["data"] for block in json.loads(model)["blocks"] if block["kind"] == "QrCode"]
    return str(code)


def balance(office: Served) -> int:
    rows = office.read("SELECT raw FROM feed_row WHERE kind = 'account' AND raw IS NOT NULL")
    found: int = json.loads(rows[0][0])["balance"]
    return found


def test_goods_come_back_at_another_store_once_head_office_answers(
    office: Served, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    first = enrolled(tmp_path / "a", office).start()
    first.synced()
    first.do(do="enrol", phone=PHONE, name="王小明")
    first.do(do="line", unit_minor=5_000, qty=2)
    event_id = str(first.do(do="pay")["event_id"])
    first.synced()
    assert balance(office) == 100
    assert first.stop() == 0
    code = qr_of(first, event_id)

    other = enrolled(tmp_path / "b", office, store="s031").start()
    request.addfinalizer(lambda: other.process and other.kill())
    other.synced()
    done = other.do(do="return", receipt=code, lines=[{"line": 0, "qty": 1}])
    assert (done["refund_minor"], done["points_reversed"]) == (5_000, 50)
    other.synced()
    assert balance(office) == 50
    forged = other.ask(do="return", receipt=code[:-4] + ("0000" if code[-4:] != "0000" else "1111"))
    assert forged["code"] == "receipt_forged"
    office.kill()
    waiting = other.ask(do="return", receipt=code)
    assert waiting["code"] == "receipt_offline"
    blind = {"do": "return", "receipt": code, "typed": ["1 1 50.00"]}
    assert other.ask(**blind)["code"] == "approval_needed"
    done = other.do(**blind, approver="0103", approver_pin=PIN)
    assert (done["refund_minor"], done["points_reversed"]) == (5_000, 0)
    office.start()
    other.synced()
    assert balance(office) == 0  # the points followed
    assert other.ask(do="return", receipt=code)["code"] == "nothing_to_return"
    assert other.stop() == 3  # four steps were refused
    assert outbox(other.data) == 0
    office.verify()
    first.start()
    first.synced()
    assert first.stop() == 0
    assert office.differences(first.data, other.data) == []
