"""The till spends points by holds, and takes goods back.

Revision ID: till_0004
Revises: till_0003
"""

import sqlalchemy as sa
from alembic import op

revision = "till_0004"
down_revision = "till_0003"
branch_labels = None
depends_on = None


def text(name):
    return sa.Column(name, sa.Text(), nullable=False)


def number(name):
    return sa.Column(name, sa.Integer(), nullable=False)


def maybe_text(name):
    return sa.Column(name, sa.Text(), nullable=True)


def upgrade():
    op.create_table(
        "hold",
        text("hold_id"),
        text("account_id"),
        maybe_text("member_id"),
        number("points"),
        number("asked_ms"),
        text("state"),
        sa.PrimaryKeyConstraint("hold_id", name="pk_hold"),
        sqlite_strict=True,
    )
    op.create_index("ix_hold_asked_ms", "hold", ["asked_ms"], sqlite_where=sa.text("state IN ('asked', 'held')"))
    op.create_table(
        "sale_return",
        number("n"),
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
        sa.PrimaryKeyConstraint("n", name="pk_sale_return"),
        sqlite_strict=True,
    )
    op.create_index("ix_sale_return_of", "sale_return", ["of"])


def downgrade():
    raise RuntimeError("a till goes back by its backup, never by a script")
