"""Search: phone tails, names and pinyin initials get indexes, filled from the rows that are there.

The functions below are those of app.store.tokens as they were when this was written; a migration never changes.

Revision ID: cache_0002
Revises: cache_0001
"""

import json
import re

import sqlalchemy as sa
from alembic import op

revision = "cache_0002"
down_revision = "cache_0001"
branch_labels = None
depends_on = None

TOKEN_CHARS_MAX = 16
BATCH_ROWS_MAX = 5000
WORD_START = re.compile(r"(?<![^\W_])[a-z0-9à-ɏ]")
HAN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]")


def upgrade():
    op.create_table(
        "name_token",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("member", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("token", "member", name="pk_name_token"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.add_column("member", sa.Column("phone_back", sa.Text(), nullable=True))
    op.add_column("member", sa.Column("initials", sa.Text(), nullable=True))
    fill(op.get_bind())
    op.create_index("ix_member_phone_back", "member", ["phone_back"], sqlite_where=sa.text("phone_back IS NOT NULL"))


def fill(connection):
    last = 0
    while True:
        batch = connection.execute(
            sa.text("SELECT n, raw FROM member WHERE n > :n AND raw IS NOT NULL ORDER BY n LIMIT :most"),
            {"n": last, "most": BATCH_ROWS_MAX},
        ).all()
        if not batch:
            return
        last = batch[-1][0]
        columns, tokens = [], []
        for n, raw in batch:
            row = json.loads(raw)
            phone = "".join(char for char in row.get("phone", "") if char.isdigit())[::-1] or None
            initials = "".join(word[0] for word in row.get("pinyin", "").lower().split()) or None
            columns.append({"n": n, "phone": phone, "initials": initials})
            tokens.extend({"token": token, "member": n} for token in name_tokens(row.get("name", ""), initials or ""))
        connection.execute(sa.text("UPDATE member SET phone_back = :phone, initials = :initials WHERE n = :n"), columns)
        if tokens:
            connection.execute(sa.text("INSERT OR IGNORE INTO name_token VALUES (:token, :member)"), tokens)


def name_tokens(name, initials):
    folded = " ".join(name.lower().replace("·", " ").split())
    starts = {place for place, char in enumerate(folded) if HAN.match(char)}
    starts.update(match.start() for match in WORD_START.finditer(folded))
    found = [folded[start : start + TOKEN_CHARS_MAX] for start in sorted(starts)]
    if initials:
        found.append(initials[:TOKEN_CHARS_MAX])
    return dict.fromkeys(found)


def downgrade():
    raise RuntimeError("a cache goes back by building its next generation")
