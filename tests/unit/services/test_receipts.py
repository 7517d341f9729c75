"""Reprints carry their number, and a person decides about paper nobody saw."""

from __future__ import annotations

import pytest

from app.domain import receipt as model
from app.domain.receipt import JobState
from app.domain.sale import Tender, TenderKind
from app.errors import Refusal
from app.ids import EventId
from app.services import checkout, receipts
from app.services.checkout import Cart, Done
from app.services.ports import NewJob
from app.services.till import Session
from tests.support.fakes import FakeTill, fake_till


def sold() -> tuple[FakeTill, Session, Done]:
    fake = fake_till()
    session = fake.sign_on()
    cart = checkout.with_amount(fake.till, Cart(), 8640)
    return fake, session, checkout.complete(fake.till, session, cart, (Tender(TenderKind.QR),)).value


def test_the_receipt_of_a_sale_is_what_was_printed() -> None:
    fake, _, done = sold()
    assert receipts.last_receipt(fake.till, done.event_id) == done.receipt


def test_every_reprint_is_marked_one_higher() -> None:
    fake, session, done = sold()
    for copy_no in (1, 2):
        job_id = receipts.reprint(fake.till, session, done.event_id).value
        job = fake.jobs.job(job_id)
        assert job is not None
        assert (job.copy_no, job.model) == (copy_no, model.to_json(done.receipt))
        assert job.payload.startswith(f"REPRINT #{copy_no}".encode())
    assert [entry.kind for entry in fake.truth.audit][-2:] == ["reprint", "reprint"]


def test_a_sale_of_another_till_has_no_receipt_here() -> None:
    fake, session, _ = sold()
    with pytest.raises(Refusal, match="receipt_unknown"):
        receipts.last_receipt(fake.till, EventId("elsewhere"))
    with pytest.raises(Refusal, match="receipt_unknown"):
        receipts.reprint(fake.till, session, EventId("elsewhere"))


def test_paper_that_came_out_closes_its_job() -> None:
    fake, session, done = sold()
    fake.jobs.mark(done.job_id, JobState.UNKNOWN)
    assert receipts.settle_unknown(fake.till, session, done.job_id, paper_came_out=True).value is None
    assert [job.state for job in fake.truth.jobs] == [JobState.CONFIRMED]


def test_paper_that_did_not_come_out_is_printed_again_with_its_mark() -> None:
    fake, session, done = sold()
    fake.jobs.mark(done.job_id, JobState.UNKNOWN)
    again = receipts.settle_unknown(fake.till, session, done.job_id, paper_came_out=False).value
    assert again == 2
    assert [(job.state, job.copy_no) for job in fake.truth.jobs] == [(JobState.CANCELLED, 0), (JobState.QUEUED, 1)]


def test_a_job_without_event_can_be_settled_too() -> None:
    fake, session, done = sold()
    with fake.book.begin() as write:
        test_page = write.add_job(NewJob(None, "test", b"x", model.to_json(done.receipt)))
        write.commit()
    fake.jobs.mark(test_page, JobState.UNKNOWN)
    assert receipts.settle_unknown(fake.till, session, test_page, paper_came_out=False).value == 3
    assert fake.truth.jobs[-1].copy_no == 1


def test_only_an_unknown_job_can_be_settled() -> None:
    fake, session, done = sold()
    for job_id in (done.job_id, 99):
        with pytest.raises(Refusal, match="job_settled"):
            receipts.settle_unknown(fake.till, session, job_id, paper_came_out=True)
