"""Head office's tables: one description for SQLite and PostgreSQL. Alembic's line `hq` makes them.

Values that rules read are `doc`: one JSON document per member, account, card, coupon and sale (docs.py); columns beside
it are what is searched or locked by. Facts as they came are bytes: what a till wrote is never decoded to be stored.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

METADATA: Final = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"}
)


def _key(name: str = "id") -> Column[str]:
    return Column(name, Text, primary_key=True, nullable=False)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _maybe(name: str) -> Column[str]:
    return Column(name, Text, nullable=True)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _maybe_number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=True)


META = Table("server_meta", METADATA, _key(), _text("value"))
"""Single values by name: incarnation, its number, the marker, keys of the chain."""

LIFE = Table("server_life", METADATA, _key("life"), _number("n"), _number("at_ms"))
"""Fine print 4: one per start and per backup; the last one goes into every answer."""

STORE = Table(
    "store", METADATA, _key("store_id"), _text("region_id"), _text("name"), _text("pin_pepper"), _text("receipt_key")
)

PLACE = Table("till_place", METADATA, _key("till_id"), _text("store_id"), _number("made_ms"))
"""Where a till stands; identities come and go."""

STREAM = Table(
    "till_stream",
    METADATA,
    _text("till_id"),
    _number("epoch"),
    _text("public_key"),
    _maybe("next_key"),
    _maybe("closed"),
    _text("hardware"),
    _number("enrolled_ms"),
    _number("head_seq"),
    _text("head_hash"),
    PrimaryKeyConstraint("till_id", "epoch"),
)
"""One identity and its event stream. `closed`: the reason, null while it is current."""

CODE = Table(
    "enrol_code",
    METADATA,
    _key("code_hash"),
    _text("till_id"),
    _number("expires_ms"),
    _maybe("used_key"),
    _maybe_number("epoch"),
)

INBOX = Table(
    "inbox",
    METADATA,
    _text("till_id"),
    _number("epoch"),
    _number("seq"),
    _text("event_key"),
    Column("raw", LargeBinary, nullable=False),
    _text("hash"),
    _number("received_ms"),
    Column("differs", Boolean, nullable=False),
    PrimaryKeyConstraint("till_id", "epoch", "seq"),
    Index(None, "event_key"),
)
"""Every event as it came. `event_key`: the event_id, or `<till_id>/<epoch>/<seq>` where it could not be read."""

EVENT = Table(
    "event",
    METADATA,
    _key("event_key"),
    _text("till_id"),
    _number("epoch"),
    _number("seq"),
    _text("store_id"),
    _text("type"),
    _number("at_ms"),
    _text("outcome"),
    _maybe("code"),
    _maybe("waits_for"),
    _text("rows"),
    _maybe("balance"),
    Index(None, "waits_for"),
    Index(None, "outcome", "code"),
)
"""What became of each event: the row that decides "already applied"."""

EVIDENCE = Table(
    "evidence",
    METADATA,
    _text("till_id"),
    _number("epoch"),
    _number("n"),
    _number("base_seq"),
    _text("prev_hash"),
    Column("events", LargeBinary, nullable=False),
    _number("received_ms"),
    PrimaryKeyConstraint("till_id", "epoch", "n"),
)
"""Batches that forked from what was accepted, without their personal data."""

PII = Table(
    "pii",
    METADATA,
    _text("event_key"),
    _text("pii_ref"),
    _text("salt"),
    Column("pii", LargeBinary, nullable=False),
    _maybe("member_id"),
    PrimaryKeyConstraint("event_key", "pii_ref"),
    Index(None, "member_id"),
)
"""Rule 11: the only thing erasure deletes."""

ERASED = Table("erased", METADATA, _key("member_id"), _text("erased_on"))

MEMBER = Table(
    "member",
    METADATA,
    _key(),
    _text("member_no"),
    _maybe("phone"),
    _text("doc"),
    Index(None, "phone"),
    Index(None, "member_no"),
)
ACCOUNT = Table(
    "account",
    METADATA,
    _key(),
    _text("member_id"),
    _maybe("due_on"),
    _text("doc"),
    Index(None, "member_id"),
    Index(None, "due_on"),
)
"""`due_on`: the first day on which the nightly run has something to do to it; null: none."""
CARD = Table("card", METADATA, _key(), _maybe("member_id"), _text("doc"), Index(None, "member_id"))
COUPON = Table("coupon", METADATA, _key(), _text("member_id"), _text("doc"), Index(None, "member_id"))
SALE = Table("sale", METADATA, _key(), _maybe("member_id"), _text("doc"))

HOLD = Table(
    "hold",
    METADATA,
    _key(),
    _text("till_id"),
    _number("epoch"),
    _maybe("account_id"),
    _maybe("coupon_id"),
    _number("points"),
    _text("state"),
    _number("released"),
    _number("made_ms"),
    Index(None, "account_id", "state"),
    Index(None, "till_id", "epoch", "state"),
)
"""One-shot grants made online; state open, used, released or void. `released`: what its deletion gave back."""

DAY = Table("day_figures", METADATA, _key(), _text("doc"))
"""Figures of a store's day; id = `<store_id>/<date>`."""

