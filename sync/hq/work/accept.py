"""accept(): a till's batch is verified whole, then stored as bytes and acknowledged; apply() follows in the same slice.

Order of the checks (wire.md, `push`): hashes follow (422) → gap → previous hash and overlap by stored hash (fork).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError

from app import logs
from app.domain.chain import HASH_ZERO, event_hash
from app.failpoints import Failpoint
from sync.hq import feed, meta
from sync.hq.database import Database
from sync.hq.locks import locked
from sync.hq.refused import ProblemError
from sync.hq.tables import EVIDENCE, HOLD, INBOX, STREAM
from sync.hq.work import attachments as pii
from sync.hq.work import holds
from sync.hq.work.book import Book, Settings, Till
from sync.hq.work.inbox import Arrival, file_slice, retry, standing, waited_for
from sync.protocol.buckets import till_bucket
from sync.protocol.problems import Problem
from sync.protocol.shapes import PushedEvent, PushRequest, PushResult

SLICE_EVENTS: Final = 100
_STREAM: Final = locked(
    select(STREAM).where(STREAM.c.till_id == bindparam("till_id"), STREAM.c.epoch == bindparam("epoch"))
)
_ADVANCE: Final = (
    update(STREAM)
    .where(STREAM.c.till_id == bindparam("till"), STREAM.c.epoch == bindparam("of"))
    .values(head_seq=bindparam("head_seq"), head_hash=bindparam("head_hash"))
)
_HASHES: Final = select(INBOX.c.seq, INBOX.c.hash).where(
    INBOX.c.till_id == bindparam("till_id"),
    INBOX.c.epoch == bindparam("epoch"),
    INBOX.c.seq.between(bindparam("low"), bindparam("high")),
)


@dataclass
class Pushed:
    """The end of this request's verified prefix, and what became of each event up to there."""

    acked_seq: int
    acked_hash: str
    incarnation: meta.Incarnation
    till_seq: int = 0
    results: list[PushResult] = field(default_factory=list)
    came: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Fork:
    """Where this batch leaves what was accepted before."""

    seq: int
    expected_hash: str


def push(
    database: Database, till: Till, request: PushRequest, *, settings: Callable[[], Settings], incarnation: str
) -> Pushed:
    """Take a batch. ProblemError `hash`, `gap`, `fork` (the batch is kept as evidence), `reenrol`, `incarnation`."""
    broken = first_broken(request)
    if broken is not None:
        raise ProblemError(Problem.HASH, seq=broken)
    results: list[PushResult] = []
    way = Way()
    failpoints = settings().failpoints
    failpoints.hit(Failpoint.HQ_BEFORE_PUSH)
    while True:
        step = _Step(till, request, len(results), settings(), incarnation, way)
        try:
            found = database.run(step.run)
        except (ProblemError, OperationalError, InterfaceError, IntegrityError):
            raise
        except Exception as error:  # BLE001 rule 1: one event we cannot digest must not stop the stream
            logs.event("hq", "slice_failed", logging.ERROR, till=till.till_id, error=type(error).__name__)
            if way.park:
                raise
            way = Way(1, park=way.events_max == 1)
            continue
        failpoints.hit(Failpoint.HQ_AFTER_COMMIT)
        way = Way(way.events_max)
        if isinstance(found, Fork):
            raise ProblemError(Problem.FORK, seq=found.seq, expected_hash=found.expected_hash)
        parks = any(one.outcome == "parked" for one in found.results)
        if found.came and (parks or not database.is_sqlite):
            look_again(database, found.came, settings())
        results += found.results
        if len(results) >= len(request.events):
            found.results = results
            return found


def look_again(database: Database, names: set[str], settings: Settings) -> int:
    """Try what waits for these names, now that the slice is committed; how many were settled.

    An event that parks and the event it waits for may be applied side by side, neither seeing the other. Whichever
    is committed last sees both here. SQLite's writers come one at a time: there only an event of the same slice, which
    was not stored yet when what it waits for came, is looked for.
    """
    with database.read() as connection:
        waiting = waited_for(connection, names)
    return database.run(lambda connection: retry(Book(connection, settings), waiting)) if waiting else 0


def first_broken(request: PushRequest) -> int | None:
    """The first seq whose hash does not follow. ProblemError `malformed` for text that has no UTF-8."""
    previous = request.prev_hash
    for number, one in enumerate(request.events):
        if event_hash(previous, one.raw) != one.hash:
            return request.base_seq + number
        previous = one.hash
    return None


@dataclass(frozen=True, slots=True)
class Way:
    """How the next slice is taken: a hundred events; after a failure one by one; one that fails alone is parked."""

    events_max: int = SLICE_EVENTS
    park: bool = False


