"""A shift from its float to its Z: open it, move cash, look at it (X), count and close it (Z); each is one fact."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.domain import receipt as paper_model
from app.domain.hand_facts import ShiftClose, cash_move_fact, shift_close_fact
from app.domain.money import AMOUNT_MINOR_MAX
from app.domain.numbering import business_on
from app.domain.receipt import Receipt
from app.domain.sale import TenderKind
from app.domain.shift import COUNTED_KINDS, CashKind, CashMove, KindMinor, ShiftReport, no_shift
from app.domain.staff import Approval, Capability
from app.errors import Refusal
from app.failpoints import Failpoint
from app.ids import EventId
from app.services import approvals, checkout, shift_paper, signon
from app.services.ports import AuditEntry, NewJob
from app.services.till import Outcome, Session, Till, Topic, new_id, sealed


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed shift: its Z, its print job, and the session that goes on without a shift."""

    report: ShiftReport
    job_id: int
    session: Session


def report(till: Till, session: Session) -> ShiftReport:
    """X: the open shift so far. Refusal `shift_closed`."""
    checkout.check_shift(till, session)
    return _report(till, session)


def print_x(till: Till, session: Session) -> Outcome[int]:
    """X on paper; the print job."""
    now = report(till, session)
    with till.book.begin() as write:
        write.add_audit(AuditEntry(now.at_ms, "x_report", session.staff_id, {"z_no": now.shift.z_no}))
        job_id = write.add_job(_job(till, None, "x", shift_paper.report(till, now)))
        write.commit()
    return Outcome(job_id, frozenset({Topic.JOBS}), provisional=False)


def open_shift(till: Till, session: Session, float_minor: int) -> Outcome[Session]:
    """Open a shift with the float that was counted; durable when it returns.

    Refusal `shift_is_open`, `amount_range`.
    """
    if not 0 <= float_minor <= AMOUNT_MINOR_MAX:
        raise Refusal("amount_range")
    if till.book.open_shift_of(session.staff_id) is not None:
        raise Refusal("shift_is_open")
    with till.book.begin() as write:
        shift = signon.new_shift(till, write, session.staff_id, float_minor)
        facts = {"z_no": shift.z_no, "float_minor": float_minor}
        write.add_audit(AuditEntry(shift.opened_ms, "shift_open", session.staff_id, facts))
        till.failpoints.hit(Failpoint.SHIFT_BEFORE_COMMIT)
        write.commit()
    till.failpoints.hit(Failpoint.SHIFT_AFTER_COMMIT)
    return Outcome(replace(session, shift=shift), frozenset({Topic.SHIFT, Topic.PENDING}), provisional=True)


def cash_capability(kind: CashKind) -> Capability:
    """What somebody needs to move cash that way alone."""
    return Capability.NO_SALE if kind is CashKind.NO_SALE else Capability.CASH


def move_cash(
    till: Till, session: Session, kind: CashKind, minor: int, *, reason: str, approval: Approval | None = None
) -> Outcome[int]:
    """Cash in or out, or the drawer opened; its slip opens the drawer. The print job; durable when it returns.

    Refusal `shift_closed`, `amount_range`, `cash_short` (more than the drawer should hold), and those of
    `approvals.check` where the session may not do it alone.
    """
    checkout.check_shift(till, session)
    if cash_capability(kind) not in session.may:
        approvals.check(till, session, approval, cash_capability(kind))
    _check_amount(till, session, kind, minor)
    now_ms = till.clock.now_ms()
    with till.book.begin() as write:
        event_id = EventId(new_id(till))
        move = CashMove(event_id, now_ms, session.shift.shift_id, kind, minor, reason, session.staff_id, approval)
        write.append(sealed(till, cash_move_fact(move), write.head()))
        facts = {"kind": kind.value, "minor": minor, "reason": reason}
        write.add_audit(
            AuditEntry(now_ms, "no_sale" if kind is CashKind.NO_SALE else "cash_move", session.staff_id, facts)
        )
        job_id = write.add_job(_job(till, event_id, "cash_move", shift_paper.cash_slip(till, session, move)))
        till.failpoints.hit(Failpoint.CASH_MOVE_BEFORE_COMMIT)
        write.commit()
    till.failpoints.hit(Failpoint.CASH_MOVE_AFTER_COMMIT)
    return Outcome(job_id, frozenset({Topic.SHIFT, Topic.PENDING, Topic.JOBS}), provisional=True)


def close(till: Till, session: Session, counted: tuple[KindMinor, ...]) -> Outcome[Closed]:
    """Close the shift with what was counted: one transaction of event, row, audit and Z on paper.

    Refusal `shift_closed`, `count_cash` (the cash was not counted), `amount_range`.
    """
    checkout.check_shift(till, session)
    if not any(one.kind is TenderKind.CASH for one in counted):
        raise Refusal("count_cash")
    if any(one.kind not in COUNTED_KINDS or not 0 <= one.minor <= AMOUNT_MINOR_MAX for one in counted):
        raise Refusal("amount_range")
    now = replace(_report(till, session), counted=counted)
    with till.book.begin() as write:
        event_id = EventId(new_id(till))
        fact = ShiftClose(now.shift, session.staff_id, counted, now.expected, now.totals)
        write.close_shift(now.shift.shift_id, now.at_ms)
        write.append(sealed(till, shift_close_fact(event_id, now.at_ms, fact), write.head()))
        difference_minor = sum(one.minor for one in now.differences)
        facts = {"z_no": now.shift.z_no, "difference_minor": difference_minor}
        write.add_audit(AuditEntry(now.at_ms, "shift_close", session.staff_id, facts))
        job_id = write.add_job(_job(till, event_id, "z", shift_paper.report(till, now)))
        till.failpoints.hit(Failpoint.SHIFT_CLOSE_BEFORE_COMMIT)
        write.commit()
    till.failpoints.hit(Failpoint.SHIFT_CLOSE_AFTER_COMMIT)
    after = replace(session, shift=no_shift(session.staff_id))
    return Outcome(Closed(now, job_id, after), frozenset({Topic.SHIFT, Topic.PENDING, Topic.JOBS}), provisional=True)


def _report(till: Till, session: Session) -> ShiftReport:
    shift, now_ms = session.shift, till.clock.now_ms()
    totals = till.book.shift_totals(shift.shift_id)
    programme = till.essentials.programme_at(now_ms)
    day = business_on(shift.opened_ms, programme.zone, programme.business_day_starts)
    return ShiftReport(
        shift=shift,
        business_on=day,
        at_ms=now_ms,
        staff_name=session.staff_name,
        totals=totals,
        expected=totals.expected(shift.float_minor),
        points_scale=programme.points_scale,
        overdue=day != business_on(now_ms, programme.zone, programme.business_day_starts),
    )


def _check_amount(till: Till, session: Session, kind: CashKind, minor: int) -> None:
    if kind is CashKind.NO_SALE:
        if minor:
            raise Refusal("amount_range")
        return
    if not 0 < minor <= AMOUNT_MINOR_MAX:
        raise Refusal("amount_range")
    if kind is CashKind.PAY_IN:
        return
    there = till.book.shift_totals(session.shift.shift_id).expected(session.shift.float_minor)
    if minor > next(one.minor for one in there if one.kind is TenderKind.CASH):
        raise Refusal("cash_short")


def _job(till: Till, event_id: EventId | None, kind: str, receipt: Receipt) -> NewJob:
    return NewJob(event_id, kind, till.renderer.render(receipt), paper_model.to_json(receipt))
