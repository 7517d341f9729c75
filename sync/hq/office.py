"""Head office as one object: database, clock, side file, limits; what every call of the API is given."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from sqlalchemy import Connection, bindparam, select, true

from app.clock import Clock
from app.domain.programme.document import Programme
from app.failpoints import NO_FAILPOINTS, Failpoints
from sync.hq import feed, meta, week_keys
from sync.hq.database import Database, Job
from sync.hq.erasures import ErasureList
from sync.hq.meta import Incarnation, SideFile
from sync.hq.snapshot_maker import SnapshotMaker
from sync.hq.snapshots import FOLDER, Files, sweep
from sync.hq.tables import ERASED, META, STREAM
from sync.hq.work import holds, rows
from sync.hq.work.apply import preload
from sync.hq.work.book import Book, Settings, Till
from sync.hq.work.erase import erase
from sync.hq.work.identities import current_tills
from sync.hq.work.rates import Rate
from sync.hq.work.reading import Needs
from sync.hq.work.settle import try_parked, understood_now
from sync.protocol.buckets import till_bucket

FINDS: Final = Rate(per_min=30, burst=30)
_STAMP: Final = select(
    *(
        select(META.c.value).where(META.c.id == name).scalar_subquery().label(label)
        for name, label in (("incarnation_no", "number"), ("incarnation", "id"), ("life", "life"))
    ),
    feed.SEQ.scalar_subquery().label("till_seq"),
    STREAM.c.head_seq,
    STREAM.c.head_hash,
).where(STREAM.c.till_id == bindparam("till_id"), STREAM.c.epoch == bindparam("epoch"))


@dataclass(frozen=True, slots=True)
class Limits:
    """Default limits of wire.md ("Problems"); a bucket refills at `per_s` up to `burst`.

    `finds` counts over all workers. After a start `tills_first` tills have their turn at once, then `tills_per_s` more.
    """

    requests_per_s: float = 20
    requests_burst: int = 100
    finds: Rate = FINDS
    enrol_failures_per_s: float = 10 / 60
    enrol_failures_burst: int = 10
    at_once_max: int = 512
    tills_first: int = 100
    tills_per_s: float = 20


@dataclass(frozen=True, slots=True)
class Stamp:
    """The version members of one answer, read in the transaction that made it; the till's only where one was known."""

    incarnation: Incarnation
    acked: tuple[int, str] | None = None
    till_seq: int | None = None


class Buckets:
    """Token buckets by name. Any thread."""

    def __init__(self, clock: Clock, per_s: float, burst: int) -> None:
        self._clock, self._per_s, self._burst = clock, per_s, burst
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait_s(self, name: str, *, take: bool = True) -> int:
        """0 when a token was there (and, with `take`, was taken); else the whole seconds until there is one."""
        now = self._clock.monotonic_s()
        with self._lock:
            tokens, at = self._left.get(name, (float(self._burst), now))
            tokens = min(float(self._burst), tokens + (now - at) * self._per_s)
            if tokens >= 1:
                self._left[name] = (tokens - 1 if take else tokens, now)
                return 0
            self._left[name] = (tokens, now)
            return int((1 - tokens) / self._per_s) + 1


