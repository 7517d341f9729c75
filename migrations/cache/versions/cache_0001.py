"""Head office's rows: members, cards and accounts by bucket.

Revision ID: cache_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "cache_0001"
down_revision = None
branch_labels = None
depends_on = None

INT = sa.Integer


def need(name, kind=sa.Text):
    return sa.Column(name, kind(), nullable=False)


def may(name, kind=sa.Text):
    return sa.Column(name, kind(), nullable=True)


def rows(name, *columns):
    op.create_table(
        name,
        need("n", INT),
        need("bucket", INT),
        need("id"),
        need("incarnation_no", INT),
        need("ver", INT),
        need("row_seq", INT),
        may("raw"),
        may("h", sa.LargeBinary),
        *columns,
        sa.PrimaryKeyConstraint("n", name=f"pk_{name}"),
        sqlite_strict=True,
    )
    op.create_index(f"ix_{name}_id", name, ["id", "bucket"], unique=True)


def upgrade():
    op.create_table(
        "meta",
        need("one", INT),
        need("generation", INT),
        need("incarnation_no", INT),
        need("complete", INT),
        sa.PrimaryKeyConstraint("one", name="pk_meta"),
        sa.CheckConstraint("one = 1", name="ck_meta_one"),
        sqlite_strict=True,
    )
    op.create_table(
        "bucket",
        need("no", INT),
        need("id"),
        need("incarnation_no", INT),
        need("seq", INT),
        need("live_rows", INT),
        need("members", INT),
        may("checksum", sa.LargeBinary),
        sa.PrimaryKeyConstraint("no", name="pk_bucket"),
        sqlite_strict=True,
    )
    op.create_index("ix_bucket_id", "bucket", ["id"], unique=True)
    rows("member")
    rows("card", may("number"), may("member_id"))
    op.create_index("ix_card_number", "card", ["number"])
    op.create_index("ix_card_member_id", "card", ["member_id"])
    rows("account", may("account_kind"), may("member_id"), may("balance", INT))
    op.create_index("ix_account_member_id", "account", ["member_id", "account_kind"])


def downgrade():
    raise RuntimeError("a cache goes back by building its next generation")
