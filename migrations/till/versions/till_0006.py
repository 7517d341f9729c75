"""The till checks dynamic member codes: week keys, and the codes it took.

Revision ID: till_0006
Revises: till_0005
"""

import sqlalchemy as sa
from alembic import op

revision = "till_0006"
down_revision = "till_0005"
branch_labels = None
depends_on = None


def text(name):
    return sa.Column(name, sa.Text(), nullable=False)


def number(name):
    return sa.Column(name, sa.Integer(), nullable=False)


def upgrade():
    op.create_table(
        "code_key",
        text("week"),
        number("ver"),
        text("raw"),
        sa.PrimaryKeyConstraint("week", name="pk_code_key"),
        sqlite_strict=True,
    )
    op.create_table(
        "code_step",
        number("step"),
        text("member_id"),
        sa.PrimaryKeyConstraint("step", "member_id", name="pk_code_step"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade():
    raise RuntimeError("a till goes back by its backup, never by a script")
