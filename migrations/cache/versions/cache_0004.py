"""Rows remember which others the same transfer changed, so that a sum is only shown of rows that belong together.

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
    for table in ("member", "card", "account", "other"):
        op.add_column(table, sa.Column("peers", sa.Text(), nullable=True))


def downgrade():
    raise RuntimeError("a cache goes back by building its next generation")
