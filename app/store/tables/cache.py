"""cache-<n>.db: the till's copy of head office's rows, keyed (bucket, kind, id), one table per kind (protocol.md).

Tables keep arrival order (`n`); a first load fills them without indexes and builds those at the end. A row without
`raw` is a tombstone. `h` is the 8-byte hash of raw; `peers`: JSON of the rows the same transfer changed (id → ver).
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text
from sqlalchemy import text as sql

from app.store.tables.base import maybe_blob, maybe_number, maybe_text, metadata, number, text

METADATA = metadata()

META = Table(
    "meta",
    METADATA,
    Column("one", Integer, primary_key=True),
    number("generation"),
    number("incarnation_no"),
    number("complete"),
    CheckConstraint("one = 1", name="one"),
    sqlite_strict=True,
)
"""`complete` 1: the first load ended and indexes are built."""

BUCKET = Table(
    "bucket",
    METADATA,
    Column("no", Integer, primary_key=True),
    text("id"),
    number("incarnation_no"),
    number("seq"),
    number("live_rows"),
    number("members"),
    maybe_blob("checksum"),
    Index("ix_bucket_id", "id", unique=True),
    sqlite_strict=True,
)
"""`seq`: the cursor, in the transaction of its rows (fine print 10). `members`: live member rows of the bucket."""


def _row(name: str, *columns: Column[str] | Column[int] | Index) -> Table:
    """A table of replicated rows of one kind."""
    return Table(
        name,
        METADATA,
        Column("n", Integer, primary_key=True),
        number("bucket"),
        text("id"),
        number("incarnation_no"),
        number("ver"),
        number("row_seq"),
        maybe_text("raw"),
        maybe_blob("h"),
        *columns,
        maybe_text("peers"),
        Index(f"ix_{name}_id", "id", "bucket", unique=True),
        sqlite_strict=True,
    )


MEMBER = _row(
    "member",
    maybe_text("phone_back"),
    maybe_text("initials"),
    Index("ix_member_phone_back", "phone_back", sqlite_where=sql("phone_back IS NOT NULL")),
    Index("ix_member_number", sql("(raw ->> 'member_no')"), sqlite_where=sql("raw IS NOT NULL")),
)
"""`phone_back`: the E.164 digits reversed, so that any tail of a number is a prefix here."""

CARD = _row(
    "card",
    maybe_text("number"),
    maybe_text("member_id"),
    Index("ix_card_number", "number"),
    Index("ix_card_member_id", "member_id"),
)

ACCOUNT = _row(
    "account",
    maybe_text("account_kind"),
    maybe_text("member_id"),
    maybe_number("balance"),
    Index("ix_account_member_id", "member_id", "account_kind"),
)

OTHER = Table(
    "other",
    METADATA,
    Column("n", Integer, primary_key=True),
    number("bucket"),
    text("kind"),
    text("id"),
    number("incarnation_no"),
    number("ver"),
    number("row_seq"),
    maybe_text("raw"),
    maybe_blob("h"),
    maybe_text("peers"),
    maybe_text("member_id"),
    Index("ix_other_id", "kind", "id", "bucket", unique=True),
    Index("ix_other_member_id", "member_id", sqlite_where=sql("member_id IS NOT NULL")),
    sqlite_strict=True,
)
"""Rows of every kind without a table of its own: coupons, segments, day figures, and the essentials once more, so that
a bucket's checksum is that of the rows held. `member_id`: of coupons, which are looked up by it."""

NAME_TOKEN = Table(
    "name_token",
    METADATA,
    Column("token", Text, primary_key=True, nullable=False),
    Column("member", Integer, primary_key=True, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""Search: every ending of a name and its pinyin initials (tokens.py); `member` is member.n. A part of a name is a
prefix of one of its endings, so queries of one or two characters are a range of this table."""
