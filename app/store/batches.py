"""What a push carries: events of till.db in their order, with personal data beside them, as many as fit."""

from __future__ import annotations

import json
from typing import Final

from app.domain.chain import HASH_ZERO, Attachment, SealedEvent
from app.services.sync_ports import Batch
from app.store.connect import Connection
from app.store.event_key import SEQ_BITS, event_n

SEQ_MASK: Final = (1 << SEQ_BITS) - 1
EVENTS: Final = "SELECT n, event_id, type, at_ms, raw, hash FROM event WHERE n >= ? AND n < ? ORDER BY n LIMIT ?"
HASH_AT: Final = "SELECT hash FROM event WHERE n = ?"
PII: Final = "SELECT pii_ref, salt, pii FROM pii WHERE event_id = ? ORDER BY pii_ref"


def read(till: Connection, epoch: int, base_seq: int, *, events_max: int, bytes_max: int) -> Batch:
    """At least one event, where there is one, and no more than fit into `bytes_max`."""
    previous = till.execute(HASH_AT, (event_n(epoch, base_seq - 1),)).fetchone()
    span = (event_n(epoch, base_seq), event_n(epoch + 1, 0))
    events: list[SealedEvent] = []
    size = 0
    for n, event_id, kind, at_ms, raw, digest in till.execute(EVENTS, (*span, events_max)).fetchall():
        attachments = tuple([Attachment(*one) for one in till.execute(PII, (event_id,))])
        event = SealedEvent(epoch, n & SEQ_MASK, event_id, kind, at_ms, raw, digest, attachments)
        size += size_on_the_wire(event)
        if events and size > bytes_max:
            break
        events.append(event)
    return Batch(base_seq, previous[0] if previous else HASH_ZERO, tuple(events))


def size_on_the_wire(event: SealedEvent) -> int:
    """An upper bound of the event's bytes in a push: its text twice escaped at most, attachments and hashes."""
    texts = (event.raw, *(one.pii for one in event.attachments))
    escaped = sum(len(json.dumps(text, ensure_ascii=False).encode()) for text in texts)
    return escaped + 128 + 256 * len(event.attachments)
