"""Rows of the feed into the cache, one bucket at a time: only newer ones, counts and checksum kept with them.

Inside a transaction of the caller. What is held of a page's rows is read with one statement per kind and written with
another; an index is touched only where what it holds changes. Members carry their search columns and tokens; kinds
without a table of their own stand in `other`. A repair marks what is held (negative row_seq) and sweeps what did not
come again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from operator import attrgetter
from typing import Any, Final

import msgspec

from app.services.sync_ports import FeedPage, FeedRow
from app.store.connect import Connection
from app.store.tokens import initials_of, name_tokens, phone_back

COUPON: Final = "coupon"
TYPED: Final = ("member", "card", "account")
TABLES: Final = (*TYPED, "other")
COLUMNS: Final = {
    "member": ("phone_back", "initials"),
    "card": ("number", "member_id"),
    "account": ("account_kind", "member_id"),
    "other": ("member_id",),
}
"""What an index holds beside the id; a row of most new versions says the same of them."""
MORE: Final = {"member": (), "card": (), "account": ("balance",), "other": ()}
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


def _held(table: str) -> str:
    own = "".join(f", {name}" for name in COLUMNS[table])
    text = "raw" if table == "member" else "NULL"
    ids = "id IN (SELECT value FROM json_each(?)) AND bucket = ?"
    kind = "kind = ? AND " if table == "other" else ""
    return f"SELECT id, n, incarnation_no, ver, h, {text}{own} FROM {table} WHERE {kind}{ids}"


def _insert(table: str) -> str:
    kind = ("kind",) if table == "other" else ()
    own = (*kind, *COLUMNS[table], *MORE[table])
    names = ("n", "bucket", "id", "incarnation_no", "ver", "row_seq", "raw", "h", "peers", *own)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


def _update(table: str, indexed: tuple[str, ...] = ()) -> str:
    names = ("incarnation_no", "ver", "row_seq", "raw", "h", "peers", *MORE[table], *indexed)
    return f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in names)} WHERE n = ?"


HELD: Final = {table: _held(table) for table in TABLES}
INSERT: Final = {table: _insert(table) for table in TABLES}
UPDATE: Final = {table: _update(table) for table in TABLES}
REINDEX: Final = {table: _update(table, COLUMNS[table]) for table in TABLES}


@dataclass(frozen=True, slots=True)
class Held:
    """A row as it is held: its place, version and hash; `text`: raw of a member; `indexed`: its values of COLUMNS."""

    n: int
    incarnation_no: int
    ver: int
    h: bytes | None
    text: str | None
    indexed: tuple[str | None, ...]


Standing = dict[tuple[str, str], Held]
"""(kind, id) → what a bucket holds of it."""


class _Fields(msgspec.Struct, frozen=True):
    """What the typed columns say, of any kind."""

    name: str = ""
    pinyin: str = ""
    phone: str = ""
    number: str | None = None
    member_id: str | None = None
    account_kind: str | None = None
    balance: int | None = None


_read: Final = msgspec.json.Decoder(_Fields).decode
_NOTHING: Final = _Fields()


@dataclass(slots=True)
class BucketRows:
    """One bucket of a cache being brought forward. `checksum`: sum of the live rows' h mod 2^64.

    `held`: what is there of the rows to come. `tokens` False: they are made later, of all members at once.
    """

    db: Connection
    no: int
    live_rows: int
    members: int
    checksum: int
    held: Standing
    tokens: bool = True
    _next: dict[str, int] = field(default_factory=dict)
    _inserts: dict[str, list[tuple[object, ...]]] = field(default_factory=dict)
    _updates: dict[str, list[tuple[object, ...]]] = field(default_factory=dict)
    _gone: list[tuple[str, int]] = field(default_factory=list)
    _come: list[tuple[str, int]] = field(default_factory=list)

    def put(self, row: FeedRow, incarnation_no: int, *, replace: bool) -> None:
        """Take the row if its (incarnation_no, ver) is higher than what is held, or whatever it is under `replace`.

        Its hash is made of the text that came, so a damaged text shows in the bucket's checksum.
        """
        table = row.kind if row.kind in TYPED else "other"
        old = self.held.get((row.kind, row.id))
        if old is not None and not replace and (old.incarnation_no, old.ver) >= (incarnation_no, row.ver):
            return
        if old is not None and old.h is not None:
            self._count(table, old.h, -1)
        h = None if row.raw is None else blake2b(row.raw.encode(), digest_size=H_BYTES).digest()
        if h is not None:
            self._count(table, h, 1)
        read = table != "other" or row.kind == COUPON
        fields = _read(row.raw) if row.raw is not None and read else _NOTHING
        indexed, more = _columns(table, fields)
        peers = json.dumps(dict(row.peers)) if row.peers else None
        values = (incarnation_no, row.ver, row.row_seq, row.raw, h, peers)
        if old is None:
            n = self._place(table)
            kind = (row.kind,) if table == "other" else ()
            self._inserts.setdefault(INSERT[table], []).append((n, self.no, row.id, *values, *kind, *indexed, *more))
        else:
            n = old.n
            same = old.indexed == indexed
            self._updates.setdefault((UPDATE if same else REINDEX)[table], []).append(
                (*values, *more, n) if same else (*values, *more, *indexed, n)
            )
        text = row.raw if self.tokens and table == "member" else None
        self.held[row.kind, row.id] = Held(n, incarnation_no, row.ver, h, text, indexed)
        if self.tokens and table == "member":
            self._move_tokens(n, _read(old.text) if old is not None and old.text else _NOTHING, fields)

    def write(self) -> None:
        """Write what was put: new rows first, then changes in the order of their places."""
        for statement, rows in self._inserts.items():
            self.db.executemany(statement, rows)
        for statement, rows in self._updates.items():
            self.db.executemany(statement, sorted(rows, key=_last) if len(rows) > 1 else rows)
        self.db.executemany(DROP_TOKEN, sorted(self._gone))
        self.db.executemany(ADD_TOKEN, sorted(self._come))

    def _place(self, table: str) -> int:
        if table not in self._next:
            self._next[table] = self.db.execute(f"SELECT coalesce(max(n), 0) FROM {table}").fetchone()[0]
        self._next[table] += 1
        return self._next[table]

    def _count(self, table: str, h: bytes, by: int) -> None:
        self.live_rows += by
        self.members += by if table == "member" else 0
        self.checksum = (self.checksum + by * int.from_bytes(h, "big")) % SUM_MODULUS

    def _move_tokens(self, n: int, before: _Fields, after: _Fields) -> None:
        if (before.name, before.pinyin) == (after.name, after.pinyin):
            return
        old, new = set(tokens_of(before)), set(tokens_of(after))
        self._gone += [(token, n) for token in old - new]
        self._come += [(token, n) for token in new - old]

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


def take_page(db: Connection, page: FeedPage, held: Standing | None = None) -> bool:
    """Rows and cursor of one page of the cache; True unless it is a last page whose figures do not hold.

    `held`: what the bucket holds, where the caller knows it; then rows stay in the order they came and tokens wait.
    """
    no, live_rows, members, checksum = db.execute(BUCKET, (page.bucket,)).fetchone() or (
        db.execute(ADD_BUCKET, (page.bucket, page.incarnation_no)).fetchone()[0], 0, 0, b"",
    )  # fmt: skip
    known = standing(db, no, page.rows) if held is None else held
    bucket = BucketRows(db, no, live_rows, members, int.from_bytes(checksum or b"", "big"), known, held is None)
    if page.replace and page.first:
        bucket.mark()
    for row in sorted(page.rows, key=attrgetter("kind", "id")) if held is None else page.rows:
        bucket.put(row, page.incarnation_no, replace=page.replace)
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


def standing(db: Connection, no: int, rows: Iterable[FeedRow]) -> Standing:
    """What a bucket holds of these rows."""
    ids: dict[str, list[str]] = {}
    for row in rows:
        ids.setdefault(row.kind, []).append(row.id)
    found: Standing = {}
    for kind, wanted in ids.items():
        table = kind if kind in TYPED else "other"
        where = (json.dumps(sorted(wanted)), no)
        held = db.execute(HELD[table], where if table != "other" else (kind, *where))
        for id_, n, incarnation_no, ver, h, text, *indexed in held:
            found[kind, id_] = Held(n, incarnation_no, ver, h, text, tuple(indexed))
    return found


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


def tokens_of(member: _Fields) -> tuple[str, ...]:
    """Under which tokens a member is found; none for a tombstone's empty row."""
    return name_tokens(member.name, initials_of(member.pinyin))


def tokens_in(raw: str) -> tuple[str, ...]:
    """Those of a member row as it came."""
    return tokens_of(_read(raw))


def _columns(table: str, row: _Fields) -> tuple[tuple[str | None, ...], tuple[int | None, ...]]:
    """The indexed columns beside raw, and the others; None on a tombstone."""
    if table == "member":
        return (phone_back(row.phone) if row.phone else None, initials_of(row.pinyin) or None), ()
    if table == "card":
        return (row.number, row.member_id), ()
    if table == "account":
        return (row.account_kind, row.member_id), (row.balance,)
    return (row.member_id,), ()


def _last(values: tuple[Any, ...]) -> Any:
    return values[-1]
