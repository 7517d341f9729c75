"""Goods of another store while head office does not answer: typed from the paper, approved, points to follow."""

from __future__ import annotations

import json

import pytest

from app.domain.numbering import ReceiptFacts
from app.domain.receipt import Columns, Text, from_json
from app.domain.staff import Approval, Capability
from app.errors import Refusal
from app.ids import EventId
from app.services import approvals, blind_returns
from app.services.blind_returns import BlindLine
from app.services.returns_elsewhere import Sought
from app.services.till import Session
from tests.support.demo_people import DEMO_PIN
from tests.support.fakes import FakeTill, fake_till

EVENT = EventId("0190dddd-0000-7000-8000-000000000031")
WANTED = Sought(ReceiptFacts("S031-1-000007", EVENT, 9_980, 90), "0" * 16)
ONE = (BlindLine(1, 1, 4_990),)


def approved(fake: FakeTill, session: Session) -> Approval:
    by = next(one.staff_id for one in fake.essentials.people if one.staff_no == "0112")
    return approvals.approve(fake.till, session, Capability.BLIND_RETURN, "offline", by=by, pin=DEMO_PIN)


def test_a_line_is_read_as_place_pieces_and_money() -> None:
    assert blind_returns.read_line("2 1 49.90") == BlindLine(1, 1, 4_990)


@pytest.mark.parametrize(
    "text", ["", "2 1", "2 1 49.90 x", "0 1 1", "1 0 1", "a 1 1", "9999 1 1", "1 99999 1", "１ 1 1"]
)
def test_what_is_no_line_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="blind_form"):
        blind_returns.read_line(text)


def test_money_and_goods_now_the_points_by_head_office() -> None:
    fake = fake_till()
    session = fake.sign_on()
    done = blind_returns.confirm(fake.till, session, WANTED, (*ONE, BlindLine(1, 1, 10)), approved(fake, session)).value
    assert (done.refund_minor, done.reversed, done.restored) == (5_000, 0, 0)
    body = json.loads(fake.truth.events[-1].raw)["body"]
    assert (body["of"], body["lines"]) == (EVENT, [{"line": 1, "qty": 2}])
    assert body["result"] == {"refund_minor": 5_000, "earned_reversed": 0, "points_restored": 0}
    assert body["approval"]["reason"] == "offline"
    assert body["tenders"] == [{"kind": "cash", "minor": 5_000}]
    receipt = from_json(fake.truth.jobs[-1].model)
    assert receipt.kick_drawer
    assert Columns("Line 2, 1 pcs", "-49.90") in receipt.blocks
    assert any(isinstance(block, Text) and block.text.startswith("Points follow") for block in receipt.blocks)


def test_never_more_money_than_the_receipt_was_paid_with() -> None:
    fake = fake_till()
    session = fake.sign_on()
    blind_returns.confirm(fake.till, session, WANTED, ONE, approved(fake, session))
    blind_returns.confirm(fake.till, session, WANTED, ONE, approved(fake, session))
    with pytest.raises(Refusal, match="amount_range"):
        blind_returns.confirm(fake.till, session, WANTED, (BlindLine(0, 1, 1),), approved(fake, session))


def test_nothing_typed_and_nobody_who_agrees_change_nothing() -> None:
    fake = fake_till()
    session = fake.sign_on()
    with pytest.raises(Refusal, match="nothing_to_return"):
        blind_returns.confirm(fake.till, session, WANTED, (), approved(fake, session))
    cash = Approval(session.staff_id, approved(fake, session).by_staff_id, "x", Capability.CASH, fake.clock.now_ms())
    with pytest.raises(Refusal, match="approval_needed"):
        blind_returns.confirm(fake.till, session, WANTED, ONE, cash)
    assert fake.truth.returns == []
