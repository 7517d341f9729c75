"""Rows of the feed into the cache, one bucket at a time: only newer ones, counts and checksum kept with them.

Inside a transaction of the caller. What is held of a page's rows is read with one statement per kind and written with
another; an index is touched only where what it holds changes. Members carry their search columns and tokens; kinds
without a table of their own stand in `other`. A repair marks what is held (negative row_seq) and sweeps what did not
come again.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import repeat
from operator import attrgetter, itemgetter
from typing import Any, Final, NamedTuple, Protocol

from app.services.sync_ports import FeedPage, FeedRow
from app.store.connect import Connection
from app.store.row_columns import (
    COLUMNS,
    MORE,
    NOBODY,
    OTHER,
    TABLES,
    MemberText,
    columns_of,
    member_text,
    table_of,
    tokens_of,
)

SUM_MODULUS: Final = 1 << 64
H_BYTES: Final = 8

BUCKET: Final = "SELECT no, live_rows, members, checksum FROM bucket WHERE id = ?"
ADD_BUCKET: Final = (
    "INSERT INTO bucket (id, incarnation_no, seq, live_rows, members) VALUES (?, ?, 0, 0, 0) RETURNING no"
)
MOVE_BUCKET: Final = (
    "UPDATE bucket SET incarnation_no = ?, seq = ?, live_rows = ?, members = ?, checksum = ? WHERE no = ?"
)
DROP_TOKEN: Final = "DELETE FROM name_token WHERE token = ? AND member = ?"
"""By its key: there is no index on member, and a scan for each member would make a first load quadratic."""
ADD_TOKEN: Final = "INSERT OR IGNORE INTO name_token VALUES (?, ?)"


def held_columns(table: str) -> str:
    """What a statement names to read rows as `Held`, in that order."""
    own = "".join(f", {name}" for name in COLUMNS[table])
    return f"id, n, incarnation_no, ver, h, {'raw' if table == 'member' else 'NULL'}{own}"


def _held(table: str) -> str:
    ids = "id IN (SELECT value FROM json_each(?)) AND bucket = ?"
    kind = "kind = ? AND " if table == OTHER else ""
    return f"SELECT {held_columns(table)} FROM {table} WHERE {kind}{ids}"


def _insert(table: str) -> str:
    kind = ("kind",) if table == OTHER else ()
    own = (*kind, *COLUMNS[table], *MORE[table])
    names = ("n", "bucket", "id", "incarnation_no", "ver", "row_seq", "raw", "h", *own)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


def _update(table: str, indexed: tuple[str, ...] = ()) -> str:
    names = ("incarnation_no", "ver", "row_seq", "raw", "h", *MORE[table], *indexed)
    return f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in names)}, peers = NULL WHERE n = ?"


HELD: Final = {table: _held(table) for table in TABLES}
INSERT: Final = {table: _insert(table) for table in TABLES}
UPDATE: Final = {table: _update(table) for table in TABLES}
REINDEX: Final = {table: _update(table, COLUMNS[table]) for table in TABLES}
NAME_PEERS: Final = {table: f"UPDATE {table} SET peers = ? WHERE n = ?" for table in TABLES}
"""Of the few rows that have any: for each None and each `bytes` of a statement the driver looks for an adapter, which
takes longer than to store the rest of the row. So hashes are handed over as bytearrays, too."""

Values = tuple[object, ...]


class Held(NamedTuple):
    """A row as it is held: its place, version and hash; `text`: raw of a member; `indexed`: its values of COLUMNS."""

    n: int
    incarnation_no: int
    ver: int
    h: bytes | None
    text: str | None
    indexed: Values

    @classmethod
    def by_id(cls, rows: Iterable[tuple[Any, ...]]) -> dict[str, Held]:
        """Rows of `held_columns` by their id."""
        return {row[0]: cls(row[1], row[2], row[3], row[4], row[5], row[6:]) for row in rows}


class Standing(Protocol):
    """What a bucket holds of the rows to come."""

    def held(self, kind: str, ids: Sequence[str]) -> Mapping[str, Held]:
        """Those of these rows that are here."""
        ...

    def added(self, kind: str, ids: Sequence[str], first_n: int) -> None:
        """These rows are here now, at places that follow each other."""
        ...


@dataclass(frozen=True, slots=True)
class Indexed:
    """`Standing` in a cache that is in use: its indexes are asked."""

    db: Connection
    no: int

    def held(self, kind: str, ids: Sequence[str]) -> Mapping[str, Held]:
        table, where = table_of(kind), (json.dumps(sorted(ids)), self.no)
        return Held.by_id(self.db.execute(HELD[table], where if table != OTHER else (kind, *where)))

    def added(self, kind: str, ids: Sequence[str], first_n: int) -> None:
        """The index knows."""


@dataclass(slots=True)
class BucketRows:
    """One bucket of a cache being brought forward. `checksum`: sum of the live rows' h mod 2^64.

    `tokens` False: they are made later, of all members at once.
    """

    db: Connection
    no: int
    live_rows: int
    members: int
    checksum: int
    standing: Standing
    tokens: bool = True
    _next: dict[str, int] = field(default_factory=dict)
    _inserts: list[tuple[str, Iterable[Values]]] = field(default_factory=list)
    _updates: dict[str, list[Values]] = field(default_factory=dict)
    _peers: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    _gone: list[tuple[str, int]] = field(default_factory=list)
    _come: list[tuple[str, int]] = field(default_factory=list)

    def put(self, rows: Iterable[FeedRow], incarnation_no: int, *, replace: bool) -> None:
        """Take each row whose (incarnation_no, ver) is higher than what is held, or whatever it is under `replace`.

        Its hash is made of the text that came, so a damaged text shows in the bucket's checksum.
        """
        kinds: dict[str, list[FeedRow]] = {}
        for row in rows:
            kinds.setdefault(row.kind, []).append(row)
        for kind, some in kinds.items():
            if len({row.id for row in some}) == len(some):
                self._put(kind, some, incarnation_no, replace=replace)
                continue
            for row in some:  # one twice, which head office never sends: each is judged by what is here then
                self._put(kind, [row], incarnation_no, replace=replace)
                self.write()

    def write(self) -> None:
        """Write what was put: new rows first, then changes in the order of their places."""
        for statement, rows in self._inserts:
            self.db.executemany(statement, rows)
        for statement, changed in self._updates.items():
            self.db.executemany(statement, sorted(changed, key=itemgetter(-1)))
        for table, named in self._peers.items():
            self.db.executemany(NAME_PEERS[table], named)
        self.db.executemany(DROP_TOKEN, sorted(self._gone))
        self.db.executemany(ADD_TOKEN, sorted(self._come))
        for written in (self._inserts, self._updates, self._peers, self._gone, self._come):
            written.clear()

    def _put(self, kind: str, rows: list[FeedRow], incarnation_no: int, *, replace: bool) -> None:
        held = self.standing.held(kind, [row.id for row in rows])
        if not held:
            self._add(kind, rows, incarnation_no)
            return
        known = [row for row in rows if row.id in held]
        if not replace:
            known = [row for row in known if held[row.id][1:3] < (incarnation_no, row.ver)]
        self._add(kind, [row for row in rows if row.id not in held], incarnation_no)
        self._change(kind, known, held, incarnation_no)

    def _add(self, kind: str, rows: list[FeedRow], incarnation_no: int) -> None:
        if not rows:
            return
        table, ids, texts = table_of(kind), [row.id for row in rows], [row.raw for row in rows]
        hashes, columns = _hashes(texts), columns_of(kind, texts)
        places = range(first := self._place(table, len(rows)), first + len(rows))
        values = zip(
            places, repeat(self.no), ids, repeat(incarnation_no), [row.ver for row in rows],
            [row.row_seq for row in rows], texts, hashes, *((repeat(kind),) if table == OTHER else ()),
            *columns.indexed, *columns.more, strict=False,
        )  # fmt: skip
        self._inserts.append((INSERT[table], values))
        self._name_peers(table, rows, places)
        self._count(table, hashes, 1)
        self.standing.added(kind, ids, first)
        if self.tokens:
            members = zip(places, columns.members, strict=False)
            self._come += [(token, n) for n, member in members for token in tokens_of(member)]

    def _change(self, kind: str, rows: list[FeedRow], held: Mapping[str, Held], incarnation_no: int) -> None:
        table, texts = table_of(kind), [row.raw for row in rows]
        hashes, columns = _hashes(texts), columns_of(kind, texts)
        olds = [held[row.id] for row in rows]
        self._count(table, [old.h for old in olds], -1)
        self._count(table, hashes, 1)
        mores = zip(*columns.more, strict=True) if columns.more else repeat(())
        same, moved = self._updates.setdefault(UPDATE[table], []), self._updates.setdefault(REINDEX[table], [])
        for row, old, h, indexed, more in zip(
            rows, olds, hashes, zip(*columns.indexed, strict=True), mores, strict=False
        ):
            values = (incarnation_no, row.ver, row.row_seq, row.raw, h, *more)
            if old.indexed == indexed:
                same.append((*values, old.n))
            else:
                moved.append((*values, *indexed, old.n))
        self._name_peers(table, rows, [old.n for old in olds])
        if self.tokens:
            for old, member in zip(olds, columns.members, strict=False):
                self._move_tokens(old, member)

    def _name_peers(self, table: str, rows: Iterable[FeedRow], places: Iterable[int]) -> None:
        found = [(json.dumps(dict(row.peers)), n) for row, n in zip(rows, places, strict=True) if row.peers]
        if found:
            self._peers.setdefault(table, []).extend(found)

    def _place(self, table: str, count: int) -> int:
        """The first of so many places after the last row's."""
        if table not in self._next:
            self._next[table] = self.db.execute(f"SELECT coalesce(max(n), 0) + 1 FROM {table}").fetchone()[0]
        self._next[table] += count
        return self._next[table] - count

    def _count(self, table: str, hashes: Sequence[bytes | bytearray | None], by: int) -> None:
        live = [h for h in hashes if h is not None]
        self.live_rows += by * len(live)
        self.members += by * len(live) if table == "member" else 0
        total = sum(struct.unpack(f">{len(live)}Q", b"".join(live)))
        self.checksum = (self.checksum + by * total) % SUM_MODULUS

    def _move_tokens(self, held: Held, after: MemberText) -> None:
        before = member_text(held.text) if held.text else NOBODY
        if (before.name, before.pinyin) == (after.name, after.pinyin):
            return
        old, new = set(tokens_of(before)), set(tokens_of(after))
        self._gone += [(token, held.n) for token in old - new]
        self._come += [(token, held.n) for token in new - old]

    def mark(self) -> None:
        """Begin a repair: what is held now must come again."""
        for table in TABLES:
            self.db.execute(f"UPDATE {table} SET row_seq = -row_seq - 1 WHERE bucket = ? AND row_seq >= 0", (self.no,))

    def sweep(self) -> None:
        """End a repair: what did not come again goes, tokens included; counts are taken afresh."""
        held = "SELECT n FROM member WHERE bucket = ? AND row_seq < 0"
        self.db.execute(f"DELETE FROM name_token WHERE member IN ({held})", (self.no,))
        live = []
        for table in TABLES:
            self.db.execute(f"DELETE FROM {table} WHERE bucket = ? AND row_seq < 0", (self.no,))
            live.extend(self.db.execute(f"SELECT h FROM {table} WHERE bucket = ? AND h IS NOT NULL", (self.no,)))
        self.live_rows = len(live)
        self.checksum = sum(int.from_bytes(h, "big") for (h,) in live) % SUM_MODULUS
        alive = "SELECT count(*) FROM member WHERE bucket = ? AND raw IS NOT NULL"
        self.members = self.db.execute(alive, (self.no,)).fetchone()[0]


