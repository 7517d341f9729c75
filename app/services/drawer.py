"""The cash drawer opened by a person, without a sale: allowed, and always in the audit chain (devices.md)."""

from __future__ import annotations

from app.services.ports import AuditEntry
from app.services.till import Till


def note_no_sale(till: Till) -> None:
    """Write that somebody asked for the drawer: the person of the open shift. Durable before the pulse is sent."""
    shift = till.book.open_shift()
    with till.book.begin() as write:
        write.add_audit(AuditEntry(till.clock.now_ms(), "no_sale", shift.staff_id if shift else None, {}))
        write.commit()
