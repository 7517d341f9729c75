"""A receipt of another store: head office is asked, off the store thread; its lines come back here as any other's."""

from __future__ import annotations

import json

import pytest

from app.domain.numbering import ReceiptFacts, receipt_address, store_of
from app.domain.store_line import ReceiptAnswer, ReceiptOutcome, StoreLine
from app.errors import Refusal
from app.ids import EventId, MemberId
from app.services import returns, returns_elsewhere
from app.services.returns_elsewhere import Sought
from app.services.till import NO_HEAD_OFFICE
from tests.support.fakes import FakeTill, fake_till

EVENT = EventId("0190dddd-0000-7000-8000-000000000031")
ADDRESS = receipt_address(
    "hui.example", b"of the other store, not of ours..", ReceiptFacts("S031-1-000007", EVENT, 9_980, 90)
)
DAY_MS = 24 * 3600 * 1000


def lines(fake: FakeTill, number: str = "S031-1-000007") -> tuple[StoreLine, ...]:
    sold_ms = fake.clock.now_ms() - DAY_MS
    who = MemberId(fake.members.cached[0].member_id)
    return (StoreLine(number, sold_ms, "t31", 2, 0, 9_980, 0, (("base", 90),), who, "M-1", "面膜", "skin"),)


def answered(fake: FakeTill) -> tuple[Sought, ReceiptAnswer]:
    wanted = returns_elsewhere.sought(ADDRESS)
    return wanted, returns_elsewhere.ask(fake.head_office, wanted)


def test_another_stores_code_is_sent_to_head_office_instead_of_being_called_forged() -> None:
    fake = fake_till()
    with pytest.raises(Refusal, match="receipt_elsewhere"):
        returns.find(fake.till, ADDRESS)
    wanted = returns_elsewhere.sought(f" {ADDRESS} ")
    assert (wanted.facts.receipt_no, wanted.mac) == ("S031-1-000007", ADDRESS[-16:])
    assert store_of("S031-1-000007") == "s031"


def test_text_that_is_no_code_asks_nobody() -> None:
    with pytest.raises(Refusal, match="receipt_form"):
        returns_elsewhere.sought("S031-1-000007")


def test_its_goods_come_back_here_in_any_number_of_steps() -> None:
    fake = fake_till()
    session = fake.sign_on()
    fake.head_office.online = True
    fake.head_office.receipts[EVENT] = lines(fake)
    found = returns_elsewhere.found(fake.till, *answered(fake))
    assert (found.own, found.verified, found.day_no) == (False, True, 2)
    shown = returns.preview(fake.till, found, {0: 1})
    assert (shown.refund_minor, shown.reversed) == (4_990, 45)
    returns.confirm(fake.till, session, found, {0: 1})
    assert json.loads(fake.truth.events[-1].raw)["body"]["of"] == EVENT
    again = returns_elsewhere.found(fake.till, *answered(fake))
    assert again.bought.purchase.lines[0].returned == 1
    returns.confirm(fake.till, session, found, {0: 1})  # shown before the first came back
    with pytest.raises(Refusal, match="already_returned"):
        returns.confirm(fake.till, session, found, {0: 1})


def test_without_an_answer_nothing_is_returned_and_the_words_say_what_becomes_of_the_points() -> None:
    fake = fake_till()
    wanted, answer = answered(fake)
    assert answer.outcome is ReceiptOutcome.NO_ANSWER
    with pytest.raises(Refusal, match="receipt_offline"):
        returns_elsewhere.found(fake.till, wanted, answer)
    assert fake.till.head_office is fake.head_office


def test_what_head_office_does_not_know_or_knows_otherwise_is_forged() -> None:
    fake = fake_till()
    fake.head_office.online = True
    with pytest.raises(Refusal, match="receipt_forged"):
        returns_elsewhere.found(fake.till, *answered(fake))
    fake.head_office.receipts[EVENT] = lines(fake, "S031-1-000008")
    with pytest.raises(Refusal, match="receipt_forged"):
        returns_elsewhere.found(fake.till, *answered(fake))


def test_a_till_that_was_never_enrolled_has_nobody_to_ask() -> None:
    facts = returns_elsewhere.sought(ADDRESS).facts
    assert NO_HEAD_OFFICE.find_receipt(facts, "0" * 16, timeout_s=1).outcome is ReceiptOutcome.NO_ANSWER
