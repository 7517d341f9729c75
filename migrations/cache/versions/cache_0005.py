"""Coupons are found by the member who has them.

Revision ID: cache_0005
Revises: cache_0004
"""

import sqlalchemy as sa
from alembic import op

revision = "cache_0005"
down_revision = "cache_0004"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("other", sa.Column("member_id", sa.Text(), nullable=True))
    op.execute("UPDATE other SET member_id = raw ->> 'member_id' WHERE kind = 'coupon'")
    op.create_index("ix_other_member_id", "other", ["member_id"], sqlite_where=sa.text("member_id IS NOT NULL"))


def downgrade():
    raise RuntimeError("a cache goes back by building its next generation")
