"""Coupons are found by the member who has them.

Revision ID: cache_0004
Revises: cache_0003
"""

import sqlalchemy as sa
from alembic import op

revision = "cache_0004"
down_revision = "cache_0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index(
        "ix_other_coupon_member",
        "other",
        [sa.text("(raw ->> 'member_id')")],
        sqlite_where=sa.text("kind = 'coupon'"),
    )


def downgrade():
    raise RuntimeError("a cache goes back by building its next generation")
