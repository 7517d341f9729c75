"""The cash drawer tried by a person, without a sale: asks for the right, always in the audit chain (devices.md)."""

from __future__ import annotations

from app.domain.staff import Approval, Capability
from app.services import approvals
from app.services.ports import AuditEntry
from app.services.till import Session, Till

TRIED = "check"
"""The reason: the one that F8 calls a drawer check."""


def note_no_sale(till: Till, session: Session, approval: Approval | None = None) -> None:
    """Write that this person opens the drawer. Durable before the pulse is sent; the caller asks for that.

    Refusal of `approvals.check` where the session may not do it alone.
    """
    if Capability.NO_SALE not in session.may:
        approvals.check(till, session, approval, Capability.NO_SALE)
    facts = {"reason": TRIED} if approval is None else {"reason": TRIED, "by": approval.by_staff_id}
    with till.book.begin() as write:
        write.add_audit(AuditEntry(till.clock.now_ms(), "no_sale", session.staff_id, facts))
        write.commit()
