"""Points and coupons given or taken by hand: a reason, and always the agreement of a second person."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain import receipt as paper_model
from app.domain.hand_facts import Adjustment, CouponIssue, adjustment_fact, coupon_issue_fact
from app.domain.numbering import local_on
from app.domain.programme.document import Programme
from app.domain.receipt import Receipt
from app.domain.sale import FoundBy
from app.domain.staff import Approval, Capability
from app.domain.template import PaperKind, Row
from app.errors import Refusal
from app.failpoints import Failpoint
from app.ids import EventId, MemberId
from app.services import approvals, checkout, members, paper, shift_paper
from app.services.members import Customer
from app.services.paper import Sheet
from app.services.ports import AuditEntry, Effect, NewJob
from app.services.till import Outcome, Session, Till, Topic, new_id, sealed

POINTS_MAX = 1_000_000
REASONS = ("missed_points", "correction", "goodwill", "complaint", "other")
"""Why points or a coupon are given or taken, as codes; the first is the usual one."""


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A correction that is durable. Points are whole; `before`, `after` None: the balance is not known here."""

    event_id: EventId
    points: int
    before: int | None
    after: int | None
    job_id: int


def preview(till: Till, member_id: MemberId, points: int) -> tuple[int | None, int | None]:
    """The balance before and after, whole. Refusal as in `adjust`."""
    before = _customer(till, member_id).view.points
    _check(before, points)
    return before, None if before is None else before + points


def adjust(till: Till, session: Session, member_id: MemberId, points: int, approval: Approval) -> Outcome[Adjusted]:
    """Post `points` (whole, signed) for the approval's reason: one transaction of event, overlay, audit and slip.

    Refusal `adjust_zero`, `adjust_range`, `insufficient_points` (never below zero by hand), `adjust_unknown` (a
    member without a known account), `member_blocked`, `shift_closed`, and those of `approvals.check`.
    """
    checkout.check_shift(till, session)
    approvals.check(till, session, approval, Capability.ADJUST)
    customer = _customer(till, member_id)
    before, account_id = customer.view.points, customer.account_id
    _check(before, points)
    if account_id is None:
        raise Refusal("adjust_unknown")
    programme = _programme(till)
    scaled, now_ms = points * 10**programme.points_scale, till.clock.now_ms()
    after = None if before is None else before + points
    with till.book.begin() as write:
        event_id, shift_id = EventId(new_id(till)), session.shift.shift_id
        one = Adjustment(event_id, now_ms, shift_id, member_id, account_id, scaled, approval)
        write.append(sealed(till, adjustment_fact(one), write.head()), (Effect(account_id, None, scaled),))
        facts = {"amount": scaled, "reason": approval.reason, "by": approval.by_staff_id}
        write.add_audit(AuditEntry(now_ms, "adjustment", session.staff_id, facts))
        slip = _slip(till, session, customer, approval, {"posted": points, "before": before, "now": after})
        job_id = write.add_job(_job(till, event_id, "adjustment", slip))
        till.failpoints.hit(Failpoint.ADJUSTMENT_BEFORE_COMMIT)
        write.commit()
    till.failpoints.hit(Failpoint.ADJUSTMENT_AFTER_COMMIT)
    done = Adjusted(event_id, points, before, after, job_id)
    return Outcome(done, frozenset({Topic.MEMBER, Topic.PENDING, Topic.JOBS}), provisional=True)


def coupon_types(till: Till) -> tuple[str, ...]:
    """The coupon types of the programme valid now, by name."""
    return tuple(one.id for one in _programme(till).coupon_types)


def give_coupon(till: Till, session: Session, member_id: MemberId, name: str, approval: Approval) -> Outcome[EventId]:
    """Give the member a coupon of a type; it can be used once head office has posted it.

    Refusal `coupon_type_unknown`, `member_blocked`, `shift_closed`, and those of `approvals.check`.
    """
    checkout.check_shift(till, session)
    approvals.check(till, session, approval, Capability.COUPON)
    if name not in coupon_types(till):
        raise Refusal("coupon_type_unknown")
    customer, now_ms = _customer(till, member_id), till.clock.now_ms()
    issued_on = local_on(now_ms, _programme(till).zone)
    with till.book.begin() as write:
        event_id, coupon_id = EventId(new_id(till)), new_id(till)
        shift_id = session.shift.shift_id
        one = CouponIssue(event_id, now_ms, shift_id, member_id, coupon_id, name, issued_on, approval)
        write.append(sealed(till, coupon_issue_fact(one), write.head()))
        facts = {"type": name, "reason": approval.reason, "by": approval.by_staff_id}
        write.add_audit(AuditEntry(now_ms, "coupon_issue", session.staff_id, facts))
        slip = _slip(till, session, customer, approval, {"coupon": name})
        write.add_job(_job(till, event_id, "coupon_issue", slip))
        till.failpoints.hit(Failpoint.ADJUSTMENT_BEFORE_COMMIT)
        write.commit()
    till.failpoints.hit(Failpoint.ADJUSTMENT_AFTER_COMMIT)
    return Outcome(event_id, frozenset({Topic.MEMBER, Topic.PENDING, Topic.JOBS}), provisional=True)


def _customer(till: Till, member_id: MemberId) -> Customer:
    """Refusal `member_unknown`, `member_blocked`."""
    return members.by_id(till, member_id, FoundBy.LIST)


def _check(before: int | None, points: int) -> None:
    if points == 0:
        raise Refusal("adjust_zero")
    if abs(points) > POINTS_MAX:
        raise Refusal("adjust_range", most=f"{POINTS_MAX:,}")
    if points < 0 and -points > max(0, before or 0):
        raise Refusal("insufficient_points", usable=max(0, before or 0), needed=-points)


def _programme(till: Till) -> Programme:
    return till.essentials.programme_at(till.clock.now_ms())


def _slip(till: Till, session: Session, customer: Customer, approval: Approval, what: Row) -> Receipt:
    values: Row = {
        "approved_by": shift_paper.staff_name(till, approval.by_staff_id),
        "reason": shift_paper.reason_words(till, approval.reason),
        **paper.customer_values(customer),
        **what,
    }
    return paper.compose(till, Sheet(PaperKind.CORRECTION, till.clock.now_ms(), values, session))


def _job(till: Till, event_id: EventId, kind: str, receipt: Receipt) -> NewJob:
    return NewJob(event_id, kind, till.renderer.render(receipt), paper_model.to_json(receipt))
