"""The inbox: which events are new, what each became, what a second delivery is told, and parked ones tried again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, Select, bindparam, select, update

from app.domain.chain import Json
from app.failpoints import Failpoint
from sync.hq.feed import Change, publish
from sync.hq.locks import chunks, ids_of, insert_rows, is_sqlite, locked, one_of
from sync.hq.tables import CHANNEL, EVENT, INBOX, PLACE, STORE
from sync.hq.work import attachments as pii
from sync.hq.work.apply import Outcome, Placed, apply_one, body_or_none, preload, refs_json, rows_for, write
from sync.hq.work.book import STORE_CHANNEL, Book, Till
from sync.hq.work.parked import ParkedError
from sync.hq.work.reading import Needs, named_attachments, read_stored
from sync.protocol.buckets import till_bucket
from sync.protocol.channel_facts import CHANNEL_EPOCH
from sync.protocol.facts import Envelope
from sync.protocol.shapes import PiiAttachment, PushResult
from sync.protocol.text import read_canonical

RETRIED_MAX: Final = 500
_PLACED: Final = msgspec.json.Decoder(tuple[Placed, ...])
_PLACE: Final = (
    select(STORE.c.store_id, STORE.c.region_id, CHANNEL.c.channel)
    .join_from(PLACE, STORE, PLACE.c.store_id == STORE.c.store_id)
    .outerjoin(CHANNEL, CHANNEL.c.channel_id == PLACE.c.till_id)
    .where(PLACE.c.till_id == bindparam("till_id"))
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event of a verified batch that was not seen at this seq before."""

    seq: int
    raw: str
    hash: str
    attachments: tuple[PiiAttachment, ...]


@dataclass
class _Event:
    """An arrival on its way. `first` is the key's own row when the event_id was accepted before."""

    arrival: Arrival
    key: str
    envelope: Envelope | None
    outcome: Outcome | None = None
    twin: bool = False
    differs: bool = False


def file_slice(book: Book, till: Till, arrivals: Sequence[Arrival], *, park: bool = False) -> list[PushResult]:
    """Store the bytes, apply what is new, write everything, try parked events again; the answers, ascending.

    `park`: apply nothing, the event has shown that we cannot.
    """
    events = [_opened(till, arrival) for arrival in arrivals]
    _mark_twins(book.connection, events)
    fresh = [one for one in events if not one.twin]
    _preload(book, [one.envelope for one in fresh if one.envelope is not None])
    for one in fresh:
        named = pii.kept(book, one.key, one.arrival.raw, named_attachments(one.envelope, one.arrival.attachments))
        if one.envelope is None or park:
            one.outcome = Outcome("parked", "internal" if park else "bad_event")
        else:
            one.outcome = apply_one(book, till, one.envelope, named)
    book.settings.failpoints.hit(Failpoint.HQ_AFTER_APPLY)
    settled = _retried(book)
    write(book, [one.outcome for one in fresh if one.outcome] + [one.outcome for one in settled])
    _store(book, till, events)
    tell(book.connection, settled)
    book.came |= {one.outcome.waits_for for one in fresh if one.outcome and one.outcome.waits_for}
    told = _standing_of(book.connection, {one.key for one in events if one.twin})
    return [_answer(one, till, told) for one in events]


def standing(connection: Connection, till: Till, base: int, count: int) -> list[PushResult]:
    """Answers for events of this stream that were accepted before: `duplicate`, and how they stand now."""
    if count <= 0:
        return []
    mine = (INBOX.c.till_id == till.till_id) & (INBOX.c.epoch == till.epoch)
    wanted = select(INBOX.c.seq, INBOX.c.event_key, INBOX.c.differs).where(
        mine, INBOX.c.seq.between(base, base + count - 1)
    )
    found = connection.execute(wanted.order_by(INBOX.c.seq)).all()
    told = _standing_of(connection, {row.event_key for row in found})
    return [_duplicate(row.seq, told[row.event_key], till, differs=row.differs) for row in found]


def _opened(till: Till, arrival: Arrival) -> _Event:
    try:
        envelope = read_stored(arrival.raw, till.epoch, arrival.seq)
    except ParkedError:
        return _Event(arrival, f"{till.till_id}/{till.epoch}/{arrival.seq}", None)
    return _Event(arrival, envelope.event_id, envelope)


