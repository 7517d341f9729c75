"""Channels post: their events stand in the inbox, their customers are known by names of the channel's own.

Revision ID: hq_0005
Revises: hq_0004
"""

from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

revision = "hq_0005"
down_revision = "hq_0004"
branch_labels = None
depends_on = None

PLACES = "INSERT INTO till_place SELECT channel_id, (SELECT min(store_id) FROM store), made_ms FROM channel"
TOLD = "SELECT * FROM channel_event ORDER BY channel_id, received_ms, event_id"
STORED = (
    "INSERT INTO inbox (till_id, epoch, seq, event_key, raw, hash, received_ms, differs)"
    " VALUES (:channel_id, 0, :seq, :event_id, :raw, :hash, :received_ms, :differs)"
)
FATE = (
    "INSERT INTO event (event_key, till_id, epoch, seq, store_id, type, at_ms, outcome, code, rows)"
    " SELECT :event_id, :channel_id, 0, :seq, store_id, :type, :at_ms, :outcome, :code, '[]'"
    " FROM till_place WHERE till_id = :channel_id"
)


def upgrade():
    op.create_table(
        "external_id",
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "external_id"),
    )
    op.create_index(op.f("ix_external_id_member_id"), "external_id", ["member_id"], unique=False)
    op.add_column("channel", sa.Column("channel", sa.Text(), nullable=False, server_default="online"))
    _move(op.get_bind())
    for name in ("outcome", "code", "raw", "received_ms"):
        op.drop_column("channel_event", name)


def _move(connection):
    """What channels told before goes into the inbox, a stream of epoch 0 each; what waited is tried at the next start."""
    connection.execute(sa.text(PLACES))
    channel_id, seq, previous = "", 0, bytes(32)
    for row in connection.execute(sa.text(TOLD)).mappings().all():
        if row["channel_id"] != channel_id:
            channel_id, seq, previous = row["channel_id"], 0, bytes(32)
        seq, previous = seq + 1, blake2b(previous + bytes(row["raw"]), digest_size=32).digest()
        values = {**row, "seq": seq, "hash": previous.hex(), "differs": False}
        connection.execute(sa.text(STORED), values)
        connection.execute(sa.text(FATE), values)
