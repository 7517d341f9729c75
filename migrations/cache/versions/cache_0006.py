"""Members are found by their number, as dynamic codes carry it.

Revision ID: cache_0006
Revises: cache_0005
"""

from alembic import op

revision = "cache_0006"
down_revision = "cache_0005"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE INDEX ix_member_number ON member ((raw ->> 'member_no')) WHERE raw IS NOT NULL")


def downgrade():
    raise RuntimeError("a cache goes back by building its next generation")
