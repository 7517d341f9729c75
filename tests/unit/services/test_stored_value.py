"""Stored value: paid in with a bonus, kept from change, spent by a hold, given back with goods, in the drawer."""

from __future__ import annotations

import json

import pytest

from app.domain.sale import Line, Tender, TenderKind
from app.domain.spending import HoldState
from app.errors import Refusal
from app.services import checkout, holding, returns, stored_value
from app.services.checkout import Cart
from app.services.ports import HoldAnswer, HoldOutcome, Moved
from tests.support.demo_people import card_number
from tests.support.fakes import FakeTill
from tests.support.spending import basket_of, customer
from tests.support.tray_till import ZHANG, benefits_till

CASH = Tender(TenderKind.CASH)


def balance(fake: FakeTill) -> int:
    return fake.till.members.holdings(ZHANG, ()).stored_value.balance_minor


def spent(fake: FakeTill, minor: int, answer: HoldAnswer | None = None) -> Tender:
    session = fake.sign_on()
    hold = stored_value.begin(fake.till, session, customer(fake), minor)
    return stored_value.settle(fake.till, hold, answer or holding.ask(fake.till.head_office, hold)).value


def small(fake: FakeTill) -> Cart:
    return checkout.with_customer(checkout.with_line(Cart(), Line(2_000)), customer(fake))


# ---- paying in


def test_paying_in_is_a_fact_with_its_bonus_and_a_receipt() -> None:
    fake = benefits_till()
    fake.head_office.online = False
    fake.essentials.values["stored_value.bonus"] = "20000+1000 50000+4000 bad"
    session = fake.sign_on()
    done = stored_value.pay_in(fake.till, session, customer(fake), 20_000, TenderKind.CASH).value
    assert (done.minor, done.bonus_minor, done.balance_minor) == (20_000, 1_000, 24_600)
    assert balance(fake) == 24_600
    event = json.loads(fake.truth.events[-1].raw)
    assert event["type"] == "stored_value_topup"
    assert event["member_id"] == ZHANG
    body = event["body"]
    assert (body["minor"], body["bonus_minor"], body["source"]) == (20_000, 1_000, "counter")
    assert body["tenders"] == [{"kind": "cash", "minor": 20_000}]
    assert fake.truth.effects[-1].of is Moved.OTHER
    text = fake.truth.jobs[-1].payload.decode()
    assert "STORED VALUE TOP-UP" in text
    assert "246.00" in text
    assert fake.book.shift_totals(session.shift.shift_id).topped_up == {TenderKind.CASH: 20_000}


def test_the_best_step_counts_and_small_sums_get_none() -> None:
    fake = benefits_till()
    fake.essentials.values["stored_value.bonus"] = "20000+1000 50000+4000"
    assert [stored_value.bonus(fake.till, minor) for minor in (19_999, 20_000, 50_000)] == [0, 1_000, 4_000]
    assert stored_value.offer(fake.till, customer(fake), 100).after_minor == 3_700


def test_by_card_no_drawer_opens() -> None:
    fake = benefits_till()
    stored_value.pay_in(fake.till, fake.sign_on(), customer(fake), 100, TenderKind.CARD)
    assert '"kick_drawer": false' in fake.truth.jobs[-1].model
    assert "Bonus" not in fake.truth.jobs[-1].model


@pytest.mark.parametrize(
    ("minor", "kind", "code"),
    [
        (0, TenderKind.CASH, "topup_range"),
        (500_001, TenderKind.CASH, "topup_range"),
        (100, TenderKind.POINTS, "topup_tender"),
    ],
)
def test_what_cannot_be_paid_in_is_refused(minor: int, kind: TenderKind, code: str) -> None:
    fake = benefits_till()
    with pytest.raises(Refusal, match=code):
        stored_value.pay_in(fake.till, fake.sign_on(), customer(fake), minor, kind)
    assert [event.type for event in fake.truth.events] == ["shift_open"]


def test_only_a_known_member_in_an_open_shift_pays_in() -> None:
    fake = benefits_till()
    session = fake.sign_on()
    stranger = customer(fake, card_number("9900001234"))
    with pytest.raises(Refusal, match="stored_no_member"):
        stored_value.pay_in(fake.till, session, stranger, 100, TenderKind.CASH)
    with pytest.raises(Refusal, match="stored_no_member"):
        stored_value.held(fake.till, None)
    fake.truth.closed_ms[session.shift.shift_id] = 1
    with pytest.raises(Refusal, match="shift_closed"):
        stored_value.pay_in(fake.till, session, customer(fake), 100, TenderKind.CASH)