ENTRY = Table(
    "entry",
    METADATA,
    _text("event_key"),
    _text("account_id"),
    _number("amount"),
    _number("at_ms"),
    PrimaryKeyConstraint("event_key", "account_id"),
    Index(None, "account_id"),
)
"""The ledger: what one event did to one account, signed. Never changed; I2: Σ entries = Σ lots − debt."""

FINDING = Table(
    "finding",
    METADATA,
    _text("event_key"),
    _text("code"),
    _text("store_id"),
    _number("at_ms"),
    _text("figures"),
    PrimaryKeyConstraint("event_key", "code"),
    Index(None, "code", "store_id"),
)
"""Everything an applied event said, each code on its own, with the figures promised and found (JSON)."""

CODE_USE = Table(
    "code_use",
    METADATA,
    _text("member_id"),
    _number("step"),
    _text("event_key"),
    PrimaryKeyConstraint("member_id", "step"),
)
"""The first sale that named a step of a member's dynamic code: another one of the same step is reported."""

PROGRAMME = Table("programme", METADATA, _key("name"), _text("document"), _number("published_ms"))

BLOCK = Table(
    "number_block",
    METADATA,
    _text("series"),
    _number("first"),
    _number("last"),
    _text("till_id"),
    _number("epoch"),
    Column("closed", Boolean, nullable=False),
    PrimaryKeyConstraint("series", "first"),
)

PROGRESS = Table("till_progress", METADATA, _key("till_id"), _number("at_ms"), _text("report"))

BUCKET = Table("bucket", METADATA, _key(), _number("seq"), _number("live_rows"), _text("checksum"), _number("floor"))
"""Heads of the feed: the last row_seq, and the live rows' number and additive checksum."""

ROW = Table(
    "feed_row",
    METADATA,
    _text("bucket"),
    _text("kind"),
    _text("id"),
    _number("ver"),
    _number("row_seq"),
    _maybe("raw"),
    _maybe("h"),
    _maybe("peers"),
    _number("slice"),
    PrimaryKeyConstraint("bucket", "kind", "id"),
    UniqueConstraint("bucket", "row_seq"),
    Index(None, "kind", "id"),
)
"""Current rows per bucket, deleted ones included (raw and h null)."""

SNAPSHOT = Table(
    "snapshot",
    METADATA,
    _key(),
    _text("bucket"),
    _text("incarnation"),
    _number("seq"),
    _number("rows"),
    _number("bytes"),
    _text("sha256"),
    _number("made_ms"),
    Index(None, "bucket", "seq"),
)
"""A file of one bucket's live rows as they stood at `seq`; the bytes lie in the folder, named after the id."""

MARK = Table(
    "bucket_mark", METADATA, _text("bucket"), _number("at_ms"), _number("seq"), PrimaryKeyConstraint("bucket", "at_ms")
)
"""Where a bucket's head stood each night: how old a tombstone is at least."""

CHANNEL = Table(
    "channel",
    METADATA,
    _key("channel_id"),
    _text("name"),
    _text("public_key"),
    _maybe("closed"),
    _number("made_ms"),
    Column("channel", Text, nullable=False, server_default="online"),
)
"""Online shops and partners whose events are taken; `closed`: the reason, null while it may send. `channel`: its name
in programmes. Its place (`till_place`) is the store where its sales count; its events are a stream of epoch 0."""

CHANNEL_EVENT = Table(
    "channel_event",
    METADATA,
    _key("event_id"),
    _text("channel_id"),
    _text("type"),
    _number("at_ms"),
    _maybe("member_id"),
    Index(None, "member_id"),
)
"""The history of a member at other channels; the events themselves stand in the inbox."""

EXTERNAL = Table(
    "external_id",
    METADATA,
    _text("channel_id"),
    _text("external_id"),
    _text("member_id"),
    PrimaryKeyConstraint("channel_id", "external_id"),
    Index(None, "member_id"),
)
"""What a channel calls a member; goes when the member is erased."""

RATE = Table("rate", METADATA, _key(), _number("tokens_milli"), _number("at_ms"))
"""Token buckets that all workers share, in thousandths of a token as they stood at `at_ms`."""