def _mark_twins(connection: Connection, events: Sequence[_Event]) -> None:
    """Find events whose id was accepted before, in any stream or earlier in this slice; the same or another content."""
    firsts: dict[str, str] = {}
    for row in first_deliveries(connection, [one.key for one in events]):
        firsts[row.event_key] = row.raw.decode("utf-8")
    for one in events:
        if one.key in firsts:
            one.twin = True
            one.differs = not _same(firsts[one.key], one.arrival.raw)
        else:
            firsts[one.key] = one.arrival.raw


def first_deliveries(connection: Connection, keys: Sequence[str]) -> list[Any]:
    """Raw of the first delivery of each event that is known."""
    found = connection.execute(_first_of(sqlite=is_sqlite(connection)), {"keys": ids_of(connection, keys)})
    return list(found)


@cache
def _first_of(*, sqlite: bool) -> Select[Any]:
    same = (INBOX.c.till_id == EVENT.c.till_id) & (INBOX.c.epoch == EVENT.c.epoch) & (INBOX.c.seq == EVENT.c.seq)
    known = one_of(EVENT.c.event_key, "keys", sqlite=sqlite)
    return select(EVENT.c.event_key, INBOX.c.raw).join_from(EVENT, INBOX, same).where(known)


def _same(one: str, other: str) -> bool:
    """The same event, whatever its seq (protocol.md rule 9)."""
    first, second = read_canonical(one), read_canonical(other)
    return {**first, "seq": 0} == {**second, "seq": 0}


def _preload(book: Book, envelopes: Iterable[Envelope]) -> None:
    needs = Needs()
    for envelope in envelopes:
        body = body_or_none(envelope)
        if body is not None:
            needs.add(envelope, body)
    preload(book, needs)


def _store(book: Book, till: Till, events: Sequence[_Event]) -> None:
    now_ms = book.settings.now_ms
    stored = [
        {"till_id": till.till_id, "epoch": till.epoch, "seq": one.arrival.seq, "event_key": one.key,
         "raw": one.arrival.raw.encode("utf-8"), "hash": one.arrival.hash, "received_ms": now_ms,
         "differs": one.differs}
        for one in events
    ]  # fmt: skip
    insert_rows(book.connection, INBOX, stored)
    fresh = [
        {"event_key": one.key, "till_id": till.till_id, "epoch": till.epoch, "seq": one.arrival.seq,
         "store_id": till.store_id, "type": one.envelope.type if one.envelope else "",
         "at_ms": one.envelope.at_ms if one.envelope else now_ms, **_columns(one.outcome)}
        for one in events
        if one.outcome is not None
    ]  # fmt: skip
    insert_rows(book.connection, EVENT, fresh)


def _columns(outcome: Outcome) -> dict[str, Any]:
    return {
        "outcome": outcome.outcome,
        "code": outcome.code,
        "waits_for": outcome.waits_for,
        "rows": msgspec.json.encode(outcome.rows).decode(),
        "balance": msgspec.json.encode(outcome.balance).decode() if outcome.balance else None,
    }


@dataclass
class Settled:
    """A parked event that found what it waited for."""

    key: str
    till: Till
    outcome: Outcome


def waited_for(connection: Connection, names: Iterable[str]) -> set[str]:
    """Those of these names that a parked event waits for."""
    parked = EVENT.c.outcome == "parked"
    found: set[str] = set()
    for part in chunks(sorted(names)):
        wanted = select(EVENT.c.waits_for).where(EVENT.c.waits_for.in_(part), parked)
        found |= set(filter(None, connection.execute(wanted).scalars()))
    return found


def retry(book: Book, arrived: Iterable[str]) -> int:
    """Try parked events again after something they wait for came by another way; how many were settled."""
    book.arrived |= set(arrived)
    settled = _retried(book)
    write(book, [one.outcome for one in settled])
    tell(book.connection, settled)
    return sum(one.outcome.outcome != "parked" for one in settled)


