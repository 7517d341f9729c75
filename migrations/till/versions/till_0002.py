"""A sale knows its gross amount, and a shift's enrolments are counted by an index.

The column is required, so the table is made anew and filled: gross is the sum of the lines, as receipts had it.

Revision ID: till_0002
Revises: till_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "till_0002"
down_revision = "till_0001"
branch_labels = None
depends_on = None

BEFORE = (
    "n", "event_id", "receipt_no", "at_ms", "business_on", "shift_id", "staff_id", "currency", "member_id", "card",
    "found_by",
)
AFTER = (
    "payable_minor", "given_minor", "change_minor", "cash_minor", "card_minor", "qr_minor", "points_minor",
    "stored_value_minor", "gift_card_minor", "earned", "to_follow", "redeemed", "detail",
)
INTEGERS = {"n", "at_ms", *AFTER} - {"detail"}
OPTIONAL = {"member_id", "card", "found_by"}


def column(name):
    return sa.Column(name, sa.Integer() if name in INTEGERS else sa.Text(), nullable=name in OPTIONAL)


def upgrade():
    op.create_table(
        "sale_next",
        *(column(name) for name in BEFORE),
        sa.Column("gross_minor", sa.Integer(), nullable=False),
        *(column(name) for name in AFTER),
        sa.PrimaryKeyConstraint("n", name="pk_sale"),
        sqlite_strict=True,
    )
    before, after = ", ".join(BEFORE), ", ".join(AFTER)
    op.execute(
        f"INSERT INTO sale_next ({before}, gross_minor, {after}) SELECT {before}, coalesce((SELECT "
        "sum(l.qty * l.unit_minor - l.discount_minor) FROM sale_line AS l WHERE l.sale = sale.n), 0), "
        f"{after} FROM sale ORDER BY n"
    )
    op.drop_table("sale")
    op.rename_table("sale_next", "sale")
    op.create_index("ix_event_enrolment", "event", ["at_ms"], sqlite_where=sa.text("type = 'enrolment'"))


def downgrade():
    raise RuntimeError("a till goes back by its backup, never by a script")
