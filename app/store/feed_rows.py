"""Rows of the feed into the cache, one bucket at a time: only newer ones, counts and checksum kept with them.

Inside a transaction of the caller. Members carry their search columns and tokens; kinds without a table of their own
stand in `other`. A repair marks what is held (negative row_seq) and sweeps what did not come again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from app.services.sync_ports import FeedPage, FeedRow
from app.store.connect import Connection
from app.store.tokens import initials_of, name_tokens, phone_back

TYPED: Final = ("member", "card", "account")
COLUMNS: Final = {
    "member": ("phone_back", "initials"),
    "card": ("number", "member_id"),
    "account": ("account_kind", "member_id", "balance"),
}
SUM_MODULUS: Final = 1 << 64

BUCKET: Final = "SELECT no, live_rows, members, checksum FROM bucket WHERE id = ?"
ADD_BUCKET: Final = (
    "INSERT INTO bucket (id, incarnation_no, seq, live_rows, members) VALUES (?, ?, 0, 0, 0) RETURNING no"
)
MOVE_BUCKET: Final = (
    "UPDATE bucket SET incarnation_no = ?, seq = ?, live_rows = ?, members = ?, checksum = ? WHERE no = ?"
)
OLD_RAW: Final = "SELECT raw FROM member WHERE n = ?"
DROP_TOKEN: Final = "DELETE FROM name_token WHERE token = ? AND member = ?"
"""By its key: there is no index on member, and a scan for each member would make a first load quadratic."""
ADD_TOKEN: Final = "INSERT OR IGNORE INTO name_token VALUES (?, ?)"


def _old(table: str) -> str:
    where = "kind = ? AND id = ? AND bucket = ?" if table == "other" else "id = ? AND bucket = ?"
    return f"SELECT n, incarnation_no, ver, h FROM {table} WHERE {where}"


def _put(table: str) -> str:
    own = ("kind",) if table == "other" else COLUMNS[table]
    names = ("n", "bucket", "id", "incarnation_no", "ver", "row_seq", "raw", "h", "peers", *own)
    kept = ", ".join(f"{name} = excluded.{name}" for name in names[3:])
    places = ", ".join("?" * len(names))
    return (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places}) ON CONFLICT (n) DO UPDATE SET {kept} RETURNING n"
    )


OLD: Final = {table: _old(table) for table in (*TYPED, "other")}
PUT: Final = {table: _put(table) for table in (*TYPED, "other")}


@dataclass(slots=True)
class BucketRows:
    """One bucket of a cache being brought forward. `checksum`: sum of the live rows' h mod 2^64."""

    db: Connection
    no: int
    live_rows: int
    members: int
    checksum: int

    def put(self, row: FeedRow, incarnation_no: int, *, replace: bool) -> None:
        """Take the row if its (incarnation_no, ver) is higher than what is held, or whatever it is under `replace`."""
        table = row.kind if row.kind in TYPED else "other"
        place = (row.id, self.no) if table != "other" else (row.kind, row.id, self.no)
        old = self.db.execute(OLD[table], place).fetchone()
        if old is not None and not replace and (old[1], old[2]) >= (incarnation_no, row.ver):
            return
        n = None if old is None else old[0]
        if old is not None and old[3] is not None:
            self._count(table, old[3], -1)
        h = None if row.h is None else bytes.fromhex(row.h)
        members: dict[str, Any] = json.loads(row.raw) if row.raw is not None and table != "other" else {}
        own = (row.kind,) if table == "other" else _columns(table, members)
        before = self._tokens_of(n) if table == "member" and n is not None else set()
        peers = json.dumps(dict(row.peers)) if row.peers else None
        values = (n, self.no, row.id, incarnation_no, row.ver, row.row_seq, row.raw, h, peers, *own)
        n = self.db.execute(PUT[table], values).fetchone()[0]
        if h is not None:
            self._count(table, h, 1)
        if table == "member":
            self._move_tokens(n, before, _tokens(members))

    def _count(self, table: str, h: bytes, by: int) -> None:
        self.live_rows += by
        self.members += by if table == "member" else 0
        self.checksum = (self.checksum + by * int.from_bytes(h, "big")) % SUM_MODULUS

    def _tokens_of(self, n: int) -> set[str]:
        """The tokens a held member has, from its raw as it stands."""
        raw = self.db.execute(OLD_RAW, (n,)).fetchone()[0]
        return _tokens(json.loads(raw)) if raw is not None else set()

    def _move_tokens(self, n: int, before: set[str], after: set[str]) -> None:
        self.db.executemany(DROP_TOKEN, [(token, n) for token in before - after])
        self.db.executemany(ADD_TOKEN, [(token, n) for token in after - before])

    def mark(self) -> None:
        """Begin a repair: what is held now must come again."""
        for table in (*TYPED, "other"):
            self.db.execute(f"UPDATE {table} SET row_seq = -row_seq - 1 WHERE bucket = ? AND row_seq >= 0", (self.no,))

    def sweep(self) -> None:
        """End a repair: what did not come again goes, tokens included; counts are taken afresh."""
        held = "SELECT n FROM member WHERE bucket = ? AND row_seq < 0"
        self.db.execute(f"DELETE FROM name_token WHERE member IN ({held})", (self.no,))
        live = []
        for table in (*TYPED, "other"):
            self.db.execute(f"DELETE FROM {table} WHERE bucket = ? AND row_seq < 0", (self.no,))
            live.extend(self.db.execute(f"SELECT h FROM {table} WHERE bucket = ? AND h IS NOT NULL", (self.no,)))
        self.live_rows = len(live)
        self.checksum = sum(int.from_bytes(h, "big") for (h,) in live) % SUM_MODULUS
        alive = "SELECT count(*) FROM member WHERE bucket = ? AND raw IS NOT NULL"
        self.members = self.db.execute(alive, (self.no,)).fetchone()[0]


