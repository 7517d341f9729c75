"""The till synchronises: where head office is, what it saw of it, results of its events, rows of its own bucket.

Revision ID: till_0003
Revises: till_0002
"""

import sqlalchemy as sa
from alembic import op

revision = "till_0003"
down_revision = "till_0002"
branch_labels = None
depends_on = None


def text(name):
    return sa.Column(name, sa.Text(), nullable=False)


def number(name):
    return sa.Column(name, sa.Integer(), nullable=False)


def upgrade():
    op.add_column("effect", sa.Column("before_incarnation_no", sa.Integer(), nullable=True))
    op.add_column("effect", sa.Column("before_ver", sa.Integer(), nullable=True))
    op.add_column("effect", sa.Column("balance", sa.Integer(), nullable=True))
    op.create_table(
        "head_office",
        number("one"),
        text("url"),
        text("authority"),
        text("key_name"),
        sa.CheckConstraint("one = 1", name="ck_head_office_one"),
        sa.PrimaryKeyConstraint("one", name="pk_head_office"),
        sqlite_strict=True,
    )
    op.create_table(
        "sync",
        number("one"),
        number("incarnation_no"),
        text("incarnation"),
        text("life"),
        number("went_back"),
        number("till_cursor"),
        number("building_no"),
        text("closed"),
        sa.CheckConstraint("one = 1", name="ck_sync_one"),
        sa.PrimaryKeyConstraint("one", name="pk_sync"),
        sqlite_strict=True,
    )
    op.create_table(
        "event_result",
        number("n"),
        number("incarnation_no"),
        text("outcome"),
        text("code"),
        text("raw"),
        sa.PrimaryKeyConstraint("n", name="pk_event_result"),
        sqlite_strict=True,
    )
    op.create_table(
        "till_row",
        text("kind"),
        text("id"),
        number("incarnation_no"),
        number("ver"),
        number("row_seq"),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("h", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "id", name="pk_till_row"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade():
    raise RuntimeError("a till goes back by its backup, never by a script")
