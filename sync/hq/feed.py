"""The feed: current rows ordered by row_seq per bucket, numbered under the lock of the bucket's head (rules 3 and 4).

`publish` is the only writer: it runs last in a transaction, keeps number and checksum of live rows, and gives every
(kind, id) one version over all buckets. Readers take one snapshot transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, bindparam, select

from app.domain.chain import Json, canonical, row_hash
from sync.hq.fault import Fault
from sync.hq.locks import ids_of, insert_new, is_sqlite, lock_by_id, one_of, upsert
from sync.hq.tables import BUCKET, ROW
from sync.protocol.buckets import CHECKSUM_ZERO, checksum_of, slice_of
from sync.protocol.shapes import Head, VerifySlice, WireRow

PAGE_ROWS_READ: Final = 500
ROW_OVERHEAD_BYTES: Final = 160


@dataclass(frozen=True, slots=True)
class Change:
    """A row as it stands now in one bucket; `fields` without kind, id and ver; None: deleted there.

    `partners`: ids of rows of the same kind that the same transfer changed; they become its peers (fine print 5).
    """

    bucket: str
    kind: str
    id: str
    fields: Mapping[str, Json] | None
    partners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one bucket after a cursor, and the head of the same snapshot."""

    rows: tuple[WireRow, ...]
    head: Head
    floor: int
    last: bool

    @property
    def next(self) -> int:
        return self.head.seq if self.last else self.rows[-1].row_seq


Versions = Mapping[tuple[str, str], int]
Standing = dict[tuple[str, str], dict[str, tuple[int, str | None]]]
MOVING: Final = frozenset(("member", "card", "account", "coupon"))
"""Kinds whose row may live in several buckets at once, or move; all others belong to one store, till or the chain."""
SEQ: Final = select(BUCKET.c.seq).where(BUCKET.c.id == bindparam("bucket"))
_FLOOR: Final = select(BUCKET.c.floor).where(BUCKET.c.id == bindparam("bucket"))
_AFTER: Final = (
    select(ROW)
    .where(ROW.c.bucket == bindparam("bucket"), ROW.c.row_seq > bindparam("after"))
    .order_by(ROW.c.row_seq)
    .limit(bindparam("rows_max"))
)


def publish(connection: Connection, changes: Sequence[Change]) -> Versions:
    """Write changes to the feed; the version of each (kind, id) written, the same in all its buckets.

    Locks the bucket heads in the order of their ids. A deletion of a row that is not live changes nothing.
    """
    if not changes:
        return {}
    if len({(one.bucket, one.kind, one.id) for one in changes}) != len(changes):
        raise AssertionError("one change per row and bucket")
    names = sorted({change.bucket for change in changes})
    insert_new(connection, BUCKET, [_empty(name) for name in names])
    moving = {row.id: _Moving(row.seq, row.live_rows, int(row.checksum, 16), row.floor)
              for row in lock_by_id(connection, BUCKET, names)}  # fmt: skip
    old = _standing(connection, changes)
    versions = _next_versions(changes, old)
    unchanged = _unchanged(changes, old)
    for change in changes:
        before = old[change.kind, change.id].get(change.bucket)
        ver, peers = versions[change.kind, change.id], _peers(change, versions, unchanged)
        moving[change.bucket].take(change, ver, before[1] if before else None, peers)
    written = [row for name in names for row in moving[name].rows]
    upsert(connection, ROW, written)
    upsert(connection, BUCKET, [moving[name].head(name) for name in names])
    return {(row["kind"], row["id"]): row["ver"] for row in written}


def _next_versions(changes: Sequence[Change], old: Standing) -> dict[tuple[str, str], int]:
    """One above the highest version of the row: over all buckets where rows move between them, else in its own.

    Rows of one transfer get the same one, the highest of theirs: what was settled by a version of an account is
    contained in every later version of the account it was merged into.
    """
    found: dict[tuple[str, str], int] = {}
    for change in changes:
        standing = old[change.kind, change.id]
        highest = max((ver for ver, _ in standing.values()), default=0)
        found[change.kind, change.id] = max(found.get((change.kind, change.id), 0), highest + 1)
    for change in changes:
        together = [(change.kind, one) for one in (change.id, *change.partners) if (change.kind, one) in found]
        if change.partners:
            found |= dict.fromkeys(together, max(found[one] for one in together))
    return found


def _unchanged(changes: Sequence[Change], old: Standing) -> dict[tuple[str, str], int]:
    """The highest version of each row that is deleted where it is not live: it stands, no other is written."""
    live = {(one.kind, one.id) for one in changes if one.fields is not None or _is_live(old, one)}
    return {
        key: max((ver for ver, _ in standing.values()), default=0) for key, standing in old.items() if key not in live
    }


