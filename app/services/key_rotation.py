"""A new signing key for the identity this till has: told by an event, used once head office has taken it."""

from __future__ import annotations

from app.domain.events import key_rotation_fact
from app.ids import EventId
from app.services.ports import AuditEntry
from app.services.till import Till, new_id, sealed


def announce(till: Till, public_key: str, proof: str) -> None:
    """Event `key_rotation`, durable when it returns. `public_key` in hex, `proof` in base64 (wire.md)."""
    at_ms = till.clock.now_ms()
    with till.book.begin() as write:
        fact = key_rotation_fact(EventId(new_id(till)), at_ms, public_key, proof)
        write.append(sealed(till, fact, write.head()))
        write.add_audit(AuditEntry(at_ms, "key_rotation", None, {"public_key": public_key}))
        write.commit()
