"""Dynamic member codes that sales named, so that one used at two tills is reported.

Revision ID: hq_0006
Revises: hq_0005
"""

import sqlalchemy as sa
from alembic import op

revision = "hq_0006"
down_revision = "hq_0005"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "code_use",
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "step"),
    )
