"""till.db: the till's own truth and the essentials that open the shop without a cache (architecture.md)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table
from sqlalchemy import text as sql

from app.store.tables.base import blob, key, maybe_number, maybe_text, metadata, number, text

METADATA = metadata()

META = Table(
    "meta",
    METADATA,
    Column("one", Integer, primary_key=True),
    text("till_id"),
    number("epoch"),
    text("store_id"),
    text("region_id"),
    number("cache_no"),
    number("acked_through"),
    number("sent_through"),
    number("created_ms"),
    CheckConstraint("one = 1", name="one"),
    sqlite_strict=True,
)
"""One row: who this till is, the cache generation in use (0: none), how far head office has verified the chain."""

EVENT = Table(
    "event",
    METADATA,
    Column("n", Integer, primary_key=True),
    text("event_id"),
    text("type"),
    number("at_ms"),
    maybe_number("points"),
    maybe_number("job_id"),
    text("touches"),
    text("hash"),
    text("raw"),
    Index("ix_event_event_id", "event_id", unique=True),
    Index("ix_event_enrolment", "at_ms", sqlite_where=sql("type = 'enrolment'")),
    sqlite_strict=True,
)
"""The outbox: every fact of this till, hash-chained per epoch (protocol.md, rules 2 and 9). `n` = epoch · 2^40 + seq;
`points`: what it changed, None for nothing; `job_id`: its newest print job; `touches`: the keys of its effects.

Every page a sale dirties is encrypted and written at its commit, so facts of one event share `n` as their key and
nothing has an index that only a rare question needs."""

PII = Table(
    "pii",
    METADATA,
    key("pii_ref"),
    text("event_id"),
    maybe_text("member_id"),
    text("salt"),
    text("pii"),
    Index("ix_pii_member_id", "member_id", sqlite_where=sql("member_id IS NOT NULL")),
    sqlite_strict=True,
)
"""Personal data beside the events: the only thing erasure deletes (rule 11)."""

EFFECT = Table(
    "effect",
    METADATA,
    key("key"),
    Column("n", Integer, primary_key=True, nullable=False),
    Column("place", Integer, primary_key=True, nullable=False),
    number("points"),
    maybe_number("settled_incarnation_no"),
    maybe_number("settled_ver"),
    maybe_number("before_incarnation_no"),
    maybe_number("before_ver"),
    maybe_number("balance"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""The overlay (rule 7): what own events change before the cached row contains it. `key`: the account, or the card
number nobody is known for; `n`: the event. `settled_ver`: the version of the row that contains it, as the result names
it; 0 when the result names no such row. `before_…`: the same of the incarnation before, whose cache generation is shown
until the next one is complete (fine print 3). `balance`: what head office says the account holds after the event, where
it posted other figures than the till promised."""

OWN_MEMBER = Table(
    "own_member",
    METADATA,
    key("member_id"),
    text("account_id"),
    text("event_id"),
    text("pii_ref"),
    text("member_no"),
    maybe_text("card"),
    text("home_store_id"),
    text("enrolled_on"),
    Index("ix_own_member_card", "card", unique=True, sqlite_where=sql("card IS NOT NULL")),
    Index("ix_own_member_account_id", "account_id", unique=True),
    sqlite_strict=True,
)
"""Members enrolled here, until the cache holds them."""

SALE = Table(
    "sale",
    METADATA,
    Column("n", Integer, primary_key=True),
    text("event_id"),
    text("receipt_no"),
    number("at_ms"),
    text("business_on"),
    text("shift_id"),
    text("staff_id"),
    text("currency"),
    maybe_text("member_id"),
    maybe_text("card"),
    maybe_text("found_by"),
    number("gross_minor"),
    number("payable_minor"),
    number("given_minor"),
    number("change_minor"),
    number("cash_minor"),
    number("card_minor"),
    number("qr_minor"),
    number("points_minor"),
    number("stored_value_minor"),
    number("gift_card_minor"),
    number("earned"),
    number("to_follow"),
    number("redeemed"),
    text("detail"),
    sqlite_strict=True,
)
"""`n` is that of its event. A column per kind of tender, as reports sum them; `detail`: JSON of what no report sums:
the tenders one by one, order discounts, coupons, rewards, stamps, because."""

