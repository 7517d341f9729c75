"""The first schema of head office.

Revision ID: hq_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "hq_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    _part_1()
    _part_2()
    _part_3()
    _part_4()
    _part_5()


def _part_1():
    op.create_table(
        "account",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_account_member_id"), "account", ["member_id"], unique=False)
    op.create_table(
        "bucket",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("live_rows", sa.BigInteger(), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "card",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=True),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_card_member_id"), "card", ["member_id"], unique=False)
    op.create_table(
        "coupon",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_coupon_member_id"), "coupon", ["member_id"], unique=False)
    op.create_table(
        "day_figures",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "enrol_code",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_key", sa.Text(), nullable=True),
        sa.Column("epoch", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("code_hash"),
    )


def _part_2():
    op.create_table(
        "entry",
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("event_key", "account_id"),
    )
    op.create_index(op.f("ix_entry_account_id"), "entry", ["account_id"], unique=False)
    op.create_table(
        "erased",
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("erased_on", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("member_id"),
    )
    op.create_table(
        "event",
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("waits_for", sa.Text(), nullable=True),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.Column("balance", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("event_key"),
    )
    op.create_index(op.f("ix_event_outcome_code"), "event", ["outcome", "code"], unique=False)
    op.create_index(op.f("ix_event_waits_for"), "event", ["waits_for"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("base_seq", sa.BigInteger(), nullable=False),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("events", sa.LargeBinary(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("till_id", "epoch", "n"),
    )


def _part_3():
    op.create_table(
        "feed_row",
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.Column("row_seq", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("h", sa.Text(), nullable=True),
        sa.Column("peers", sa.Text(), nullable=True),
        sa.Column("slice", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "kind", "id"),
        sa.UniqueConstraint("bucket", "row_seq", name=op.f("uq_feed_row_bucket_row_seq")),
    )
    op.create_index(op.f("ix_feed_row_kind_id"), "feed_row", ["kind", "id"], unique=False)
    op.create_table(
        "hold",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("coupon_id", sa.Text(), nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("released", sa.BigInteger(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_hold_account_id_state"), "hold", ["account_id", "state"], unique=False)
    op.create_index(op.f("ix_hold_till_id_epoch_state"), "hold", ["till_id", "epoch", "state"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("differs", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("till_id", "epoch", "seq"),
    )
    op.create_index(op.f("ix_inbox_event_key"), "inbox", ["event_key"], unique=False)
    op.create_table(
        "member",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member_no", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_member_member_no"), "member", ["member_no"], unique=False)
    op.create_index(op.f("ix_member_phone"), "member", ["phone"], unique=False)


def _part_4():
    op.create_table(
        "number_block",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("series", "first"),
    )
    op.create_table(
        "pii",
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("pii_ref", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("pii", sa.LargeBinary(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("event_key", "pii_ref"),
    )
    op.create_index(op.f("ix_pii_member_id"), "pii", ["member_id"], unique=False)
    op.create_table(
        "programme",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("published_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "sale",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=True),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "server_life",
        sa.Column("life", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("life"),
    )
    op.create_table(
        "server_meta",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _part_5():
    op.create_table(
        "store",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("region_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pin_pepper", sa.Text(), nullable=False),
        sa.Column("receipt_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("store_id"),
    )
    op.create_table(
        "till_place",
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("till_id"),
    )
    op.create_table(
        "till_progress",
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("till_id"),
    )
    op.create_table(
        "till_stream",
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("next_key", sa.Text(), nullable=True),
        sa.Column("closed", sa.Text(), nullable=True),
        sa.Column("hardware", sa.Text(), nullable=False),
        sa.Column("enrolled_ms", sa.BigInteger(), nullable=False),
        sa.Column("head_seq", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("till_id", "epoch"),
    )


def downgrade():
    op.drop_table("till_stream")
    op.drop_table("till_progress")
    op.drop_table("till_place")
    op.drop_table("store")
    op.drop_table("server_meta")
    op.drop_table("server_life")
    op.drop_table("sale")
    op.drop_table("programme")
    op.drop_table("pii")
    op.drop_table("number_block")
    op.drop_table("member")
    op.drop_table("inbox")
    op.drop_table("hold")
    op.drop_table("feed_row")
    op.drop_table("evidence")
    op.drop_table("event")
    op.drop_table("erased")
    op.drop_table("entry")
    op.drop_table("enrol_code")
    op.drop_table("day_figures")
    op.drop_table("coupon")
    op.drop_table("card")
    op.drop_table("bucket")
    op.drop_table("account")
