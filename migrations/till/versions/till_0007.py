"""The chain's own receipt templates come from head office.

Revision ID: till_0007
Revises: till_0006
"""

import sqlalchemy as sa
from alembic import op

revision = "till_0007"
down_revision = "till_0006"
branch_labels = None
depends_on = None


def text(name):
    return sa.Column(name, sa.Text(), nullable=False)


def upgrade():
    op.create_table(
        "template",
        text("id"),
        text("name"),
        text("language"),
        sa.Column("ver", sa.Integer(), nullable=False),
        text("text"),
        sa.PrimaryKeyConstraint("id", name="pk_template"),
        sqlite_strict=True,
    )


def downgrade():
    raise RuntimeError("a till goes back by its backup, never by a script")