def _retried(book: Book) -> list[Settled]:
    """Apply parked events that wait for what just arrived, and those that wait for them in turn."""
    settled: list[Settled] = []
    seen: set[str] = set()
    while book.arrived:
        names, book.arrived = sorted(book.arrived), set()
        book.came |= set(names)
        for part in chunks(names):
            wanted = select(EVENT).where(EVENT.c.waits_for.in_(part), EVENT.c.outcome == "parked")
            for row in book.connection.execute(locked(wanted.order_by(EVENT.c.event_key).limit(RETRIED_MAX))).all():
                if row.event_key not in seen:
                    seen.add(row.event_key)
                    settled.append(try_again(book, row))
    return settled


def try_again(book: Book, row: Row[Any]) -> Settled:
    """Apply a parked event once more; what cannot be read stays as it is."""
    connection = book.connection
    mine = (INBOX.c.till_id == row.till_id) & (INBOX.c.epoch == row.epoch) & (INBOX.c.seq == row.seq)
    raw = connection.execute(select(INBOX.c.raw).where(mine)).scalar_one().decode("utf-8")
    till = till_at(connection, row.till_id, row.epoch)
    try:
        envelope = read_stored(raw, row.epoch, row.seq)
    except ParkedError as parked:
        return Settled(row.event_key, till, Outcome("parked", parked.code))
    outcome = apply_one(book, till, envelope, pii.read(connection, row.event_key))
    return Settled(row.event_key, till, outcome)


def till_at(connection: Connection, till_id: str, epoch: int) -> Till:
    """The place of an identity."""
    place = connection.execute(_PLACE, {"till_id": till_id}).one()
    return Till(till_id, epoch, place.store_id, place.region_id, place.channel or STORE_CHANNEL)


def tell(connection: Connection, settled: Sequence[Settled]) -> None:
    """Fine print 7: the settled result goes to the bucket of every identity that delivered the event."""
    changes: dict[tuple[str, str], Change] = {}
    for one in settled:
        connection.execute(update(EVENT).where(EVENT.c.event_key == one.key).values(**_columns(one.outcome)))
        if one.outcome.outcome == "parked":
            continue
        wanted = select(INBOX.c.till_id, INBOX.c.epoch, INBOX.c.seq).where(
            INBOX.c.event_key == one.key, INBOX.c.differs.is_(False), INBOX.c.epoch != CHANNEL_EPOCH
        )
        for till_id, epoch, seq in connection.execute(wanted.order_by(INBOX.c.epoch)).all():
            reader = till_at(connection, till_id, epoch)
            bucket = till_bucket(till_id)
            row_id = one.key.replace("/", ":")  # an unreadable event is known by its place
            changes[bucket, row_id] = Change(bucket, "event_result", row_id, _result(one.outcome, reader, seq))
    publish(connection, list(changes.values()))


def _result(outcome: Outcome, reader: Till, seq: int) -> dict[str, Json]:
    fields: dict[str, Json] = {
        "epoch": reader.epoch,
        "seq": seq,
        "outcome": outcome.outcome,
        "rows": refs_json(rows_for(outcome.rows, reader)),
    }
    if outcome.code is not None:
        fields["code"] = outcome.code
    if outcome.balance:
        fields["balance"] = dict(outcome.balance)
    return fields


def _standing_of(connection: Connection, keys: set[str]) -> dict[str, Row[Any]]:
    if not keys:
        return {}
    found = connection.execute(_events_of(sqlite=is_sqlite(connection)), {"keys": ids_of(connection, keys)})
    return {row.event_key: row for row in found}


@cache
def _events_of(*, sqlite: bool) -> Select[Any]:
    return select(EVENT).where(one_of(EVENT.c.event_key, "keys", sqlite=sqlite))


def _answer(one: _Event, till: Till, told: dict[str, Row[Any]]) -> PushResult:
    if one.twin or one.outcome is None:
        return _duplicate(one.arrival.seq, told[one.key], till, differs=one.differs)
    return PushResult(
        seq=one.arrival.seq,
        outcome=one.outcome.outcome,
        code=one.outcome.code,
        rows=rows_for(one.outcome.rows, till),
        balance=dict(one.outcome.balance) or None,
    )


def _duplicate(seq: int, row: Row[Any], till: Till, *, differs: bool) -> PushResult:
    return PushResult(
        seq=seq,
        outcome="duplicate",
        was=row.outcome,
        code="differs" if differs else row.code,
        rows=rows_for(_PLACED.decode(row.rows), till),
        balance=msgspec.json.decode(row.balance) if row.balance else None,
    )