# ---- change


def test_change_becomes_stored_value_and_stays_in_the_drawer() -> None:
    fake = benefits_till()
    session = fake.sign_on()
    done = checkout.complete(fake.till, session, small(fake), (Tender(TenderKind.CASH, 5_000),), keep_change=True).value
    assert done.change_kept
    sale, topup = (json.loads(event.raw) for event in fake.truth.events[-2:])
    assert (sale["type"], topup["type"]) == ("sale", "stored_value_topup")
    assert (topup["body"]["source"], topup["body"]["of"], topup["body"]["minor"]) == ("change", done.event_id, 3_000)
    assert balance(fake) == 6_600
    totals = fake.book.shift_totals(session.shift.shift_id)
    assert totals.sold[TenderKind.CASH] + totals.topped_up[TenderKind.CASH] == 5_000
    text = str(done.receipt.blocks)
    assert "Change into stored value" in text
    assert "66.00" in text


def test_no_change_keeps_nothing_and_a_stranger_can_keep_none() -> None:
    fake = benefits_till()
    session = fake.sign_on()
    checkout.complete(fake.till, session, small(fake), (CASH,), keep_change=True)
    assert [event.type for event in fake.truth.events][-1] == "sale"
    stranger = checkout.with_customer(small(fake), customer(fake, card_number("9900001234")))
    with pytest.raises(Refusal, match="stored_no_member"):
        checkout.complete(fake.till, session, stranger, (Tender(TenderKind.CASH, 5_000),), keep_change=True)


# ---- spending


def test_stored_value_pays_by_its_hold() -> None:
    fake = benefits_till()
    cart, tender = small(fake), spent(fake, 1_500)
    done = checkout.complete(fake.till, fake.sign_on(), cart, (tender, CASH)).value
    body = json.loads(fake.truth.events[-1].raw)["body"]
    assert [(one["kind"], one["minor"]) for one in body["tenders"]] == [("stored_value", 1_500), ("cash", 500)]
    assert body["tenders"][0]["hold_id"] == tender.hold_id
    assert [hold.state for hold in fake.truth.holds.values()] == [HoldState.USED]
    assert balance(fake) == 2_100
    assert "21.00" in str(done.receipt.blocks)


def test_goods_give_stored_value_back() -> None:
    fake = benefits_till()
    cart, tender = small(fake), spent(fake, 2_000)
    done = checkout.complete(fake.till, fake.sign_on(), cart, (tender,)).value
    assert balance(fake) == 1_600
    returns.undo(fake.till, fake.sign_on())
    assert balance(fake) == 3_600
    again = checkout.complete(fake.till, fake.sign_on(), small(fake), (spent(fake, 2_000),)).value
    found = returns.find(fake.till, again.receipt_no)
    assert returns.preview(fake.till, found, {0: 1}).tenders[0].kind is TenderKind.STORED_VALUE
    returns.confirm(fake.till, fake.sign_on(), found, {0: 1})
    assert balance(fake) == 3_600
    assert done.receipt_no != again.receipt_no


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (HoldOutcome.INSUFFICIENT, "stored_too_little"),
        (HoldOutcome.REFUSED, "stored_refused"),
        (HoldOutcome.UNKNOWN, "stored_unanswered"),
    ],
)
def test_without_a_clear_yes_nothing_is_taken(outcome: HoldOutcome, code: str) -> None:
    fake = benefits_till()
    with pytest.raises(Refusal, match=code):
        spent(fake, 1_000, HoldAnswer(outcome, 500))
    assert [hold.state for hold in fake.truth.holds.values()] == [HoldState.RELEASED]


def test_too_much_nothing_and_offline_are_refused_before_anybody_is_asked() -> None:
    fake = benefits_till()
    with pytest.raises(Refusal, match="stored_too_little"):
        spent(fake, 3_601)
    with pytest.raises(Refusal, match="amount_range"):
        spent(fake, 0)
    fake.head_office.online = False
    with pytest.raises(Refusal, match="stored_offline"):
        spent(fake, 100)
    with pytest.raises(Refusal, match="stored_offline"):
        checkout.complete(fake.till, fake.sign_on(), basket_of(fake), (Tender(TenderKind.STORED_VALUE, 100), CASH))
    assert fake.truth.holds == {}
