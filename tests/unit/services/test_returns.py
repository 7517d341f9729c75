"""Goods come back: finding the receipt, what happens to the points, the one transaction; and undo."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.domain.numbering import ReceiptFacts, receipt_address
from app.domain.programme.document import EarnRule, RuleKind, Shortfall, When
from app.domain.receipt import QrCode
from app.domain.sale import Tender, TenderKind
from app.errors import Refusal
from app.ids import EventId
from app.services import checkout, holding, receipts, returns, settings
from app.services.checkout import Cart, Done
from app.services.returns import Found
from app.services.till import Session, Topic
from tests.support.demo_people import card_number
from tests.support.fakes import FakeTill, fake_till
from tests.support.spending import basket_of, customer, held

QR, CASH, CARD = TenderKind.QR, TenderKind.CASH, TenderKind.CARD
DAY_MS = 24 * 3600 * 1000
OTHER = EventId("0190dddd-0000-7000-8000-000000000001")


def sold(fake: FakeTill, session: Session, *, points: int = 0, code: str | None = "8800000025093") -> Done:
    """The basket of the pictures, paid by QR."""
    cart = basket_of(fake, code)
    if points:
        fake.head_office.online = True
        cart = held(fake, session, cart, points)
    return checkout.complete(fake.till, session, cart, (Tender(QR),)).value


def address(done: Done) -> str:
    return next(block.data for block in done.receipt.blocks if isinstance(block, QrCode))


def found_of(fake: FakeTill, done: Done) -> Found:
    return returns.find(fake.till, address(done))


# ---- finding


def test_the_receipts_own_code_is_checked() -> None:
    fake = fake_till()
    done = sold(fake, fake.sign_on())
    fake.clock.advance_s(3 * 24 * 3600)
    found = found_of(fake, done)
    assert (found.bought.receipt_no, found.verified, found.own) == (done.receipt_no, True, True)
    assert (found.day_no, found.window_days, found.in_window) == (4, 30, True)
    assert found.customer is not None
    assert found.customer.view.name == "张*凡"
    assert [line.qty for line in found.bought.lines] == [2, 1, 1, 1, 2, 1]


def test_a_typed_receipt_number_finds_the_sale_unverified() -> None:
    fake = fake_till()
    done = sold(fake, fake.sign_on())
    found = returns.find(fake.till, f"  {done.receipt_no.lower()} ")
    assert (found.bought.event_id, found.verified) == (done.event_id, False)


def test_another_mark_is_not_this_stores() -> None:
    fake = fake_till()
    done = sold(fake, fake.sign_on())
    good = address(done)
    with pytest.raises(Refusal, match="receipt_forged"):
        returns.find(fake.till, good[:-1] + ("0" if good[-1] != "0" else "1"))


def test_a_code_that_names_another_receipt_is_refused() -> None:
    fake = fake_till()
    done = sold(fake, fake.sign_on())
    key = settings.read(fake.till).receipt_key
    wrong = receipt_address("hui.example", key, ReceiptFacts("S027-2-000099", done.event_id, 1, 1))
    with pytest.raises(Refusal, match="receipt_forged"):
        returns.find(fake.till, wrong)


def test_without_a_key_a_code_is_taken_but_not_called_checked() -> None:
    fake = fake_till()
    done = sold(fake, fake.sign_on())
    del fake.essentials.values["receipt.key"]
    assert not found_of(fake, done).verified


@pytest.mark.parametrize("text", ["", "   ", "x" * 600, "https://a/r/b?e=c&t=" + "9" * 30 + "&p=1&m=" + "0" * 16])
def test_text_that_is_no_receipt_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="receipt_form"):
        returns.find(fake_till().till, text)


def test_a_receipt_of_another_till_is_refused_in_words() -> None:
    fake = fake_till()
    with pytest.raises(Refusal, match="receipt_not_here"):
        returns.find(fake.till, "S027-9-000001")
    key = settings.read(fake.till).receipt_key
    with pytest.raises(Refusal, match="receipt_elsewhere"):
        returns.find(fake.till, receipt_address("hui.example", key, ReceiptFacts("S027-9-000001", OTHER, 1, 1)))


def test_a_card_nobody_is_known_for_may_return_too() -> None:
    fake = fake_till()
    session = fake.sign_on()
    found = found_of(fake, sold(fake, session, code=card_number("9900001234")))
    shown = returns.preview(fake.till, found, {0: 2})
    assert (shown.before, shown.after, shown.reversed, shown.refund_minor) == (None, None, 100, 9_980)
    returns.confirm(fake.till, session, found, {0: 2})
    assert fake.truth.effects[-1].card == card_number("9900001234")
    assert fake.truth.effects[-1].points == -100


# ---- what it does


def test_the_preview_says_what_goes_back_per_line_and_in_all() -> None:
    fake = fake_till()
    session = fake.sign_on()
    found = found_of(fake, sold(fake, session, points=2_000))
    shown = returns.preview(fake.till, found, {3: 1, 4: 1, 0: 0})
    assert shown.pieces == 2
    assert [(one.line, one.qty, one.minor) for one in shown.lines] == [(3, 1, 5_900), (4, 1, 1_280)]
    assert shown.reversed == sum(one.reversed for one in shown.lines) > 0
    assert shown.restored == 531
    assert shown.refund_minor + shown.restored == 7_180
    assert [(one.kind, one.minor) for one in shown.tenders] == [(QR, shown.refund_minor)]
    assert shown.before == 16_860 - 2_000 + 300
    assert shown.after == shown.before - shown.reversed + shown.restored


def test_nothing_chosen_changes_nothing() -> None:
    fake = fake_till()
    session = fake.sign_on()
    found = found_of(fake, sold(fake, session))
    shown = returns.preview(fake.till, found, {})
    assert (shown.refund_minor, shown.reversed, shown.restored, shown.tenders) == (0, 0, 0, ())
    assert shown.before == shown.after
    with pytest.raises(Refusal, match="nothing_to_return"):
        returns.confirm(fake.till, session, found, {0: 0})


def test_a_return_is_one_fact_everywhere() -> None:
    fake = fake_till()
    session = fake.sign_on()
    done = sold(fake, session)
    found = found_of(fake, done)
    outcome = returns.confirm(fake.till, session, found, {3: 1})
    back, event = fake.truth.returns[0], json.loads(fake.truth.events[-1].raw)
    assert outcome.value.receipt_no == back.receipt_no != done.receipt_no
    assert outcome.provisional
    assert Topic.MEMBER in outcome.changed
    assert event["type"] == "sale_return"
    assert event["member_id"] == found.bought.member_id
    assert event["basis"]["programme"] == "huajian:1"
    assert event["body"] == {
        "shift_id": session.shift.shift_id, "receipt_no": back.receipt_no, "staff_id": session.staff_id,
        "business_on": back.business_on, "of": done.event_id, "lines": [{"line": 3, "qty": 1}],
        "tenders": [{"kind": "qr", "minor": 5_900}],
        "result": {"refund_minor": 5_900, "earned_reversed": back.earned_reversed, "points_restored": 0},
    }  # fmt: skip
    assert fake.truth.effects[-1].points == -back.earned_reversed
    assert fake.truth.audit[-1].kind == "return"
    assert fake.truth.jobs[-1].kind == "return"
    assert "RETURN" in fake.truth.jobs[-1].model
    assert not receipts.last_receipt(fake.till, back.event_id).kick_drawer


def test_everything_in_many_steps_gives_back_exactly_everything() -> None:
    fake = fake_till()
    session = fake.sign_on()
    done = sold(fake, session, points=2_000)
    for line, qty in ((0, 1), (0, 1), (1, 1), (2, 1), (3, 1), (4, 2), (5, 1)):
        returns.confirm(fake.till, session, found_of(fake, done), {line: qty})
    back = fake.truth.returns
    assert sum(one.refund_minor for one in back) == 25_020
    assert sum(one.points_restored for one in back) == 2_000
    assert sum(one.earned_reversed for one in back) == 300
    assert customer(fake).view.points == 16_860
    with pytest.raises(Refusal, match="already_returned"):
        returns.preview(fake.till, found_of(fake, done), {0: 1})


def test_more_than_was_sold_is_refused_even_from_an_old_screen() -> None:
    fake = fake_till()
    session = fake.sign_on()
    found = found_of(fake, sold(fake, session))
    returns.confirm(fake.till, session, found, {0: 2})
    with pytest.raises(Refusal, match="already_returned"):
        returns.confirm(fake.till, session, found, {0: 1})
    assert len(fake.truth.returns) == 1


def test_after_the_window_nothing_is_taken() -> None:
    fake = fake_till()
    done = sold(fake, fake.sign_on())
    fake.clock.advance_s(31 * 24 * 3600)
    found = found_of(fake, done)
    assert not found.in_window
    with pytest.raises(Refusal, match="return_window"):
        returns.preview(fake.till, found, {0: 1})


def test_money_goes_back_the_way_it_came_and_in_cash_what_is_not_known() -> None:
    fake = fake_till()
    session = fake.sign_on()
    tenders = (Tender(CARD, 10_000), Tender(CASH))
    done = checkout.complete(fake.till, session, basket_of(fake, None), tenders).value
    first = returns.preview(fake.till, found_of(fake, done), {0: 2, 1: 1})
    assert [(one.kind, one.minor) for one in first.tenders] == [(CARD, 10_000), (CASH, 3_880)]
    returns.confirm(fake.till, session, found_of(fake, done), {0: 2, 1: 1})
    then = returns.preview(fake.till, found_of(fake, done), {3: 1})
    assert [(one.kind, one.minor) for one in then.tenders] == [(CASH, 5_900)]
    assert receipts.last_receipt(fake.till, fake.truth.returns[0].event_id).kick_drawer
    assert fake.truth.effects == []


def test_points_still_to_follow_are_not_taken_from_the_balance() -> None:
    fake = fake_till()
    programme = fake.essentials.programme
    assert programme is not None
    later = EarnRule("later", RuleKind.BONUS, When(), points=100, post_after_days=14)
    fake.essentials.programme = replace(programme, earn=replace(programme.earn, rules=(later,)))
    session = fake.sign_on()
    found = found_of(fake, sold(fake, session))
    shown = returns.preview(fake.till, found, {0: 2, 1: 1, 2: 1, 3: 1, 4: 2, 5: 1})
    assert shown.before is not None
    assert (shown.reversed, shown.after) == (370, shown.before - 270)


def test_a_shortfall_may_be_taken_off_the_money() -> None:
    fake = fake_till()
    programme = fake.essentials.programme
    assert programme is not None
    strict = replace(programme.returns, shortfall=Shortfall.DEDUCT_REFUND)
    fake.essentials.programme = replace(programme, returns=strict)
    session = fake.sign_on()
    code = card_number("0000006345")  # 周小帆 has 60 points
    done = sold(fake, session, code=code)
    member = fake.members.cached[4]
    assert member.account is not None
    fake.members.cached = (*fake.members.cached[:4], replace(member, account=replace(member.account, balance=-260)))
    shown = returns.preview(fake.till, found_of(fake, done), {0: 2})
    assert shown.deducted_minor > 0
    assert shown.refund_minor == 9_980 - shown.deducted_minor


def test_a_closed_shift_takes_nothing_back() -> None:
    fake = fake_till()
    session = fake.sign_on()
    found = found_of(fake, sold(fake, session))
    fake.truth.shifts.clear()
    with pytest.raises(Refusal, match="shift_closed"):
        returns.confirm(fake.till, session, found, {0: 1})


def test_a_member_the_cache_has_no_more_is_returned_without_figures() -> None:
    fake = fake_till()
    session = fake.sign_on()
    done = sold(fake, session)
    fake.members.loaded = False
    found = found_of(fake, done)
    assert found.customer is None
    returns.confirm(fake.till, session, found, {0: 1})
    event = json.loads(fake.truth.events[-1].raw)
    assert event["basis"] == {"programme": "huajian:1", "tags": [], "segments": [], "counters": {}}


# ---- undo


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
    assert holding.recover(fake.till) == 0


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