def _is_live(old: Standing, change: Change) -> bool:
    return old[change.kind, change.id].get(change.bucket, (0, None))[1] is not None


def _peers(
    change: Change, versions: Mapping[tuple[str, str], int], unchanged: Mapping[tuple[str, str], int]
) -> dict[str, int]:
    """The versions its partners have after this transfer: a till that waits for one that is never written waits
    without end."""
    keys = {one: (change.kind, one) for one in change.partners if (change.kind, one) in versions}
    found = {one: unchanged.get(key, versions[key]) for one, key in keys.items()}
    return {one: ver for one, ver in found.items() if ver}


def _empty(name: str) -> dict[str, Any]:
    return {"id": name, "seq": 0, "live_rows": 0, "checksum": CHECKSUM_ZERO, "floor": 0}


def _standing(connection: Connection, changes: Sequence[Change]) -> Standing:
    """(kind, id) → bucket → (ver, h) of the rows that exist: in every bucket for kinds that move, else in their own."""
    found: Standing = {(one.kind, one.id): {} for one in changes}
    ids: dict[str, set[str]] = {}
    for one in changes:
        ids.setdefault(one.kind, set()).add(one.id)
    for kind in sorted(ids):
        own = sorted({one.bucket for one in changes if one.kind == kind})
        given = {"kind": kind, "ids": ids_of(connection, ids[kind]), "buckets": ids_of(connection, own)}
        wanted = _versions_of(everywhere=kind in MOVING, sqlite=is_sqlite(connection))
        for bucket, id_, ver, h in connection.execute(wanted, given):
            found[kind, id_][bucket] = (ver, h)
    return found


@cache
def _versions_of(*, everywhere: bool, sqlite: bool) -> Select[Any]:
    mine = (ROW.c.kind == bindparam("kind")) & one_of(ROW.c.id, "ids", sqlite=sqlite)
    wanted = select(ROW.c.bucket, ROW.c.id, ROW.c.ver, ROW.c.h).where(mine)
    return wanted if everywhere else wanted.where(one_of(ROW.c.bucket, "buckets", sqlite=sqlite))


@dataclass(slots=True)
class _Moving:
    """A head under its lock, and the rows it gets. `checksum`: the sum as a number."""

    seq: int
    live_rows: int
    checksum: int
    floor: int
    rows: list[dict[str, Any]] = field(default_factory=list)

    def take(self, change: Change, ver: int, h_before: str | None, peers: Mapping[str, int]) -> None:
        """The change as the next row; a deletion of what is not live changes nothing."""
        if change.fields is None and h_before is None:
            return
        raw = h = None
        if h_before is not None:
            self.checksum, self.live_rows = self.checksum - int(h_before, 16), self.live_rows - 1
        if change.fields is not None:
            raw = canonical({"kind": change.kind, "id": change.id, "ver": ver, **change.fields})
            h = row_hash(raw)
            self.checksum, self.live_rows = self.checksum + int(h, 16), self.live_rows + 1
        self.seq += 1
        self.rows.append(
            {
                "bucket": change.bucket,
                "kind": change.kind,
                "id": change.id,
                "ver": ver,
                "row_seq": self.seq,
                "raw": raw,
                "h": h,
                "peers": msgspec.json.encode(peers).decode() if peers else None,
                "slice": slice_of(change.kind, change.id),
            }
        )

    def head(self, name: str) -> dict[str, Any]:
        """As a row of its table."""
        checksum = checksum_of(self.checksum)
        return {"id": name, "seq": self.seq, "live_rows": self.live_rows, "checksum": checksum, "floor": self.floor}


def wire(row: Any, bucket: str | None = None) -> WireRow:
    """A table row as it travels."""
    return WireRow(
        kind=row.kind,
        id=row.id,
        ver=row.ver,
        row_seq=row.row_seq,
        deleted=True if row.h is None else None,
        raw=row.raw,
        h=row.h,
        peers=msgspec.json.decode(row.peers) if row.peers else None,
        bucket=bucket,
    )


def heads(connection: Connection, names: Iterable[str]) -> dict[str, Head]:
    """The heads of these buckets; one without rows stands at 0."""
    wanted = list(names)
    found = {name: Head(id=name, seq=0, live_rows=0, checksum=CHECKSUM_ZERO) for name in wanted}
    rows = connection.execute(_heads_of(sqlite=is_sqlite(connection)), {"ids": ids_of(connection, wanted)})
    for row in rows:
        found[row.id] = Head(id=row.id, seq=row.seq, live_rows=row.live_rows, checksum=row.checksum)
    return found