SALE_LINE = Table(
    "sale_line",
    METADATA,
    Column("sale", Integer, primary_key=True, nullable=False),
    Column("line", Integer, primary_key=True, nullable=False),
    maybe_text("sku"),
    maybe_text("name"),
    maybe_text("category"),
    maybe_text("brand"),
    number("qty"),
    number("unit_minor"),
    number("discount_minor"),
    number("tax_minor"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

SHIFT = Table(
    "shift",
    METADATA,
    key("shift_id"),
    number("z_no"),
    text("staff_id"),
    number("opened_ms"),
    number("float_minor"),
    maybe_number("closed_ms"),
    number("after_n"),
    Index("ix_shift_z_no", "z_no", unique=True),
    sqlite_strict=True,
)
"""`after_n`: the last event before it was opened; its sales are above."""

STAFF_ATTEMPTS = Table(
    "staff_attempts", METADATA, key("staff_id"), number("failed"), number("last_ms"), sqlite_strict=True
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("seq", Integer, primary_key=True),
    number("at_ms"),
    text("kind"),
    text("raw"),
    text("hash"),
    sqlite_strict=True,
)
"""Hash-chained like the events: `raw` is canonical text of {seq, at_ms, kind, staff_id?, facts}."""

PRINT_JOB = Table(
    "print_job",
    METADATA,
    Column("job_id", Integer, primary_key=True),
    maybe_text("event_id"),
    text("kind"),
    text("state"),
    number("copy_no"),
    number("queued_ms"),
    text("detail", default=""),
    text("model"),
    blob("payload"),
    sqlite_strict=True,
)
"""In the order they were queued. The counter `jobs_settled` is below the oldest job that is not."""

COUNTER = Table("counter", METADATA, key("name"), number("value"), sqlite_strict=True, sqlite_with_rowid=False)

NUMBER_BLOCK = Table(
    "number_block",
    METADATA,
    key("block_id"),
    text("series"),
    text("first"),
    text("last"),
    text("next"),
    number("closed"),
    sqlite_strict=True,
)
"""Numbers lent to this till: `next` is the first not yet taken, digits as text of equal length; without check digit."""

ERASED = Table("erased", METADATA, key("member_id"), number("at_ms"), sqlite_strict=True, sqlite_with_rowid=False)

SETTING = Table(
    "setting",
    METADATA,
    Column("level", Integer, primary_key=True, nullable=False),
    key("section"),
    number("ver"),
    text("raw"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""`level` 0 chain, 1 store, 2 till: the narrower wins key by key. `raw` is the settings row of wire.md."""

STAFF = Table("staff", METADATA, key("staff_id"), text("staff_no"), number("ver"), text("raw"), sqlite_strict=True)

PRODUCT = Table("product", METADATA, key("sku"), number("ver"), text("raw"), sqlite_strict=True)

PRODUCT_BARCODE = Table(
    "product_barcode",
    METADATA,
    key("code"),
    text("sku"),
    Index("ix_product_barcode_sku", "sku"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

PROGRAMME = Table(
    "programme",
    METADATA,
    key("programme_id"),
    number("ver"),
    number("valid_from_ms"),
    text("document"),
    sqlite_strict=True,
)
"""Every version head office published, future ones too; `programme_id` is `id:version`."""

CODE_KEY = Table("code_key", METADATA, key("week"), number("ver"), text("raw"), sqlite_strict=True)
"""Keys of dynamic member codes, this week's and next week's; `raw` is the row of wire.md."""

CODE_STEP = Table(
    "code_step",
    METADATA,
    Column("step", Integer, primary_key=True, nullable=False),
    key("member_id"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""Dynamic codes this till took: none is taken twice. Kept as long as a key is here that could make the step."""

TEMPLATE = Table(
    "template", METADATA, key("id"), text("name"), text("language"), number("ver"), text("text"), sqlite_strict=True
)
"""What the chain's papers say: `name` is the kind of paper, `text` TOML that was checked when it came."""

HEAD_OFFICE = Table(
    "head_office",
    METADATA,
    Column("one", Integer, primary_key=True),
    text("url"),
    text("authority"),
    text("key_name"),
    CheckConstraint("one = 1", name="one"),
    sqlite_strict=True,
)
"""Where this till was enrolled: the address, PEM certificates of its authority (empty: those of the system), and the
name of the signing key in keys.json. Absent on a till that never was."""

SYNC = Table(
    "sync",
    METADATA,
    Column("one", Integer, primary_key=True),
    number("incarnation_no"),
    text("incarnation"),
    text("life"),
    number("went_back"),
    number("till_cursor"),
    number("building_no"),
    text("closed"),
    CheckConstraint("one = 1", name="one"),
    sqlite_strict=True,
)
"""What was last seen of head office; absent before its first answer. `till_cursor`: of the till's own bucket (fine
print 10); `building_no`: the cache generation being filled, 0 for none; `closed`: why this identity may not sync."""

EVENT_RESULT = Table(
    "event_result",
    METADATA,
    Column("n", Integer, primary_key=True),
    number("incarnation_no"),
    text("outcome"),
    text("code"),
    text("raw"),
    sqlite_strict=True,
)
"""What became of each own event at head office; `n` is the event's. `raw`: rows and balances as JSON."""

TILL_ROW = Table(
    "till_row",
    METADATA,
    key("kind"),
    key("id"),
    number("incarnation_no"),
    number("ver"),
    number("row_seq"),
    maybe_text("raw"),
    maybe_text("h"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""The rows of the till's own bucket: grants, event results, number blocks, commands (protocol.md, "Buckets")."""

HOLD = Table(
    "hold",
    METADATA,
    key("hold_id"),
    text("account_id"),
    maybe_text("member_id"),
    number("points"),
    number("asked_ms"),
    text("state"),
    maybe_text("coupon_id"),
    Index("ix_hold_asked_ms", "asked_ms", sqlite_where=sql("state IN ('asked', 'held')")),
    sqlite_strict=True,
)
"""What head office was asked to keep for this till (fine print 8), written before it is asked: an amount of an account,
or the one coupon `coupon_id`. `state`: HoldState."""

SALE_RETURN = Table(
    "sale_return",
    METADATA,
    Column("n", Integer, primary_key=True),
    text("event_id"),
    text("of"),
    text("receipt_no"),
    number("at_ms"),
    text("business_on"),
    text("shift_id"),
    text("staff_id"),
    maybe_text("member_id"),
    maybe_text("card"),
    number("undo"),
    number("refund_minor"),
    number("earned_reversed"),
    number("points_restored"),
    text("detail"),
    Index("ix_sale_return_of", "of"),
    sqlite_strict=True,
)
"""Goods that came back here, whole sales taken back (`undo` 1) too; `n` is that of the event, `of` the sale's event.
`detail`: JSON of the lines with their quantities, and of how the money went back."""
