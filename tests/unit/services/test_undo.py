"""Undo: the last sale taken back whole, once, and in time."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.domain.sale import Tender, TenderKind
from app.errors import Refusal
from app.ids import EventId
from app.services import checkout, receipts, redemption, returns
from app.services.checkout import Cart
from tests.support.fakes import fake_till
from tests.support.returning import found_of, sold
from tests.support.spending import customer, held

QR, CASH, CARD = TenderKind.QR, TenderKind.CASH, TenderKind.CARD
DAY_MS = 24 * 3600 * 1000
OTHER = EventId("0190dddd-0000-7000-8000-000000000001")


def test_the_last_sale_is_taken_back_whole() -> None:
    fake = fake_till()
    session = fake.sign_on()
    done = sold(fake, session, points=2_000)
    assert returns.undo_until_ms(fake.till, session) == done.at_ms + 600_000
    outcome = returns.undo(fake.till, session)
    event = json.loads(fake.truth.events[-1].raw)
    assert (event["type"], event["member_id"]) == ("undo", fake.members.cached[0].member_id)
    assert event["body"] == {
        "shift_id": session.shift.shift_id, "of": done.event_id, "staff_id": session.staff_id, "reason": "cashier",
    }  # fmt: skip
    assert "basis" not in event
    assert (outcome.value.undo, outcome.value.receipt_no, outcome.value.refund_minor) == (True, done.receipt_no, 25_020)
    assert (outcome.value.reversed, outcome.value.restored) == (300, 2_000)
    assert customer(fake).view.points == 16_860
    assert "SALE TAKEN BACK" in fake.truth.jobs[-1].model
    assert fake.truth.audit[-1].kind == "undo"


def test_a_sale_is_taken_back_once_and_never_returned_after() -> None:
    fake = fake_till()
    session = fake.sign_on()
    done = sold(fake, session)
    open_screen = found_of(fake, done)
    returns.undo(fake.till, session)
    assert returns.undo_until_ms(fake.till, session) is None
    for action in (
        lambda: returns.undo(fake.till, session),
        lambda: found_of(fake, done),
        lambda: returns.confirm(fake.till, session, open_screen, {0: 1}),
    ):
        with pytest.raises(Refusal, match="sale_undone"):
            action()


def test_a_sale_with_returns_is_not_undone() -> None:
    fake = fake_till()
    session = fake.sign_on()
    returns.confirm(fake.till, session, found_of(fake, sold(fake, session)), {0: 1})
    with pytest.raises(Refusal, match="undo_returned"):
        returns.undo(fake.till, session)


def test_undo_has_its_time() -> None:
    fake = fake_till()
    session = fake.sign_on()
    sold(fake, session)
    fake.clock.advance_s(601)
    assert returns.undo_until_ms(fake.till, session) is None
    with pytest.raises(Refusal, match="undo_late") as caught:
        returns.undo(fake.till, session)
    assert caught.value.facts == {"minutes": 10}


def test_without_a_sale_there_is_nothing_to_take_back() -> None:
    fake = fake_till()
    session = fake.sign_on()
    assert returns.undo_until_ms(fake.till, session) is None
    with pytest.raises(Refusal, match="undo_nothing"):
        returns.undo(fake.till, session)


def test_an_anonymous_sale_is_taken_back_without_points() -> None:
    fake = fake_till()
    session = fake.sign_on()
    cart = checkout.with_amount(fake.till, Cart(), 8_640)
    checkout.complete(fake.till, session, cart, (Tender(CASH),))
    returned = returns.undo(fake.till, session).value
    assert (returned.refund_minor, returned.reversed, fake.truth.effects) == (8_640, 0, [])


def test_a_hold_is_not_given_back_by_an_undo() -> None:
    fake = fake_till()
    session = fake.sign_on()
    sold(fake, session, points=1_000)
    returns.undo(fake.till, session)
    assert redemption.recover(fake.till) == 0


def test_a_sale_that_earned_nothing_takes_nothing_back() -> None:
    fake = fake_till()
    fake.head_office.online = True
    programme = fake.essentials.programme
    assert programme is not None
    assert programme.redeem is not None
    fake.essentials.programme = replace(programme, redeem=replace(programme.redeem, max_share_percent=100))
    session = fake.sign_on()
    cart = checkout.with_customer(checkout.with_amount(fake.till, Cart(), 5_000), customer(fake))
    checkout.complete(fake.till, session, held(fake, session, cart, 5_000), (Tender(CASH),))
    returned = returns.undo(fake.till, session).value
    assert (returned.reversed, returned.restored, returned.refund_minor) == (0, 5_000, 0)
    assert "Points taken back" not in fake.truth.jobs[-1].model
    assert not receipts.last_receipt(fake.till, returned.event_id).kick_drawer
