"""Forgets what every till has had time to read: old tombstones, and results a till was told 35 days ago.

How old a row is at least is known from where its bucket's head stood each night. Pulling from below the floor answers
410, so a bucket's floor rises only when a snapshot file stands above it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy import Connection, delete, func, select, update

from sync.hq import feed, snapshots
from sync.hq.feed import Change
from sync.hq.locks import insert_new, lock_by_id
from sync.hq.office import Office
from sync.hq.tables import BUCKET, MARK, ROW
from sync.hq.work.code_uses import forget_uses

KEPT_DAYS: Final = 35
KEPT_DAYS_MAX: Final = 3_650
DAY_MS: Final = 86_400_000
RESULTS_PER_TRANSACTION: Final = 500


@dataclass(frozen=True, slots=True)
class Purged:
    """How many deleted rows and old results were forgotten, and how many files were made for it."""

    tombstones: int = 0
    results: int = 0
    files: int = 0


def purge(office: Office, *, days: int = KEPT_DAYS) -> Purged:
    """One night's run over all buckets. Each bucket has its own transactions: it may end and start anywhere."""
    now_ms = office.clock.now_ms()
    with office.database.read() as connection:
        names = snapshots.buckets(connection)
    office.database.run(partial(_mark, names, now_ms))
    done = Purged()
    for bucket in names:
        results = office.database.run(partial(_forget_results, bucket, now_ms - days * DAY_MS))
        with office.database.read() as connection:
            floor = _next_floor(connection, bucket, now_ms - days * DAY_MS)
            latest = snapshots.newest(connection, bucket)
        files = 0
        if floor and (latest is None or latest.seq < floor):
            snapshots.make(office.database, office.files, office.clock, bucket)
            files = 1
        gone = office.database.run(partial(_raise_floor, bucket, floor)) if floor else 0
        done = Purged(done.tombstones + gone, done.results + results, done.files + files)
    office.database.run(partial(forget_uses, now_ms - days * DAY_MS))
    unneeded = MARK.c.at_ms < now_ms - 2 * days * DAY_MS
    office.database.run(lambda connection: connection.execute(delete(MARK).where(unneeded)))
    return done


def _mark(names: list[str], now_ms: int, connection: Connection) -> None:
    heads = feed.heads(connection, names)
    insert_new(connection, MARK, [{"bucket": one.id, "at_ms": now_ms, "seq": one.seq} for one in heads.values()])


def _old(connection: Connection, bucket: str, before_ms: int) -> int:
    """Rows up to this row_seq are at least that old."""
    wanted = select(func.max(MARK.c.seq)).where(MARK.c.bucket == bucket, MARK.c.at_ms <= before_ms)
    return connection.execute(wanted).scalar() or 0


def _forget_results(bucket: str, before_ms: int, connection: Connection) -> int:
    old = _old(connection, bucket, before_ms)
    mine = (ROW.c.bucket == bucket) & (ROW.c.kind == "event_result") & ROW.c.h.is_not(None) & (ROW.c.row_seq <= old)
    ids = list(connection.execute(select(ROW.c.id).where(mine).limit(RESULTS_PER_TRANSACTION)).scalars())
    feed.publish(connection, [Change(bucket, "event_result", one, None) for one in ids])
    return len(ids)


def _next_floor(connection: Connection, bucket: str, before_ms: int) -> int:
    """The highest row_seq among the tombstones that are old enough; 0: none is."""
    old = _old(connection, bucket, before_ms)
    mine = (ROW.c.bucket == bucket) & ROW.c.h.is_(None) & (ROW.c.row_seq <= old)
    return connection.execute(select(func.max(ROW.c.row_seq)).where(mine)).scalar() or 0


def _raise_floor(bucket: str, floor: int, connection: Connection) -> int:
    """Delete the tombstones up to `floor`, under the head's lock, where a file stands above it; how many."""
    lock_by_id(connection, BUCKET, [bucket])
    latest = snapshots.newest(connection, bucket)
    if latest is None or latest.seq < floor:
        return 0
    mine = (ROW.c.bucket == bucket) & ROW.c.h.is_(None) & (ROW.c.row_seq <= floor)
    gone = connection.execute(delete(ROW).where(mine)).rowcount
    connection.execute(update(BUCKET).where(BUCKET.c.id == bucket).values(floor=floor))
    return gone
