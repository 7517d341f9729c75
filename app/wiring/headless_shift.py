"""Shifts, cash and corrections for the headless till: each step is one use case, with the PIN of who approves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.sale import TenderKind
from app.domain.shift import CashKind, KindMinor, ShiftReport
from app.domain.staff import Approval, Capability
from app.errors import Refusal
from app.ids import MemberId
from app.services import adjustments, approvals, shifts, signon
from app.services.till import Session, Till
from app.wiring.script import Step

Answer = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class HeadlessShift:
    """`on_store` runs a job on the store thread and waits for it."""

    till: Till
    on_store: Callable[[Callable[[], Any]], Any]

    def opened(self, step: Step, session: Session) -> Session:
        """The session with the shift it opened."""
        opened: Session = self.on_store(lambda: shifts.open_shift(self.till, session, step.number("float_minor"))).value
        return opened

    def cash(self, step: Step, session: Session) -> Answer:
        """Cash in or out; `approver` and `approver_pin` where the session may not do it alone."""
        kind = next((one for one in CashKind if one.value == step.text("kind")), None)
        if kind is None:
            raise Refusal("cash_form", line=step.line)
        till, minor, reason = self.till, step.number("minor"), step.text("reason", "other")

        def job() -> int:
            approval = approved(till, session, step, shifts.cash_capability(kind), reason)
            return shifts.move_cash(till, session, kind, minor, reason=reason, approval=approval).value

        return {"done": True, "job_id": self.on_store(job)}

    def x_report(self, _step: Step, session: Session) -> Answer:
        """The shift so far, without paper."""
        return told(self.on_store(lambda: shifts.report(self.till, session)))

    def closed(self, step: Step, session: Session) -> tuple[Session, Answer]:
        """The session without a shift, and its Z. `cash_minor`; `card_minor`, `qr_minor` where they were counted."""
        kinds = (TenderKind.CASH, TenderKind.CARD, TenderKind.QR)
        named = {kind: f"{kind.value}_minor" for kind in kinds}
        counted = tuple(KindMinor(kind, step.number(name)) for kind, name in named.items() if name in step.fields)
        done = self.on_store(lambda: shifts.close(self.till, session, counted)).value
        differences = {one.kind.value: one.minor for one in done.report.differences}
        answer = {"done": True, "job_id": done.job_id, **told(done.report), "differences": differences}
        return done.session, answer

    def adjust(self, step: Step, session: Session, member_id: MemberId | None) -> Answer:
        """Points by hand for the member of the basket."""
        till, points, reason = self.till, step.number("points"), step.text("reason", "other")
        if member_id is None:
            raise Refusal("member_unknown")

        def job() -> adjustments.Adjusted:
            approval = approved(till, session, step, Capability.ADJUST, reason)
            if approval is None:
                raise Refusal("approval_needed")
            return adjustments.adjust(till, session, member_id, points, approval).value

        done = self.on_store(job)
        return {"done": True, "event_id": done.event_id, "points_before": done.before, "points_after": done.after}

    def give_coupon(self, step: Step, session: Session, member_id: MemberId | None) -> Answer:
        """A coupon by hand for the member of the basket."""
        till, name, reason = self.till, step.text("type"), step.text("reason", "other")
        if member_id is None:
            raise Refusal("member_unknown")

        def job() -> str:
            approval = approved(till, session, step, Capability.COUPON, reason)
            if approval is None:
                raise Refusal("approval_needed")
            return adjustments.give_coupon(till, session, member_id, name, approval).value

        return {"done": True, "event_id": self.on_store(job)}


def told(report: ShiftReport) -> dict[str, object]:
    """A shift report for the answer."""
    totals = report.totals
    return {
        "z_no": report.shift.z_no,
        "business_on": report.business_on,
        "sales": totals.sales,
        "returns": totals.returns,
        "undone": totals.undone,
        "net_minor": totals.net_minor,
        "discount_minor": totals.discount_minor,
        "expected": {one.kind.value: one.minor for one in report.expected},
    }


def approved(till: Till, session: Session, step: Step, capability: Capability, reason: str) -> Approval | None:
    """The approval a step names; None: it names nobody."""
    if not step.text("approver"):
        return None
    choices = signon.choices(till)
    by = next((one.staff_id for one in choices if one.staff_no == step.text("approver")), None)
    if by is None:
        raise Refusal("staff_unknown")
    return approvals.approve(till, session, capability, reason, by=by, pin=step.text("approver_pin"))
