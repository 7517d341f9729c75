"""Past events as they came, for those who run them again; nothing here changes anything."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.engine import Connection

from sync.hq.tables import EVENT, FINDING, INBOX, MEMBER, STORE
from sync.hq.work.journal import BY_HAND


def stored_events(connection: Connection, types: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """(raw, store_id, region_id) of every applied event of these types, oldest first; an event is there once.

    One for which an operator posted other figures is left out: its own were not taken.
    """
    by_hand = select(FINDING.c.code).where(FINDING.c.event_key == EVENT.c.event_key, FINDING.c.code == BY_HAND).exists()
    found = (
        select(INBOX.c.raw, EVENT.c.store_id, STORE.c.region_id)
        .join(
            INBOX,
            (INBOX.c.till_id == EVENT.c.till_id) & (INBOX.c.epoch == EVENT.c.epoch) & (INBOX.c.seq == EVENT.c.seq),
        )
        .outerjoin(STORE, STORE.c.store_id == EVENT.c.store_id)
        .where(EVENT.c.type.in_(types), EVENT.c.outcome.in_(("applied", "adjusted")), ~by_hand)
        .order_by(EVENT.c.at_ms, EVENT.c.event_key)
    )
    for raw, store_id, region_id in connection.execute(found):
        yield bytes(raw).decode(), store_id, region_id or ""


def birthdays(connection: Connection) -> dict[str, str]:
    """member id → birthday as an ISO date, of members who gave one."""
    found = {}
    for member_id, doc in connection.execute(select(MEMBER.c.id, MEMBER.c.doc)):
        birthday = json.loads(doc).get("personal", {}).get("birthday_on")
        if birthday:
            found[member_id] = birthday
    return found
