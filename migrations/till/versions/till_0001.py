"""The till's own truth and its essentials.

Revision ID: till_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "till_0001"
down_revision = None
branch_labels = None
depends_on = None


def need(name, kind=sa.Text, default=None):
    return sa.Column(name, kind(), nullable=False, server_default=default)


def may(name, kind=sa.Text):
    return sa.Column(name, kind(), nullable=True)


def table(name, *columns, rowid=True):
    op.create_table(name, *columns, sqlite_strict=True, sqlite_with_rowid=rowid)


def pk(table_name, *columns):
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table_name}")


def counted(table_name, column="n"):
    """A row number: SQLite's rowid under a name."""
    return sa.Column(column, sa.Integer(), nullable=False), pk(table_name, column)


def index(name, table_name, *columns, unique=False, where=None):
    op.create_index(name, table_name, list(columns), unique=unique, sqlite_where=sa.text(where) if where else None)


INT = sa.Integer


def upgrade():
    table(
        "meta",
        sa.Column("one", INT(), nullable=False),
        need("till_id"),
        need("epoch", INT),
        need("store_id"),
        need("region_id"),
        need("cache_no", INT),
        need("acked_through", INT),
        need("sent_through", INT),
        need("created_ms", INT),
        pk("meta", "one"),
        sa.CheckConstraint("one = 1", name="ck_meta_one"),
    )
    facts()
    sales()
    outbox()
    people()
    essentials()


def facts():
    table(
        "event",
        *counted("event"),
        need("event_id"),
        need("type"),
        need("at_ms", INT),
        may("points", INT),
        may("job_id", INT),
        need("touches"),
        need("hash"),
        need("raw"),
    )
    index("ix_event_event_id", "event", "event_id", unique=True)
    table("pii", need("pii_ref"), need("event_id"), may("member_id"), need("salt"), need("pii"), pk("pii", "pii_ref"))
    index("ix_pii_member_id", "pii", "member_id", where="member_id IS NOT NULL")
    table(
        "effect",
        need("key"),
        need("n", INT),
        need("place", INT),
        need("points", INT),
        may("settled_incarnation_no", INT),
        may("settled_ver", INT),
        pk("effect", "key", "n", "place"),
        rowid=False,
    )
    table(
        "own_member",
        need("member_id"),
        need("account_id"),
        need("event_id"),
        need("pii_ref"),
        need("member_no"),
        may("card"),
        need("home_store_id"),
        need("enrolled_on"),
        pk("own_member", "member_id"),
    )
    index("ix_own_member_card", "own_member", "card", unique=True, where="card IS NOT NULL")
    index("ix_own_member_account_id", "own_member", "account_id", unique=True)
    table("audit", *counted("audit", "seq"), need("at_ms", INT), need("kind"), need("raw"), need("hash"))
    table("erased", need("member_id"), need("at_ms", INT), pk("erased", "member_id"), rowid=False)


def sales():
    table(
        "sale",
        *counted("sale"),
        need("event_id"),
        need("receipt_no"),
        need("at_ms", INT),
        need("business_on"),
        need("shift_id"),
        need("staff_id"),
        need("currency"),
        may("member_id"),
        may("card"),
        may("found_by"),
        need("payable_minor", INT),
        need("given_minor", INT),
        need("change_minor", INT),
        need("cash_minor", INT),
        need("card_minor", INT),
        need("qr_minor", INT),
        need("points_minor", INT),
        need("stored_value_minor", INT),
        need("gift_card_minor", INT),
        need("earned", INT),
        need("to_follow", INT),
        need("redeemed", INT),
        need("detail"),
    )
    table(
        "sale_line",
        need("sale", INT),
        need("line", INT),
        may("sku"),
        may("name"),
        may("category"),
        may("brand"),
        need("qty", INT),
        need("unit_minor", INT),
        need("discount_minor", INT),
        need("tax_minor", INT),
        pk("sale_line", "sale", "line"),
        rowid=False,
    )


def outbox():
    table(
        "print_job",
        *counted("print_job", "job_id"),
        may("event_id"),
        need("kind"),
        need("state"),
        need("copy_no", INT),
        need("queued_ms", INT),
        need("detail", default=""),
        need("model"),
        need("payload", sa.LargeBinary),
    )
    table("counter", need("name"), need("value", INT), pk("counter", "name"), rowid=False)
    table(
        "number_block",
        need("block_id"),
        need("series"),
        need("first"),
        need("last"),
        need("next"),
        need("closed", INT),
        pk("number_block", "block_id"),
    )


def people():
    table(
        "shift",
        need("shift_id"),
        need("z_no", INT),
        need("staff_id"),
        need("opened_ms", INT),
        need("float_minor", INT),
        may("closed_ms", INT),
        need("after_n", INT),
        pk("shift", "shift_id"),
    )
    index("ix_shift_z_no", "shift", "z_no", unique=True)
    table(
        "staff_attempts", need("staff_id"), need("failed", INT), need("last_ms", INT), pk("staff_attempts", "staff_id")
    )


def essentials():
    table("staff", need("staff_id"), need("staff_no"), need("ver", INT), need("raw"), pk("staff", "staff_id"))
    table(
        "setting",
        need("level", INT),
        need("section"),
        need("ver", INT),
        need("raw"),
        pk("setting", "level", "section"),
        rowid=False,
    )
    table("product", need("sku"), need("ver", INT), need("raw"), pk("product", "sku"))
    table("product_barcode", need("code"), need("sku"), pk("product_barcode", "code"), rowid=False)
    index("ix_product_barcode_sku", "product_barcode", "sku")
    table(
        "programme",
        need("programme_id"),
        need("ver", INT),
        need("valid_from_ms", INT),
        need("document"),
        pk("programme", "programme_id"),
    )


def downgrade():
    raise RuntimeError("a till goes back by its backup, never by a script")
