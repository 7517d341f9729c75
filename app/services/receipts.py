"""Receipts: the model for each fact, reprints with their mark, and what to do with a job nobody knows the fate of."""

from __future__ import annotations

from app.domain import receipt as model
from app.domain.receipt import JobState, Receipt
from app.errors import Refusal
from app.failpoints import Failpoint
from app.ids import EventId
from app.services.ports import AuditEntry, NewJob, PrintJob
from app.services.till import Outcome, Session, Till, Topic


def last_receipt(till: Till, event_id: EventId) -> Receipt:
    """The receipt model of a past sale or enrolment, as printed. Refusal `receipt_unknown`."""
    return model.from_json(_printed(till, event_id).model)


def reprint(till: Till, session: Session, event_id: EventId) -> Outcome[int]:
    """Queue the same receipt marked 补打 REPRINT #n; its job id. Refusal `receipt_unknown`."""
    return Outcome(_again(till, session, _printed(till, event_id)), frozenset({Topic.JOBS}), provisional=False)


def settle_unknown(till: Till, session: Session, job_id: int, *, paper_came_out: bool) -> Outcome[int | None]:
    """The cashier looked at the paper: True closes the job, False queues a marked reprint and returns its id.

    Refusal `job_settled` when the job is not, or no longer, one of unknown fate.
    """
    job = till.jobs.job(job_id)
    if job is None or job.state is not JobState.UNKNOWN:
        raise Refusal("job_settled")
    # Queued before the unknown one is closed: a crash between the two leaves a question, never a lost receipt.
    queued = None if paper_came_out else _again(till, session, job)
    till.failpoints.hit(Failpoint.SETTLE_AFTER_QUEUED)
    till.jobs.mark(job_id, JobState.CONFIRMED if paper_came_out else JobState.CANCELLED, "by a person")
    till.failpoints.hit(Failpoint.SETTLE_AFTER_MARK)
    return Outcome(queued, frozenset({Topic.JOBS}), provisional=False)


def _printed(till: Till, event_id: EventId) -> PrintJob:
    job = till.book.last_job(event_id)
    if job is None:
        raise Refusal("receipt_unknown")
    return job


def _again(till: Till, session: Session, job: PrintJob) -> int:
    copy_no = _copies(till, job) + 1
    receipt = model.from_json(job.model)
    with till.book.begin() as write:
        job_id = write.add_job(
            NewJob(job.event_id, job.kind, till.renderer.render(receipt, copy_no), job.model, copy_no)
        )
        write.add_audit(
            AuditEntry(till.clock.now_ms(), "reprint", session.staff_id, {"job": job_id, "copy_no": copy_no})
        )
        write.commit()
    return job_id


def _copies(till: Till, job: PrintJob) -> int:
    """The highest copy number so far of what this job prints."""
    last = till.book.last_job(job.event_id) if job.event_id else None
    return last.copy_no if last else job.copy_no
