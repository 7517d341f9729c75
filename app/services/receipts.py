"""Receipts: the model for each fact, reprints with their mark, and what to do with a job nobody knows the fate of."""

from __future__ import annotations

from app.domain.receipt import Receipt
from app.ids import EventId
from app.services.till import Outcome, Session, Till


def last_receipt(till: Till, event_id: EventId) -> Receipt:
    """The receipt model of a past sale or enrolment, as printed. Refusal `receipt_unknown`."""
    ...


def reprint(till: Till, session: Session, event_id: EventId) -> Outcome[int]:
    """Queue the same receipt marked 补打 REPRINT #n; its job id. Refusal `receipt_unknown`."""
    ...


def settle_unknown(till: Till, session: Session, job_id: int, *, paper_came_out: bool) -> Outcome[int | None]:
    """The cashier looked at the paper: True closes the job, False queues a marked reprint and returns its id."""
    ...