def take_page(db: Connection, page: FeedPage, standing: Standing | None = None) -> bool:
    """Rows and cursor of one page of the cache; True unless it is a last page whose figures do not hold.

    `standing`: what the bucket holds, where there is no index to ask; then rows stay in the order they came and tokens
    wait.
    """
    no, live_rows, members, checksum = db.execute(BUCKET, (page.bucket,)).fetchone() or (
        db.execute(ADD_BUCKET, (page.bucket, page.incarnation_no)).fetchone()[0], 0, 0, b"",
    )  # fmt: skip
    known = Indexed(db, no) if standing is None else standing
    bucket = BucketRows(db, no, live_rows, members, int.from_bytes(checksum or b"", "big"), known, standing is None)
    if page.replace and page.first:
        bucket.mark()
    rows = sorted(page.rows, key=attrgetter("id")) if standing is None else page.rows
    bucket.put(rows, page.incarnation_no, replace=page.replace)
    bucket.write()
    if page.replace and page.last:
        bucket.sweep()
    checksum = bucket.checksum.to_bytes(8, "big")
    figures = (page.incarnation_no, page.next_seq, bucket.live_rows, bucket.members, checksum, bucket.no)
    db.execute(MOVE_BUCKET, figures)
    return not page.last or (bucket.live_rows == page.live_rows and page.checksum in ("", checksum.hex()))


def stands(db: Connection, bucket: str) -> bool:
    """Whether anything of the bucket is here."""
    return db.execute(BUCKET, (bucket,)).fetchone() is not None


def held_ids(db: Connection, bucket: str) -> set[tuple[str, str]]:
    """(kind, id) of the live rows of a bucket of essentials: kinds without a table of their own."""
    no = "SELECT no FROM bucket WHERE id = ?"
    return set(db.execute(f"SELECT kind, id FROM other WHERE bucket = ({no}) AND raw IS NOT NULL", (bucket,)))


def drop_bucket(db: Connection, bucket: str) -> None:
    """Forget a bucket the till no longer has."""
    found = db.execute(BUCKET, (bucket,)).fetchone()
    if found is None:
        return
    no = found[0]
    db.execute("DELETE FROM name_token WHERE member IN (SELECT n FROM member WHERE bucket = ?)", (no,))
    for table in TABLES:
        db.execute(f"DELETE FROM {table} WHERE bucket = ?", (no,))
    db.execute("DELETE FROM bucket WHERE no = ?", (no,))


def _hashes(texts: Sequence[str | None]) -> list[bytearray | None]:
    return [None if text is None else bytearray(blake2b(text.encode(), digest_size=H_BYTES).digest()) for text in texts]