@dataclass(frozen=True, slots=True)
class _Step:
    """One slice of a batch, from event `start` on, in one transaction."""

    till: Till
    request: PushRequest
    start: int
    settings: Settings
    incarnation: str
    way: Way

    def run(self, connection: Connection) -> Pushed | Fork:
        now = meta.incarnation(connection, lock=True)
        if now.id != self.incarnation:
            raise ProblemError(Problem.INCARNATION)
        stream = lock_stream(connection, self.till)
        events = self.request.events[self.start :]
        base = self.request.base_seq + self.start
        previous = self.request.events[self.start - 1].hash if self.start else self.request.prev_hash
        if base > stream.head_seq + 1:
            raise ProblemError(Problem.GAP, expected_seq=stream.head_seq + 1)
        fork = _fork(connection, self.till, base=base, previous=previous, events=events)
        if fork is not None:
            self._quarantine(connection)
            return fork
        known = overlap(stream.head_seq, base, len(events))
        results = standing(connection, self.till, base, known)
        fresh = events[known : known + self.way.events_max]
        came: set[str] = set()
        if fresh:
            book = Book(connection, self.settings)
            results += self._take(book, fresh, base + known)
            came = book.came
        self.settings.failpoints.hit(Failpoint.HQ_BEFORE_COMMIT)
        till_seq = feed.seq_of(connection, till_bucket(self.till.till_id))
        return Pushed(*verified(base, previous, events[: known + len(fresh)]), now, till_seq, results, came)

    def _take(self, book: Book, fresh: Sequence[PushedEvent], first_seq: int) -> list[PushResult]:
        arrivals = [
            Arrival(first_seq + number, one.raw, one.hash, tuple(one.attachments or ()))
            for number, one in enumerate(fresh)
        ]
        last = arrivals[-1]
        moved = {"till": self.till.till_id, "of": self.till.epoch, "head_seq": last.seq, "head_hash": last.hash}
        book.connection.execute(_ADVANCE, moved)
        return file_slice(book, self.till, arrivals, park=self.way.park)

    def _quarantine(self, connection: Connection) -> None:
        """Keep the batch as evidence and close the identity; its holds die with it."""
        till, request = self.till, self.request
        mine = (EVIDENCE.c.till_id == till.till_id) & (EVIDENCE.c.epoch == till.epoch)
        n = connection.execute(select(func.count()).select_from(EVIDENCE).where(mine)).scalar_one() + 1
        bare = [{"raw": one.raw, "hash": one.hash} for one in request.events]
        connection.execute(
            insert(EVIDENCE).values(
                till_id=till.till_id, epoch=till.epoch, n=n, base_seq=request.base_seq, prev_hash=request.prev_hash,
                events=msgspec.json.encode(bare), received_ms=self.settings.now_ms,
            )
        )  # fmt: skip
        book = Book(connection, self.settings)
        for number, one in enumerate(request.events):
            found = {attachment.pii_ref: attachment for attachment in one.attachments or ()}
            pii.kept(book, f"fork:{till.till_id}/{till.epoch}/{n}/{number}", one.raw, found)
        close_identity(book, till.till_id, till.epoch, "fork")


def overlap(head_seq: int, base: int, count: int) -> int:
    """How many of `count` events from `base` on this stream has already: answered again, applied never (rule 2)."""
    return min(count, head_seq + 1 - base)


def verified(base: int, previous: str, events: Sequence[PushedEvent]) -> tuple[int, str]:
    """The end of what this request verified, and its hash: never the stream's head (rule 6)."""
    return base - 1 + len(events), events[-1].hash if events else previous


def close_identity(book: Book, till_id: str, epoch: int, reason: str) -> None:
    """Close one identity for good; its open holds are void."""
    mine = (STREAM.c.till_id == till_id) & (STREAM.c.epoch == epoch) & STREAM.c.closed.is_(None)
    book.connection.execute(update(STREAM).where(mine).values(closed=reason))
    holds.void(book, (HOLD.c.till_id == till_id) & (HOLD.c.epoch == epoch))


def lock_stream(connection: Connection, till: Till) -> Row[Any]:
    """The till's stream, locked. ProblemError `reenrol` when it was closed meanwhile."""
    stream = connection.execute(_STREAM, {"till_id": till.till_id, "epoch": till.epoch}).one()
    if stream.closed is not None:
        raise ProblemError(Problem.REENROL, reason=stream.closed)
    return stream


def _fork(
    connection: Connection, till: Till, *, base: int, previous: str, events: Sequence[PushedEvent]
) -> Fork | None:
    span = {"till_id": till.till_id, "epoch": till.epoch, "low": base - 1, "high": base - 1 + len(events)}
    found = connection.execute(_HASHES, span)
    stored: dict[int, str] = {row.seq: row.hash for row in found}
    stored[0] = HASH_ZERO
    if stored[base - 1] != previous:
        return Fork(base - 1, stored[base - 1])
    for number, one in enumerate(events):
        expected = stored.get(base + number, one.hash)
        if expected != one.hash:
            return Fork(base + number, expected)
    return None
