"""Rates that all workers share.

Revision ID: hq_0004
Revises: hq_0003
"""

import sqlalchemy as sa
from alembic import op

revision = "hq_0004"
down_revision = "hq_0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "rate",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tokens_milli", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
