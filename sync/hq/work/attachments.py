"""Personal data beside events: kept in its own table, dropped for erased members, read again at a retry."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from sync.hq.locks import insert_new
from sync.hq.tables import ERASED, PII
from sync.hq.work.reading import Attachments
from sync.protocol.shapes import PiiAttachment


def keep(connection: Connection, event_key: str, found: Iterable[PiiAttachment], member_id: str | None) -> None:
    """Store attachments of an event; those of an erased member are dropped (fine print 9)."""
    rows = [
        {"event_key": event_key, "pii_ref": one.pii_ref, "salt": one.salt, "pii": one.pii.encode("utf-8"),
         "member_id": member_id}
        for one in {one.pii_ref: one for one in found}.values()
    ]  # fmt: skip
    if rows and member_id is not None and erased(connection, member_id):
        return
    insert_new(connection, PII, rows)


def erased(connection: Connection, member_id: str) -> bool:
    return connection.execute(select(ERASED.c.member_id).where(ERASED.c.member_id == member_id)).first() is not None


def read(connection: Connection, event_key: str) -> Attachments:
    """What is kept for an event, by pii_ref."""
    found = connection.execute(select(PII).where(PII.c.event_key == event_key))
    return {
        row.pii_ref: PiiAttachment(pii_ref=row.pii_ref, salt=row.salt, pii=row.pii.decode("utf-8")) for row in found
    }
