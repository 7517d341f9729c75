"""The rows of the cache beside their sums: counted again from their texts, compared slice by slice, replaced.

What stands in a column may be right while the text beside it is not: sums are made of the texts. A slice is replaced
whole, the tombstones in it too. Inside a transaction of the caller where it writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from app.services.sync_ports import Slice, SliceOf
from app.store.connect import Connection
from app.store.feed_rows import H_BYTES, SUM_MODULUS, BucketRows, Indexed
from app.store.row_columns import TABLES

BUCKETS: Final = "SELECT no, id, live_rows, checksum FROM bucket ORDER BY no"
NO: Final = "SELECT no FROM bucket WHERE id = ?"
SET_FIGURES: Final = "UPDATE bucket SET live_rows = ?, members = ?, checksum = ? WHERE no = ?"
DROP_TOKENS: Final = "DELETE FROM name_token WHERE member = ?"


@dataclass(slots=True)
class Figures:
    """Live rows, the member rows among them, and the sum of their hashes mod 2^64."""

    live_rows: int = 0
    members: int = 0
    checksum: int = 0

    def add(self, kind: str, raw: str) -> None:
        self.live_rows += 1
        self.members += kind == "member"
        h = blake2b(raw.encode(), digest_size=H_BYTES).digest()
        self.checksum = (self.checksum + int.from_bytes(h, "big")) % SUM_MODULUS

    @property
    def sum_bytes(self) -> bytes:
        return self.checksum.to_bytes(8, "big")


def recount(db: Connection) -> tuple[str, ...]:
    """The buckets whose rows are not those their figures were made of."""
    found: dict[int, Figures] = {}
    for table in TABLES:
        for bucket, raw in db.execute(f"SELECT bucket, raw FROM {table} WHERE raw IS NOT NULL"):
            found.setdefault(bucket, Figures()).add(table, raw)
    other = []
    for no, id_, live_rows, checksum in db.execute(BUCKETS):
        figures = found.get(no, Figures())
        if (live_rows, checksum or bytes(8)) != (figures.live_rows, figures.sum_bytes):
            other.append(id_)
    return tuple(other)


def differing(db: Connection, bucket: str, theirs: Mapping[int, tuple[int, str]], slice_of: SliceOf) -> tuple[int, ...]:
    """Numbers of the slices that are not theirs, ascending. Where none is the bucket's figures become those of its
    rows; before that they stay wrong, so that a till that dies in its repair finds the bucket again (`recount`)."""
    no = db.execute(NO, (bucket,)).fetchone()[0]
    ours: dict[int, Figures] = {}
    for _, kind, id_, _n, raw in _rows(db, no):
        if raw is not None:
            ours.setdefault(slice_of(kind, id_), Figures()).add(kind, raw)
    sums = {n: (one.live_rows, one.sum_bytes.hex()) for n, one in ours.items()}
    differ = tuple(n for n in sorted(sums.keys() | theirs.keys()) if sums.get(n) != theirs.get(n))
    if not differ:
        _put_right(db, no)
    return differ


def replace(db: Connection, wanted: Slice, slice_of: SliceOf) -> None:
    """Take out all rows of the slice and put these in. The bucket's figures wait for the comparison at the end."""
    no = db.execute(NO, (wanted.bucket,)).fetchone()[0]
    for table, kind, id_, n, _ in list(_rows(db, no)):
        if slice_of(kind, id_) == wanted.number:
            db.execute(f"DELETE FROM {table} WHERE n = ?", (n,))
            if table == "member":
                db.execute(DROP_TOKENS, (n,))
    rows = BucketRows(db, no, 0, 0, 0, Indexed(db, no))
    rows.put(wanted.rows, wanted.incarnation_no, replace=True)
    rows.write()


def _rows(db: Connection, no: int) -> Iterator[tuple[str, str, str, int, str | None]]:
    """(table, kind, id, n, raw) of every row of a bucket."""
    for table in TABLES:
        kind = "kind" if table == "other" else f"'{table}'"
        for found, id_, n, raw in db.execute(f"SELECT {kind}, id, n, raw FROM {table} WHERE bucket = ?", (no,)):
            yield table, found, id_, n, raw


def _put_right(db: Connection, no: int) -> None:
    """The figures of a bucket as its texts are."""
    figures = Figures()
    for _, kind, _id, _n, raw in _rows(db, no):
        if raw is not None:
            figures.add(kind, raw)
    db.execute(SET_FIGURES, (figures.live_rows, figures.members, figures.sum_bytes, no))
