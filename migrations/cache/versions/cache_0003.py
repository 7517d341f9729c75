"""The cache holds every row of its buckets, whatever its kind, so that checksums can be compared.

Revision ID: cache_0003
Revises: cache_0002
"""

import sqlalchemy as sa
from alembic import op

revision = "cache_0003"
down_revision = "cache_0002"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "other",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("incarnation_no", sa.Integer(), nullable=False),
        sa.Column("ver", sa.Integer(), nullable=False),
        sa.Column("row_seq", sa.Integer(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("h", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("n", name="pk_other"),
        sqlite_strict=True,
    )
    op.create_index("ix_other_id", "other", ["kind", "id", "bucket"], unique=True)


def downgrade():
    raise RuntimeError("a cache goes back by building its next generation")
