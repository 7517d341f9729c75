"""A second person agrees: by their own PIN at this till, for one action, for a minute; never to their own doing."""

from __future__ import annotations

from app.domain.staff import Approval, Attempts, Capability
from app.errors import Refusal
from app.ids import StaffId
from app.services import signon
from app.services.ports import AuditEntry
from app.services.signon import StaffChoice
from app.services.till import Session, Till

VALID_MS = 60_000


def approvers(till: Till, session: Session, capability: Capability) -> tuple[StaffChoice, ...]:
    """Who may agree to it: everybody with the capability but the one who asks, by staff number."""
    return tuple(
        StaffChoice(one.staff_id, one.staff_no, one.name, one.role)
        for one in till.essentials.staff()
        if capability in one.may and one.staff_id != session.staff_id
    )


def approve(till: Till, session: Session, capability: Capability, reason: str, *, by: StaffId, pin: str) -> Approval:
    """The agreement of `by`, who types their own PIN; audited, as a denial is.

    Refusal `approval_self`, `approval_not_allowed`, and those of `signon.check_pin`.
    """
    if by == session.staff_id:
        raise Refusal("approval_self")
    person = signon.check_pin(till, by, pin, denied="override_denied")
    now_ms = till.clock.now_ms()
    allowed = capability in person.may
    with till.book.begin() as write:
        write.set_attempts(by, Attempts())
        facts = {"by": by, "capability": capability.value, "reason": reason}
        write.add_audit(AuditEntry(now_ms, "override" if allowed else "override_denied", session.staff_id, facts))
        write.commit()
    if not allowed:
        raise Refusal("approval_not_allowed")
    return Approval(session.staff_id, by, reason, capability, now_ms)


def check(till: Till, session: Session, approval: Approval | None, capability: Capability) -> None:
    """What a use case asks before it acts on an approval, whatever a screen did.

    Refusal `approval_needed`, `approval_old`, `approval_self`, `approval_not_allowed`.
    """
    if approval is None:
        raise Refusal("approval_needed")
    if approval.by_staff_id == session.staff_id or approval.by_staff_id == approval.staff_id:
        raise Refusal("approval_self")
    if approval.staff_id != session.staff_id or approval.capability is not capability:
        raise Refusal("approval_needed")
    if not 0 <= till.clock.now_ms() - approval.at_ms <= VALID_MS:
        raise Refusal("approval_old")
    by = next((one for one in till.essentials.staff() if one.staff_id == approval.by_staff_id), None)
    if by is None or capability not in by.may:
        raise Refusal("approval_not_allowed")
