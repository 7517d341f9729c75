"""Events of other channels: read strictly, kept once by their id, applied like a till's (wire.md, `channel/events`).

A channel's events stand in the inbox as a stream of epoch 0: gapless and hashed one over the other by head office, so
that whatever walks the inbox (accounts computed again, parked events, audits) finds them where it finds the tills'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from app.domain.chain import HASH_ZERO, event_hash
from app.ids import uuid7
from sync.hq.locks import insert_rows, locked
from sync.hq.refused import ProblemError
from sync.hq.tables import CHANNEL, CHANNEL_EVENT, INBOX, PLACE
from sync.hq.work.book import Book
from sync.hq.work.inbox import Arrival, file_slice, first_deliveries, till_at
from sync.hq.work.parked import ParkedError
from sync.hq.work.reading import FromChannel, read_body, read_from_channel
from sync.protocol.channel_facts import CHANNEL_EPOCH
from sync.protocol.problems import Problem
from sync.protocol.shapes import ChannelEvent, ChannelResult

CLOSED: Final = "revoked"
LATER: Final = ("unknown_type", "unknown_schema")
"""What is kept although this version cannot read it."""


@dataclass(frozen=True, slots=True)
class NewChannel:
    """`channel`: its name in programmes (`when.channels`); `store_id`: where its sales and new members count."""

    name: str
    public_key: str
    channel: str
    store_id: str


def register(connection: Connection, new: NewChannel, now_ms: int) -> str:
    """A channel whose events are taken from now on; its id."""
    channel_id = uuid7(now_ms)
    row = {"channel_id": channel_id, "name": new.name, "public_key": new.public_key, "channel": new.channel,
           "made_ms": now_ms}  # fmt: skip
    connection.execute(insert(CHANNEL).values(row))
    connection.execute(insert(PLACE).values(till_id=channel_id, store_id=new.store_id, made_ms=now_ms))
    return channel_id


def close(connection: Connection, channel_id: str) -> bool:
    """Take nothing more from a channel; False where none of this id is open."""
    mine = (CHANNEL.c.channel_id == channel_id) & CHANNEL.c.closed.is_(None)
    return bool(connection.execute(update(CHANNEL).where(mine).values(closed=CLOSED)).rowcount)


@dataclass(frozen=True, slots=True)
class Told:
    """An event that could be read, as it came."""

    envelope: FromChannel
    event: ChannelEvent

    @property
    def raw(self) -> str:
        return self.event.raw


def read_event(place: int, event: ChannelEvent) -> Told:
    """One event. ProblemError `malformed` with its place; what a later version may read is taken as it is."""
    try:
        envelope = read_from_channel(event.raw)
        try:
            read_body(envelope)
        except ParkedError as parked:
            if parked.code not in LATER:
                raise
    except ParkedError:
        raise ProblemError(Problem.MALFORMED, pointer=f"/events/{place}/raw") from None
    return Told(envelope, event)


def read_all(events: Sequence[ChannelEvent]) -> list[Told]:
    """All events of a request. ProblemError `malformed` names the first that cannot be read."""
    return [read_event(place, one) for place, one in enumerate(events)]


def take(book: Book, channel_id: str, events: Sequence[Told], *, park: bool = False) -> list[ChannelResult]:
    """Keep each event once and apply it; results in order. `park`: apply nothing, they have shown that we cannot."""
    connection = book.connection
    connection.execute(locked(select(CHANNEL.c.channel_id).where(CHANNEL.c.channel_id == channel_id)))
    first = {row.event_key: row.raw.decode("utf-8") for row in first_deliveries(connection, _ids(events))}
    fresh: list[Told] = []
    results: list[ChannelResult | None] = []
    for one in events:
        event_id = one.envelope.event_id
        if event_id in first:
            code = None if first[event_id] == one.raw else "differs"
            results.append(ChannelResult(event_id=event_id, outcome="duplicate", code=code))
        else:
            first[event_id] = one.raw
            fresh.append(one)
            results.append(None)
    settled = iter(_filed(book, channel_id, fresh, park=park))
    return [one or next(settled) for one in results]


def _ids(events: Sequence[Told]) -> list[str]:
    return [one.envelope.event_id for one in events]


def _filed(book: Book, channel_id: str, fresh: Sequence[Told], *, park: bool) -> list[ChannelResult]:
    if not fresh:
        return []
    till = till_at(book.connection, channel_id, CHANNEL_EPOCH)
    last = _last(book.connection, channel_id)
    seq, previous = (last.seq, last.hash) if last is not None else (0, HASH_ZERO)
    arrivals = []
    for one in fresh:
        seq, previous = seq + 1, event_hash(previous, one.raw)
        arrivals.append(Arrival(seq, one.raw, previous, tuple(one.event.attachments or ())))
    history = [
        {"event_id": one.envelope.event_id, "channel_id": channel_id, "type": one.envelope.type,
         "at_ms": one.envelope.at_ms, "member_id": None}
        for one in fresh
    ]  # fmt: skip
    insert_rows(book.connection, CHANNEL_EVENT, history)
    done = file_slice(book, till, arrivals, park=park)
    return [
        ChannelResult(event_id=event_id, outcome=result.outcome, code=result.code)
        for event_id, result in zip(_ids(fresh), done, strict=True)
    ]


def _last(connection: Connection, channel_id: str) -> Row[Any, Any] | None:
    mine = (INBOX.c.till_id == channel_id) & (INBOX.c.epoch == CHANNEL_EPOCH)
    return connection.execute(
        select(INBOX.c.seq, INBOX.c.hash).where(mine).order_by(INBOX.c.seq.desc()).limit(1)
    ).first()
