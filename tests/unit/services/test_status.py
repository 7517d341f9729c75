"""What the idle and the status screen are told."""

from __future__ import annotations

from dataclasses import replace

from app.domain.consent import Consent, Purpose
from app.domain.receipt import JobState
from app.domain.sale import Tender, TenderKind
from app.services import checkout, enrolment, holding, members, redemption, returns, status
from app.services.checkout import Cart
from app.services.members import CustomerFound
from app.services.ports import NewJob
from app.services.till import Session
from tests.support.demo_people import card_number
from tests.support.fakes import FakeTill, fake_till
from tests.support.spending import basket_of, held, online


def sell(fake: FakeTill, session: Session, code: str | None) -> None:
    cart = checkout.with_amount(fake.till, Cart(), 8640)
    if code:
        found = members.identify(fake.till, code)
        assert isinstance(found, CustomerFound)
        cart = checkout.with_customer(cart, found.customer)
    checkout.complete(fake.till, session, cart, (Tender(TenderKind.QR),))


def test_a_fresh_shift_has_nothing_yet() -> None:
    fake = fake_till()
    view = status.shift_view(fake.till, fake.sign_on())
    assert (view.sales, view.member_percent, view.enrolments, view.enrolments_goal, view.last_sale) == (
        0,
        0,
        0,
        8,
        None,
    )


def test_the_shift_in_three_figures_and_its_last_sale() -> None:
    fake = fake_till()
    session = fake.sign_on()
    for code in (None, None, "8800000025093"):
        sell(fake, session, code)
    enrolment.enrol(fake.till, session, enrolment.Form("13912345678", "王小明", (Consent(Purpose.SERVICE, True),)))
    view = status.shift_view(fake.till, session)
    assert (view.sales, view.member_percent, view.enrolments) == (3, 33, 1)
    assert view.last_sale is not None
    assert (view.last_sale.who, view.last_sale.points, view.last_sale.job_state) == ("张*凡", 103, JobState.QUEUED)


def test_waiting_events_are_listed_newest_first_and_masked() -> None:
    fake = fake_till()
    session = fake.sign_on()
    number = card_number("0000009999")
    sell(fake, session, "8800000025093")
    sell(fake, session, number)
    sell(fake, session, None)
    shown = status.till_status(fake.till)
    assert [(row.type, row.who, row.points) for row in shown.rows] == [
        ("sale", "", 0),
        ("sale", number[-4:], 86),
        ("sale", "张*凡", 103),
        ("shift_open", "", None),
    ]
    assert (shown.pending, status.pending_count(fake.till)) == (4, 4)
    assert shown.oldest_pending_s == 0
    assert shown.members == len(fake.members.cached)
    assert shown.disk_free_bytes > 0


def test_jobs_a_person_must_decide_about_are_named() -> None:
    fake = fake_till()
    sell(fake, fake.sign_on(), None)
    fake.jobs.mark(1, JobState.UNKNOWN)
    sale = fake.truth.sales[0]
    (paper,) = status.till_status(fake.till).unknown_papers
    assert (paper.job_id, paper.at_ms, paper.receipt_no, paper.payable_minor) == (
        1,
        sale.at_ms,
        sale.receipt_no,
        sale.result.payable_minor,
    )


def test_a_paper_that_is_no_sale_s_is_named_by_when_it_was_queued() -> None:
    fake = fake_till()
    with fake.book.begin() as write:
        write.add_job(NewJob(None, "day", b"", "{}"))
        write.commit()
    fake.jobs.mark(1, JobState.UNKNOWN)
    (paper,) = status.unknown_papers(fake.till)
    assert (paper.at_ms, paper.receipt_no, paper.payable_minor) == (fake.truth.jobs[0].queued_ms, "", None)


def test_a_member_without_a_name_is_shown_by_the_card_and_one_gone_by_the_number_sold_to() -> None:
    fake = fake_till()
    sell(fake, fake.sign_on(), "8800000025093")
    fake.members.cached = (replace(fake.members.cached[0], name=None),)
    assert status.till_status(fake.till).rows[0].who == "5093"
    fake.members.cached = (replace(fake.members.cached[0], card=None),)
    assert status.till_status(fake.till).rows[0].who == ""
    fake.members.cached = ()
    assert status.shift_view(fake.till, fake.sign_on()).last_sale is not None


def test_points_held_for_a_sale_are_listed_until_they_are_used_or_given_back() -> None:
    fake = online()
    session = fake.sign_on()
    cart = held(fake, session, basket_of(fake), 2_000)
    redemption.begin(fake.till, session, basket_of(fake), 100)
    shown = status.till_status(fake.till).holds
    assert [(one.who, one.points, one.asked) for one in shown] == [("张*凡", 2_000, False), ("张*凡", 100, True)]
    holding.recover(fake.till)
    assert status.till_status(fake.till).holds == ()
    assert cart.spend is not None


def test_the_last_sale_says_until_when_it_may_be_taken_back() -> None:
    fake = fake_till()
    session = fake.sign_on()
    sell(fake, session, None)
    last = status.shift_view(fake.till, session).last_sale
    assert last is not None
    assert (last.undone, last.undo_until_ms) == (False, last.summary.at_ms + 600_000)
    returns.undo(fake.till, session)
    last = status.shift_view(fake.till, session).last_sale
    assert last is not None
    assert (last.undone, last.undo_until_ms) == (True, None)
    assert status.shift_view(fake.till, session).sales == 0
