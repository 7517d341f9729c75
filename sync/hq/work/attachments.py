"""Personal data beside events: kept in its own table, dropped for erased members, read again at a retry."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import Connection, select

from sync.hq.locks import insert_new
from sync.hq.tables import ERASED, PII
from sync.hq.work.book import Book
from sync.hq.work.reading import Attachments
from sync.protocol.shapes import PiiAttachment
from sync.protocol.text import TextError, read_canonical
from sync.protocol.values import ROW_ID

CARD_NO: Final = re.compile(ROW_ID)


def kept(book: Book, event_key: str, raw: str, found: Attachments) -> Attachments:
    """Store the attachments of an event, and give them back; of an erased member none is left (fine print 9)."""
    if not found:
        return found
    member_id = owner(book, raw)
    if member_id is not None and erased(book.connection, member_id):
        return {}
    rows = [
        {"event_key": event_key, "pii_ref": one.pii_ref, "salt": one.salt, "pii": one.pii.encode("utf-8"),
         "member_id": member_id}
        for one in found.values()
    ]  # fmt: skip
    insert_new(book.connection, PII, rows)
    return found


def owner(book: Book, raw: str) -> str | None:
    """Whose personal data an event carries, as far as its bytes say; also where it is parked or forked."""
    try:
        value = read_canonical(raw)
    except TextError:
        return None
    member_id, card = value.get("member_id"), value.get("card")
    if isinstance(member_id, str):
        return member_id
    doc = book.card(card) if isinstance(card, str) and CARD_NO.fullmatch(card) else None
    return doc.member_id if doc else None


def erased(connection: Connection, member_id: str) -> bool:
    return connection.execute(select(ERASED.c.member_id).where(ERASED.c.member_id == member_id)).first() is not None


def read(connection: Connection, event_key: str) -> Attachments:
    """What is kept for an event, by pii_ref."""
    found = connection.execute(select(PII).where(PII.c.event_key == event_key))
    return {
        row.pii_ref: PiiAttachment(pii_ref=row.pii_ref, salt=row.salt, pii=row.pii.decode("utf-8")) for row in found
    }
