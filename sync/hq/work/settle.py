"""What an operator does with parked events: look at them, have them tried again, write them off."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from sync.hq.locks import insert_new, locked
from sync.hq.tables import EVENT, FINDING
from sync.hq.work.apply import Outcome, write
from sync.hq.work.book import Book
from sync.hq.work.inbox import Settled, tell, till_at, try_again
from sync.protocol.channel_facts import CHANNEL_BODIES, CHANNEL_EPOCH
from sync.protocol.facts import BODIES

WRITTEN_OFF: Final = "written_off"
RETRIED_MAX: Final = 500
AFTER_UPDATE: Final = ("unknown_type", "unknown_schema")


@dataclass(frozen=True, slots=True)
class Parked:
    """One parked event: where it stands, why, and what it waits for. `event`: its id, else till/epoch/seq."""

    event: str
    store_id: str
    till_id: str
    epoch: int
    seq: int
    type: str
    at_ms: int
    code: str
    waits_for: str | None


def parked(connection: Connection) -> list[Parked]:
    """All of them, the oldest first."""
    found = connection.execute(_standing().order_by(EVENT.c.at_ms, EVENT.c.event_key))
    return [
        Parked(row.event_key, row.store_id, row.till_id, row.epoch, row.seq, row.type, row.at_ms, row.code or "",
               row.waits_for)
        for row in found
    ]  # fmt: skip


def try_parked(book: Book, keys: Sequence[str]) -> int:
    """Apply these parked events once more; how many were settled. The tills are told."""
    rows = book.connection.execute(locked(_standing().where(EVENT.c.event_key.in_(keys)).order_by(EVENT.c.event_key)))
    return _settle(book, [try_again(book, row) for row in rows.all()])


def understood_now(connection: Connection) -> list[str]:
    """Events parked because an older version did not know their type or schema, which this one may know."""
    from_channel = EVENT.c.epoch == CHANNEL_EPOCH
    known = (~from_channel & EVENT.c.type.in_(sorted(BODIES))) | (
        from_channel & EVENT.c.type.in_(sorted(CHANNEL_BODIES))
    )
    mine = EVENT.c.code.in_(AFTER_UPDATE) & known
    return list(connection.execute(_standing(EVENT.c.event_key).where(mine).limit(RETRIED_MAX)).scalars())


def write_off(book: Book, key: str, reason: str) -> bool:
    """Close a parked event for good: it counts nowhere and the tills drop it. False: no such event is parked."""
    row: Row[Any] | None = book.connection.execute(locked(_standing().where(EVENT.c.event_key == key))).first()
    if row is None:
        return False
    till = till_at(book.connection, row.till_id, row.epoch)
    filed = {"event_key": key, "code": WRITTEN_OFF, "store_id": row.store_id, "at_ms": book.settings.now_ms,
             "figures": json.dumps({"reason": reason, "was": row.code})}  # fmt: skip
    insert_new(book.connection, FINDING, [filed])
    _settle(book, [Settled(key, till, Outcome(WRITTEN_OFF, row.code))])
    return True


def _settle(book: Book, settled: Sequence[Settled]) -> int:
    write(book, [one.outcome for one in settled])
    tell(book.connection, settled)
    return sum(one.outcome.outcome != "parked" for one in settled)


def _standing(*columns: Any) -> Any:
    return select(*(columns or (EVENT,))).where(EVENT.c.outcome == "parked")
