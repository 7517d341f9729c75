"""The till asks head office to hold a coupon.

Revision ID: till_0005
Revises: till_0004
"""

import sqlalchemy as sa
from alembic import op

revision = "till_0005"
down_revision = "till_0004"
branch_labels = None
depends_on = None


def maybe_text(name):
    return sa.Column(name, sa.Text(), nullable=True)


def upgrade():
    op.add_column("hold", maybe_text("coupon_id"))


def downgrade():
    raise RuntimeError("a till goes back by its backup, never by a script")