@cache
def _heads_of(*, sqlite: bool) -> Select[Any]:
    return select(BUCKET).where(one_of(BUCKET.c.id, "ids", sqlite=sqlite))


def seq_of(connection: Connection, name: str) -> int:
    """The head of one bucket."""
    return connection.execute(SEQ, {"bucket": name}).scalar() or 0


def seqs(connection: Connection) -> dict[str, int]:
    """The head of every bucket that has one."""
    return {id_: seq for id_, seq in connection.execute(select(BUCKET.c.id, BUCKET.c.seq))}  # noqa: C416 rows are no pairs to mypy


def pull(connection: Connection, bucket: str, after: int, *, rows_max: int, bytes_max: int) -> Page:
    """Rows with row_seq > after, ascending, deleted ones included, up to a number of rows and bytes."""
    head = heads(connection, [bucket])[bucket]
    floor = connection.execute(_FLOOR, {"bucket": bucket}).scalar() or 0
    rows: list[WireRow] = []
    size, position, full = 0, after, False
    while not full:
        limit = min(PAGE_ROWS_READ, rows_max - len(rows))
        part = connection.execute(_AFTER, {"bucket": bucket, "after": position, "rows_max": limit}).all()
        for row in part:
            size += len(row.raw.encode()) + row.raw.count('"') + ROW_OVERHEAD_BYTES if row.raw else ROW_OVERHEAD_BYTES
            if rows and size > bytes_max:
                full = True
                break
            rows.append(wire(row))
            position = row.row_seq
        full = full or len(part) < limit or len(rows) >= rows_max
    return Page(tuple(rows), head, floor, last=not rows or rows[-1].row_seq >= head.seq)


def slices(connection: Connection, bucket: str) -> tuple[Head, list[VerifySlice]]:
    """The head and the checksums of the slices that hold live rows, by number, from the rows themselves."""
    head = heads(connection, [bucket])[bucket]
    found: dict[int, tuple[int, int]] = {}
    wanted = select(ROW.c.slice, ROW.c.h).where(ROW.c.bucket == bucket, ROW.c.h.is_not(None))
    for number, h in connection.execute(wanted):
        live, total = found.get(number, (0, 0))
        found[number] = (live + 1, total + int(h, 16))
    parts = sorted(found.items())
    return head, [VerifySlice(n=n, live_rows=live, checksum=checksum_of(total)) for n, (live, total) in parts]


def slice_rows(connection: Connection, bucket: str, number: int) -> tuple[Head, list[WireRow]]:
    """All live rows of one slice, by row_seq."""
    head = heads(connection, [bucket])[bucket]
    wanted = select(ROW).where(ROW.c.bucket == bucket, ROW.c.slice == number, ROW.c.h.is_not(None))
    return head, [wire(row) for row in connection.execute(wanted.order_by(ROW.c.row_seq))]


def live(connection: Connection, kind: str, ids: Sequence[str], buckets: Sequence[str]) -> list[WireRow]:
    """The live rows of these ids in any of these buckets, each with its bucket."""
    wanted = select(ROW).where(ROW.c.kind == kind, ROW.c.id.in_(ids), ROW.c.bucket.in_(buckets), ROW.c.h.is_not(None))
    return [wire(row, row.bucket) for row in connection.execute(wanted.order_by(ROW.c.id))]


def audit(connection: Connection) -> list[Fault]:
    """Every head against its rows: highest row_seq (I5); number and checksum of live rows, each row's own hash (I6)."""
    found: dict[str, _Moving] = {}
    faults = []
    for bucket, seq, raw, h in connection.execute(select(ROW.c.bucket, ROW.c.row_seq, ROW.c.raw, ROW.c.h)):
        rows = found.get(bucket) or found.setdefault(bucket, _Moving(0, 0, 0, 0))
        rows.seq = max(rows.seq, seq)
        if h is not None:
            rows.checksum, rows.live_rows = rows.checksum + int(h, 16), rows.live_rows + 1
            if row_hash(raw) != h:
                faults.append(Fault("I6", bucket, "row_hash"))
    for row in connection.execute(select(BUCKET)).all():
        rows = found.pop(row.id, _Moving(0, 0, 0, 0))
        if max(rows.seq, row.floor) != row.seq:  # the last row may have been a tombstone that was purged
            faults.append(Fault("I5", row.id, "head_seq"))
        if (rows.live_rows, checksum_of(rows.checksum)) != (row.live_rows, row.checksum):
            faults.append(Fault("I6", row.id, "head"))
    return [*faults, *(Fault("I5", bucket, "head_missing") for bucket in found)]
