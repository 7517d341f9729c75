"""Events of other channels: read strictly, kept once by their id. What moves points waits (`unknown_type`).

Views, surveys, feedback and notes are kept for a member who is known. Purchases, returns and registrations are kept
and wait parked: this version posts no points for them yet, and a later one tries them as wire.md says of
`unknown_type`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import Connection, insert, select, update

from app.ids import uuid7
from sync.hq.refused import ProblemError
from sync.hq.tables import CHANNEL, CHANNEL_EVENT, EVENT
from sync.hq.work import attachments as pii
from sync.hq.work.book import Book
from sync.hq.work.parked import ParkedError
from sync.hq.work.reading import Attachments, read_personal
from sync.protocol.channel_facts import CHANNEL_BODIES, ChannelEnvelope
from sync.protocol.facts import SCHEMA, Fact
from sync.protocol.problems import Problem
from sync.protocol.shapes import ChannelEvent, ChannelResult
from sync.protocol.text import TextError, read_canonical

KEPT: Final = frozenset(("browse", "survey", "social_feedback", "service_note"))
CLOSED: Final = "revoked"


@dataclass(frozen=True, slots=True)
class _Event:
    raw: str
    envelope: ChannelEnvelope
    body: Fact | None
    attachments: Attachments


def register(connection: Connection, name: str, public_key: str, now_ms: int) -> str:
    """A channel whose events are taken from now on; its id."""
    channel_id = uuid7(now_ms)
    row = {"channel_id": channel_id, "name": name, "public_key": public_key, "made_ms": now_ms}
    connection.execute(insert(CHANNEL).values(row))
    return channel_id


def close(connection: Connection, channel_id: str) -> bool:
    """Take nothing more from a channel; False where none of this id is open."""
    mine = (CHANNEL.c.channel_id == channel_id) & CHANNEL.c.closed.is_(None)
    return bool(connection.execute(update(CHANNEL).where(mine).values(closed=CLOSED)).rowcount)


def take(book: Book, channel_id: str, events: Sequence[ChannelEvent]) -> list[ChannelResult]:
    """Read all, then keep each once; results in order. ProblemError `malformed` names what cannot be read."""
    return [_kept(book, channel_id, one) for one in [read_event(place, one) for place, one in enumerate(events)]]


def read_event(place: int, event: ChannelEvent) -> _Event:
    """One event with its body. ProblemError `malformed` with its place."""
    try:
        envelope = msgspec.convert(read_canonical(event.raw), ChannelEnvelope)
        kind = CHANNEL_BODIES.get(envelope.type) if envelope.schema == SCHEMA else None
        body = msgspec.convert(envelope.body, kind) if kind is not None else None
    except (TextError, msgspec.ValidationError):
        raise ProblemError(Problem.MALFORMED, pointer=f"/events/{place}/raw") from None
    ref = getattr(body, "pii_ref", None)
    named = {one.pii_ref: one for one in event.attachments or () if one.pii_ref == ref}
    return _Event(event.raw, envelope, body, named)


def _kept(book: Book, channel_id: str, event: _Event) -> ChannelResult:
    envelope, connection = event.envelope, book.connection
    event_id = envelope.event_id
    told = connection.execute(select(CHANNEL_EVENT.c.raw).where(CHANNEL_EVENT.c.event_id == event_id)).scalar()
    if told is not None:
        return ChannelResult(
            event_id=event_id, outcome="duplicate", code=None if told == event.raw.encode("utf-8") else "differs"
        )
    if connection.execute(select(EVENT.c.event_key).where(EVENT.c.event_key == event_id)).first() is not None:
        return ChannelResult(event_id=event_id, outcome="duplicate", code="differs")
    code = _why_parked(book, event)
    outcome = "parked" if code else "applied"
    row = {
        "event_id": event_id, "channel_id": channel_id, "type": envelope.type, "at_ms": envelope.at_ms,
        "member_id": pii.owner(book, event.raw), "outcome": outcome, "code": code, "raw": event.raw.encode("utf-8"),
        "received_ms": book.settings.now_ms,
    }  # fmt: skip
    connection.execute(insert(CHANNEL_EVENT).values(row))
    pii.kept(book, event_id, event.raw, event.attachments)
    return ChannelResult(event_id=event_id, outcome=outcome, code=code)


def _why_parked(book: Book, event: _Event) -> str | None:
    envelope = event.envelope
    if event.body is None:
        return "unknown_type" if envelope.type not in CHANNEL_BODIES else "unknown_schema"
    try:
        read_personal(event.body, event.attachments)
    except ParkedError as parked:
        return parked.code
    if envelope.type not in KEPT:
        return "unknown_type"
    if envelope.member_id is not None and book.member(envelope.member_id) is None:
        return "member_unknown"
    if envelope.card is not None and book.card(envelope.card) is None:
        return "card_unknown"
    return None