@dataclass
class Office:
    """Any thread. `pinyin` turns a name into syllables (empty text: rows carry none)."""

    database: Database
    clock: Clock
    side: SideFile
    pinyin: Callable[[str], str]
    limits: Limits = Limits()
    programmes: dict[str, Programme] = field(default_factory=dict)
    failpoints: Failpoints = NO_FAILPOINTS
    tills_waiting: int = 0
    """How many tills there were at the start: they may all come at once."""

    def __post_init__(self) -> None:
        limits = self.limits
        self.requests = Buckets(self.clock, limits.requests_per_s, limits.requests_burst)
        self.enrol_failures = Buckets(self.clock, limits.enrol_failures_per_s, limits.enrol_failures_burst)
        self.erasures = ErasureList(self.side.path.with_suffix(".erased"))
        self.files = Files(self.side.path.parent / FOLDER)
        self.snapshots = SnapshotMaker(self.database, self.files, self.clock)
        self._week_ends_ms = 0

    def begin(self) -> Incarnation:
        """At every start, before the first request: marker, incarnation, a new life. Workers begin one by one."""
        with self.database.alone(Job.START):
            return self._begin()

    def _begin(self) -> Incarnation:
        outside, now_ms = self.side.read(), self.clock.now_ms()

        def work(connection: Connection) -> tuple[Incarnation, str]:
            before = meta.incarnation(connection, change=True)
            now, marker = meta.begin(connection, outside, now_ms)
            if now.number != before.number:
                holds.void(self.book(connection), true())
            return now, marker

        now, marker = self.database.run(work)
        self.side.write(now, marker)
        self.erase_again()
        self._try_after_update()
        self.renew_week_keys()
        sweep(self.database, self.files, now_ms)
        with self.database.read() as connection:
            self.tills_waiting = current_tills(connection)
        return now

    def incarnation_no(self, connection: Connection) -> int:
        """The number of the present incarnation."""
        return meta.incarnation(connection).number

    def erase_again(self) -> int:
        """Erase who is on the list and not in the database: it went back. How many; the list gets the rest."""
        listed = self.erasures.read()
        with self.database.read() as connection:
            there = {row.member_id: row.erased_on for row in connection.execute(select(ERASED))}
        for member_id in sorted(there.keys() - listed.keys()):
            self.erasures.add(member_id, there[member_id])
        lost = sorted(listed.keys() - there.keys())
        for member_id in lost:
            self.database.run(partial(self._erase, member_id, listed[member_id]))
        return len(lost)

    def renew_week_keys(self) -> None:
        """The keys of member codes, once for each week this process sees begin."""
        now_ms = self.clock.now_ms()
        if now_ms >= self._week_ends_ms:
            self._week_ends_ms = self.database.run(lambda connection: week_keys.publish(connection, now_ms))

    def _try_after_update(self) -> None:
        """What an older version of this program could not read may be read now."""
        with self.database.read() as connection:
            keys = understood_now(connection)
        for key in keys:
            self.database.run(partial(self._try, key))

    def _try(self, key: str, connection: Connection) -> int:
        return try_parked(self.book(connection), [key])

    def _erase(self, member_id: str, on: str, connection: Connection) -> None:
        book = self.book(connection)
        preload(book, Needs(members={member_id}))
        erase(book, member_id, on)
        book.write()
        feed.publish(connection, rows.changes(book))

    def settings(self) -> Settings:
        return Settings(self.clock.now_ms(), self.programmes, self.pinyin, self.failpoints, self.erasures.add)

    def book(self, connection: Connection) -> Book:
        return Book(connection, self.settings())

    def start_incarnation(self, seen_no: int, *, went_back: bool) -> Incarnation:
        """A new incarnation above everything known, unless somebody was faster."""
        with self.database.alone(Job.START):
            return self._start_incarnation(seen_no, went_back=went_back)

    def _start_incarnation(self, seen_no: int, *, went_back: bool) -> Incarnation:
        outside, now_ms = self.side.number(), self.clock.now_ms()

        def work(connection: Connection) -> tuple[Incarnation, str]:
            own = meta.incarnation(connection, change=True)
            if own.number > seen_no:
                return own, meta.value(connection, "marker")
            highest = max(own.number, outside, seen_no)
            made = meta.start(connection, highest + 1, now_ms, went_back=went_back)
            holds.void(self.book(connection), true())
            return made, meta.value(connection, "marker")

        now, marker = self.database.run(work)
        self.side.write(now, marker)
        return now


def stamp_of(connection: Connection, till: Till | None) -> Stamp:
    """The stamp of an answer made in this transaction."""
    if till is None:
        return Stamp(meta.incarnation(connection))
    who = {"till_id": till.till_id, "epoch": till.epoch, "bucket": till_bucket(till.till_id)}
    row = connection.execute(_STAMP, who).one()
    now = Incarnation(int(row.number), row.id, row.life)
    return Stamp(now, (row.head_seq, row.head_hash), row.till_seq or 0)
