"""When an account is due, and what head office found in an event that it applied.

Revision ID: hq_0002
Revises: hq_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "hq_0002"
down_revision = "hq_0001"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("account", sa.Column("due_on", sa.Text(), nullable=True))
    op.create_index(op.f("ix_account_due_on"), "account", ["due_on"], unique=False)
    op.execute("UPDATE account SET due_on = '0001-01-01'")  # the first run looks at every account that is there
    op.create_table(
        "finding",
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("event_key", "code"),
    )
    op.create_index(op.f("ix_finding_code_store_id"), "finding", ["code", "store_id"], unique=False)
