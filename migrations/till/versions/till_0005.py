"""The till holds coupons, and takes money into stored value.

Revision ID: till_0005
Revises: till_0004
"""

import sqlalchemy as sa
from alembic import op

revision = "till_0005"
down_revision = "till_0004"
branch_labels = None
depends_on = None


def text(name):
    return sa.Column(name, sa.Text(), nullable=False)


def number(name):
    return sa.Column(name, sa.Integer(), nullable=False)


def maybe_text(name):
    return sa.Column(name, sa.Text(), nullable=True)


def upgrade():
    op.add_column("hold", maybe_text("coupon_id"))
    op.create_table(
        "topup",
        number("n"),
        text("event_id"),
        text("receipt_no"),
        number("at_ms"),
        text("business_on"),
        text("shift_id"),
        text("staff_id"),
        maybe_text("member_id"),
        text("account_id"),
        number("minor"),
        number("bonus_minor"),
        number("cash_minor"),
        number("card_minor"),
        number("qr_minor"),
        text("source"),
        maybe_text("of"),
        sa.PrimaryKeyConstraint("n", name="pk_topup"),
        sqlite_strict=True,
    )


def downgrade():
    raise RuntimeError("a till goes back by its backup, never by a script")
