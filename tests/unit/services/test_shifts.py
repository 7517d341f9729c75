"""A shift from its float to its Z: what should be in the drawer, what was counted, and who may move cash."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from app.domain.receipt import Columns, Receipt, Text, from_json
from app.domain.sale import Tender, TenderKind
from app.domain.shift import NO_SHIFT, CashKind, KindMinor, no_shift
from app.domain.staff import Approval, Capability
from app.errors import Refusal
from app.services import approvals, checkout, returns, shift_paper, shifts
from app.services.checkout import Cart, Done
from app.services.till import Session
from tests.support.demo_people import DEMO_PIN
from tests.support.fakes import FakeTill, fake_till

CASH_100 = (KindMinor(TenderKind.CASH, 10_000),)


def sell(fake: FakeTill, session: Session, minor: int, *tenders: Tender) -> Done:
    cart = checkout.with_amount(fake.till, Cart(), minor)
    return checkout.complete(fake.till, session, cart, tenders or (Tender(TenderKind.CASH),)).value


def approved(fake: FakeTill, session: Session, capability: Capability = Capability.CASH) -> Approval:
    by = next(one.staff_id for one in fake.essentials.people if one.staff_no == "0112")
    return approvals.approve(fake.till, session, capability, "change", by=by, pin=DEMO_PIN)


def events(fake: FakeTill, kind: str) -> list[dict[str, Any]]:
    return [json.loads(event.raw)["body"] for event in fake.truth.events if event.type == kind]


def paper(fake: FakeTill, job_id: int) -> Receipt:
    return from_json(fake.truth.jobs[job_id - 1].model)


def said(receipt: Receipt) -> dict[str, str]:
    return {block.left: block.right for block in receipt.blocks if isinstance(block, Columns)}


def test_signing_on_opens_the_shift_with_the_stores_float() -> None:
    fake = fake_till()
    fake.essentials.values["shift.float_minor"] = 50_000
    session = fake.sign_on()
    assert session.shift.float_minor == 50_000
    assert events(fake, "shift_open")[0]["float_minor"] == 50_000
    assert shifts.report(fake.till, session).expected == (KindMinor(TenderKind.CASH, 50_000),)


def test_where_the_float_is_counted_nothing_is_sold_before_it_is() -> None:
    fake = fake_till()
    fake.essentials.values["shift.counts_float"] = True
    session = fake.sign_on()
    assert (session.shift.shift_id, session.shift.is_open, events(fake, "shift_open")) == (NO_SHIFT, False, [])
    with pytest.raises(Refusal, match="shift_closed"):
        sell(fake, session, 100)
    session = shifts.open_shift(fake.till, session, 30_000).value
    assert session.shift.is_open
    assert sell(fake, session, 100).payable_minor == 100
    assert fake.sign_on().shift == session.shift


def test_a_shift_is_opened_once_and_with_a_float_of_some_sense() -> None:
    fake = fake_till()
    session = fake.sign_on()
    with pytest.raises(Refusal, match="shift_is_open"):
        shifts.open_shift(fake.till, session, 0)
    with pytest.raises(Refusal, match="amount_range"):
        shifts.open_shift(fake.till, session, -1)


def test_the_drawer_should_hold_float_sales_and_moves_less_refunds() -> None:
    fake = fake_till()
    fake.essentials.values["shift.float_minor"] = 20_000
    session = fake.sign_on()
    sell(fake, session, 8_640, Tender(TenderKind.CASH, 10_000))
    sell(fake, session, 5_000, Tender(TenderKind.QR))
    first = sell(fake, session, 3_000, Tender(TenderKind.CARD, 1_000), Tender(TenderKind.CASH))
    undone = sell(fake, session, 700)
    returns.undo(fake.till, session)
    found = returns.find(fake.till, first.receipt_no)
    returns.confirm(fake.till, session, found, {0: 1})
    shifts.move_cash(fake.till, session, CashKind.PAY_IN, 500, reason="change", approval=approved(fake, session))
    shifts.move_cash(fake.till, session, CashKind.DROP, 9_000, reason="safe", approval=approved(fake, session))
    report = shifts.report(fake.till, session)
    assert (report.totals.sales, report.totals.returns, report.totals.undone) == (3, 1, 1)
    assert undone.payable_minor == 700
    assert {one.kind: one.minor for one in report.expected} == {
        TenderKind.CASH: 20_000 + 8_640 + 2_000 - 2_000 + 500 - 9_000,
        TenderKind.QR: 5_000,
    }
    assert (report.totals.net_minor, report.totals.discount_minor, report.totals.refund_minor) == (16_640, 0, 3_000)


def test_x_is_printed_any_time_and_changes_nothing() -> None:
    fake = fake_till()
    session = fake.sign_on()
    sell(fake, session, 8_640)
    before = len(fake.truth.events)
    receipt = paper(fake, shifts.print_x(fake.till, session).value)
    assert any(isinstance(block, Text) and block.text == "X report" for block in receipt.blocks)
    assert (said(receipt)["Net"], said(receipt)["Cash expected"]) == ("86.40", "86.40")
    assert len(fake.truth.events) == before
    assert fake.truth.audit[-1].kind == "x_report"


def test_closing_says_what_was_counted_and_what_should_be_there() -> None:
    fake = fake_till()
    session = fake.sign_on()
    sell(fake, session, 10_050)
    sell(fake, session, 2_000, Tender(TenderKind.QR))
    done = shifts.close(fake.till, session, (*CASH_100, KindMinor(TenderKind.QR, 2_000))).value
    (body,) = events(fake, "shift_close")
    assert body["counted"] == [{"kind": "cash", "minor": 10_000}, {"kind": "qr", "minor": 2_000}]
    assert body["expected"] == [{"kind": "cash", "minor": 10_050}, {"kind": "qr", "minor": 2_000}]
    assert (body["sales"], body["returns"], body["discount_minor"], body["z_no"]) == (2, 0, 0, 1)
    assert done.report.differences == (KindMinor(TenderKind.CASH, -50), KindMinor(TenderKind.QR, 0))
    printed = said(paper(fake, done.job_id))
    assert (printed["Cash counted"], printed["Cash difference"]) == ("100.00", "-0.50")
    assert fake.truth.audit[-1].facts == {"z_no": 1, "difference_minor": -50}


def test_after_closing_nothing_is_sold_until_a_shift_is_open_again() -> None:
    fake = fake_till()
    session = fake.sign_on()
    closed = shifts.close(fake.till, session, (KindMinor(TenderKind.CASH, 0),)).value
    assert closed.session.shift == no_shift(session.staff_id)
    for one in (session, closed.session):
        with pytest.raises(Refusal, match="shift_closed"):
            sell(fake, one, 100)
        with pytest.raises(Refusal, match="shift_closed"):
            shifts.close(fake.till, one, (KindMinor(TenderKind.CASH, 0),))
    again = shifts.open_shift(fake.till, closed.session, 0).value
    assert again.shift.z_no == 2
    sell(fake, again, 100)
    assert shifts.report(fake.till, again).totals.sales == 1


@pytest.mark.parametrize(
    ("counted", "code"),
    [
        ((), "count_cash"),
        ((KindMinor(TenderKind.QR, 1),), "count_cash"),
        ((KindMinor(TenderKind.CASH, -1),), "amount_range"),
        ((*CASH_100, KindMinor(TenderKind.POINTS, 1)), "amount_range"),
    ],
)
def test_a_count_without_sense_closes_nothing(counted: tuple[KindMinor, ...], code: str) -> None:
    fake = fake_till()
    session = fake.sign_on()
    with pytest.raises(Refusal, match=code):
        shifts.close(fake.till, session, counted)
    assert fake.truth.closed_ms == {}


def test_cash_moves_with_an_approval_that_travels_with_the_fact() -> None:
    fake = fake_till()
    session = fake.sign_on()
    approval = approved(fake, session)
    job_id = shifts.move_cash(fake.till, session, CashKind.PAY_IN, 5_000, reason="change", approval=approval).value
    (body,) = events(fake, "cash_move")
    assert (body["kind"], body["minor"], body["reason"]) == ("pay_in", 5_000, "change")
    assert body["approval"] == {
        "staff_id": session.staff_id, "by_staff_id": approval.by_staff_id, "reason": "change"
    }  # fmt: skip
    slip = paper(fake, job_id)
    assert slip.kick_drawer
    assert (said(slip)["Amount"], said(slip)["Approved by"]) == ("￥50.00", "吴昊")


def test_a_supervisor_moves_cash_alone_and_opens_the_drawer_without_a_sale() -> None:
    fake = fake_till()
    session = fake.sign_on("0112")
    shifts.move_cash(fake.till, session, CashKind.PAY_IN, 100, reason="change")
    shifts.move_cash(fake.till, session, CashKind.NO_SALE, 0, reason="check")
    assert [("approval" in body, body["kind"]) for body in events(fake, "cash_move")] == [
        (False, "pay_in"), (False, "no_sale")
    ]  # fmt: skip
    assert [entry.kind for entry in fake.truth.audit[-2:]] == ["cash_move", "no_sale"]
    assert shifts.report(fake.till, session).totals.no_sales == 1


@pytest.mark.parametrize(
    ("kind", "minor", "code"),
    [
        (CashKind.NO_SALE, 1, "amount_range"),
        (CashKind.PAY_IN, 0, "amount_range"),
        (CashKind.PAY_OUT, 1, "cash_short"),
    ],
)
def test_cash_that_cannot_be_is_not_moved(kind: CashKind, minor: int, code: str) -> None:
    fake = fake_till()
    session = fake.sign_on("0112")
    with pytest.raises(Refusal, match=code):
        shifts.move_cash(fake.till, session, kind, minor, reason="other")
    assert events(fake, "cash_move") == []


def test_a_cashier_alone_moves_no_cash() -> None:
    fake = fake_till()
    session = fake.sign_on()
    with pytest.raises(Refusal, match="approval_needed"):
        shifts.move_cash(fake.till, session, CashKind.NO_SALE, 0, reason="change")


def test_the_business_day_is_that_of_the_programme_and_an_old_shift_says_so() -> None:
    fake = fake_till()
    assert fake.essentials.programme is not None
    fake.essentials.programme = replace(fake.essentials.programme, business_day_starts=time(15))
    session = fake.sign_on()  # 14:33 on 6 December
    report = shifts.report(fake.till, session)
    assert (report.business_on, report.overdue) == ("2026-12-05", False)
    fake.clock.advance_s(3600)
    assert shifts.report(fake.till, session).overdue


def test_the_paper_lists_refunds_moves_and_reasons_without_words_of_their_own() -> None:
    fake = fake_till()
    session = fake.sign_on("0112")
    first = sell(fake, session, 3_000)
    returns.confirm(fake.till, session, returns.find(fake.till, first.receipt_no), {0: 1})
    shifts.move_cash(fake.till, session, CashKind.PAY_IN, 700, reason="coins")
    job_id = shifts.move_cash(fake.till, session, CashKind.PAY_OUT, 200, reason="other").value
    assert said(paper(fake, job_id))["Reason"] == "Other"
    printed = said(paper(fake, shifts.print_x(fake.till, session).value))
    assert (printed["Cash"], printed["Cash · Refund"]) == ("30.00", "-30.00")
    assert (printed["Cash in"], printed["Cash out"], printed["Cash expected"]) == ("7.00", "-2.00", "5.00")


def test_a_top_up_is_in_the_drawer_and_on_the_paper() -> None:
    fake = fake_till()
    shown = shifts.report(fake.till, fake.sign_on())
    totals = replace(shown.totals, topped_up={TenderKind.CASH: 20_000})
    assert totals.expected(100) == (KindMinor(TenderKind.CASH, 20_100),)
    assert said(shift_paper.report(fake.till, replace(shown, totals=totals)))["Cash · Top-up"] == "200.00"