def take_page(db: Connection, page: FeedPage) -> bool:
    """Rows and cursor of one page of the cache; True unless it is a last page whose figures do not hold."""
    found = db.execute(BUCKET, (page.bucket,)).fetchone()
    if found is None:
        no = db.execute(ADD_BUCKET, (page.bucket, page.incarnation_no)).fetchone()[0]
        bucket = BucketRows(db, no, 0, 0, 0)
    else:
        bucket = BucketRows(db, found[0], found[1], found[2], int.from_bytes(found[3] or b"", "big"))
    if page.replace and page.first:
        bucket.mark()
    for row in page.rows:
        bucket.put(row, page.incarnation_no, replace=page.replace)
    if page.replace and page.last:
        bucket.sweep()
    checksum = bucket.checksum.to_bytes(8, "big")
    figures = (page.incarnation_no, page.next_seq, bucket.live_rows, bucket.members, checksum, bucket.no)
    db.execute(MOVE_BUCKET, figures)
    return not page.last or (bucket.live_rows == page.live_rows and checksum.hex() == page.checksum)


def drop_bucket(db: Connection, bucket: str) -> None:
    """Forget a bucket the till no longer has."""
    found = db.execute(BUCKET, (bucket,)).fetchone()
    if found is None:
        return
    no = found[0]
    db.execute("DELETE FROM name_token WHERE member IN (SELECT n FROM member WHERE bucket = ?)", (no,))
    for table in (*TYPED, "other"):
        db.execute(f"DELETE FROM {table} WHERE bucket = ?", (no,))
    db.execute("DELETE FROM bucket WHERE no = ?", (no,))


def _tokens(member: dict[str, Any]) -> set[str]:
    """Under which tokens a member is found; none for a tombstone's empty row."""
    return set(name_tokens(member.get("name", ""), initials_of(member.get("pinyin", ""))))


def _columns(table: str, row: dict[str, Any]) -> tuple[object, ...]:
    """The typed columns beside raw; None on a tombstone."""
    if table == "member":
        return (
            phone_back(row["phone"]) if row.get("phone") else None,
            initials_of(row.get("pinyin", "")) or None,
        )
    return tuple(row.get(name) for name in COLUMNS[table])
