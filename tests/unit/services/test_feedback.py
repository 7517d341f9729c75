"""A customer's answer is one fact about one sale, and names nobody the sale did not name."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from app.domain.sale import Tender, TenderKind
from app.errors import Refusal
from app.ids import EventId
from app.services import checkout, feedback, members
from app.services.checkout import Cart
from app.services.members import CustomerFound
from app.services.till import Topic
from sync.protocol.facts import Feedback
from tests.support.demo_people import card_number
from tests.support.fakes import FakeTill, fake_till


def sold(fake: FakeTill, card: str | None) -> EventId:
    session = fake.sign_on()
    cart = checkout.with_product(fake.till, Cart(), fake.essentials.products[0])
    if card is not None:
        found = members.identify(fake.till, card)
        assert isinstance(found, CustomerFound)
        cart = checkout.with_customer(cart, found.customer)
    due = checkout.quote(fake.till, cart).due_minor
    return checkout.complete(fake.till, session, cart, (Tender(TenderKind.CASH, minor=due),)).value.event_id


def written(fake: FakeTill) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(fake.truth.events[-1].raw)
    return found


def test_an_answer_is_about_the_sale_and_its_member() -> None:
    fake = fake_till()
    of = sold(fake, fake.members.cached[0].card)
    outcome = feedback.rate(fake.till, of, 4)
    raw = written(fake)
    assert (outcome.value, outcome.changed) == (4, frozenset({Topic.PENDING}))
    assert (raw["type"], raw["member_id"]) == ("feedback", fake.members.cached[0].member_id)
    assert "card" not in raw
    assert msgspec.convert(raw["body"], Feedback) == Feedback(of=of, score=4, follow_up=False)


def test_an_answer_of_somebody_unknown_goes_to_the_card_and_of_nobody_to_nobody() -> None:
    fake = fake_till()
    card = card_number("9900001234")
    feedback.rate(fake.till, sold(fake, card), 1)
    raw = written(fake)
    assert (raw["card"], "member_id" in raw) == (card, False)
    feedback.rate(fake.till, sold(fake, None), 5)
    assert not {"card", "member_id"} & written(fake).keys()


def test_a_sale_nobody_knows_and_a_score_nobody_can_press_are_not_written() -> None:
    fake = fake_till()
    of = sold(fake, None)
    events = len(fake.truth.events)
    with pytest.raises(Refusal, match="sale_unknown"):
        feedback.rate(fake.till, EventId("0190eeee-0000-7000-8000-00000000ffff"), 3)
    for score in (0, 6):
        with pytest.raises(ValueError, match="1 to 5"):
            feedback.rate(fake.till, of, score)
    assert len(fake.truth.events) == events
