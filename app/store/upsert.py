"""Members into a cache that is in use: row by row, only what changed, each change one version higher."""

from __future__ import annotations

from collections import Counter
from typing import Final

from app.services.import_members import ImportedMember
from app.store.connect import Connection
from app.store.member_rows import MemberRows, Versions, card_id_of, member_id_of, rows_of

BUCKET: Final = "SELECT no FROM bucket WHERE id = ?"
ADD_BUCKET: Final = (
    "INSERT INTO bucket (id, incarnation_no, seq, live_rows, members) VALUES (?, 0, 0, 0, 0) RETURNING no"
)
GROW_BUCKET: Final = "UPDATE bucket SET live_rows = live_rows + ?, members = members + ? WHERE no = ?"
OLD: Final = {
    table: f"SELECT n, ver, raw FROM {table} WHERE id = ? ORDER BY incarnation_no DESC, ver DESC LIMIT 1"
    for table in ("member", "card", "account")
}
PUT_MEMBER: Final = (
    "INSERT INTO member (n, bucket, id, incarnation_no, ver, row_seq, raw, h, phone_back, initials)"
    " VALUES (?, ?, ?, 0, ?, 0, ?, ?, ?, ?) ON CONFLICT (n) DO UPDATE SET ver = excluded.ver, raw = excluded.raw,"
    " h = excluded.h, phone_back = excluded.phone_back, initials = excluded.initials RETURNING n"
)
PUT_CARD: Final = (
    "INSERT INTO card (n, bucket, id, incarnation_no, ver, row_seq, raw, h, number, member_id)"
    " VALUES (?, ?, ?, 0, ?, 0, ?, ?, ?, ?) ON CONFLICT (n) DO UPDATE SET ver = excluded.ver, raw = excluded.raw,"
    " h = excluded.h, number = excluded.number, member_id = excluded.member_id"
)
PUT_ACCOUNT: Final = (
    "INSERT INTO account (n, bucket, id, incarnation_no, ver, row_seq, raw, h, account_kind, member_id, balance)"
    " VALUES (?, ?, ?, 0, ?, 0, ?, ?, 'points', ?, ?) ON CONFLICT (n) DO UPDATE SET ver = excluded.ver,"
    " raw = excluded.raw, h = excluded.h, balance = excluded.balance"
)
ADD_ACCOUNT: Final = (
    "INSERT INTO account (bucket, id, incarnation_no, ver, row_seq, raw, h, account_kind, member_id, balance)"
    " VALUES (?, ?, 0, 1, ?, ?, ?, ?, ?, ?)"
)
ADD_COUPON: Final = (
    "INSERT INTO other (bucket, kind, id, incarnation_no, ver, row_seq, raw, h, member_id)"
    " VALUES (?, 'coupon', ?, 0, 1, ?, ?, ?, ?)"
)
DROP_TOKENS: Final = "DELETE FROM name_token WHERE member = ?"
ADD_TOKEN: Final = "INSERT OR IGNORE INTO name_token VALUES (?, ?)"

Old = tuple[int | None, int, str]
"""n, ver and raw of the row that is there; (None, 0, "") where there is none."""

NONE: Final[Old] = (None, 0, "")


class Upserts:
    """Writes members inside a transaction of the caller and counts what happened."""

    def __init__(self, cache: Connection, region_id: str) -> None:
        self._db = cache
        self._region_id = region_id
        self._buckets: dict[str, int] = {}
        self._grown: Counter[tuple[int, str]] = Counter()
        self.added = 0
        self.changed = 0
        self.unchanged = 0

    def put(self, member: ImportedMember) -> None:
        """Insert or update the rows of one member; rows whose text would not change keep their version.

        What is held beside points comes with a new member only.
        """
        new = rows_of(member, self._region_id)
        olds = {
            "member": self._old("member", member_id_of(member.member_no)),
            "card": self._old("card", card_id_of(member.card)) if member.card else NONE,
            "account": self._old("account", new.account[0]),
        }
        same = rows_of(member, self._region_id, _versions(olds, 0))
        stays = {
            "member": same.member[1] == olds["member"][2],
            "card": same.card is None or same.card[1] == olds["card"][2],
            "account": same.account[1] == olds["account"][2],
        }
        if all(stays.values()):
            self.unchanged += 1
            return
        if olds["member"][0] is None:
            self.added += 1
            self._add_beside(new)
        else:
            self.changed += 1
        self._write(rows_of(member, self._region_id, _versions(olds, 1)), olds, stays)

    def count_buckets(self) -> None:
        """Bring the buckets' counts up to date after the last `put`."""
        for no in self._buckets.values():
            rows = sum(self._grown[no, table] for table in OLD)
            if rows:
                self._db.execute(GROW_BUCKET, (rows, self._grown[no, "member"], no))

    def _write(self, rows: MemberRows, olds: dict[str, Old], stays: dict[str, bool]) -> None:
        bucket = self._bucket(rows.bucket)
        self._grown.update((bucket, table) for table, old in olds.items() if old[0] is None and not stays[table])
        if not stays["member"]:
            n, ver, raw = olds["member"]
            row_id, text, h = rows.member
            values = (n, bucket, row_id, ver + 1, text, h, rows.phone_back, rows.initials)
            n = self._db.execute(PUT_MEMBER, values).fetchone()[0]
            if raw:
                self._db.execute(DROP_TOKENS, (n,))
            self._db.executemany(ADD_TOKEN, [(token, n) for token in rows.tokens])
        if rows.card is not None and not stays["card"]:
            n, ver, _ = olds["card"]
            row_id, text, h = rows.card
            self._db.execute(PUT_CARD, (n, bucket, row_id, ver + 1, text, h, rows.number, rows.member[0]))
        if not stays["account"]:
            n, ver, _ = olds["account"]
            row_id, text, h = rows.account
            self._db.execute(PUT_ACCOUNT, (n, bucket, row_id, ver + 1, text, h, rows.member[0], rows.balance))

    def _add_beside(self, rows: MemberRows) -> None:
        bucket, owner = self._bucket(rows.bucket), rows.member[0]
        plain = [(bucket, row[0], 0, row[1], row[2], kind.value, owner, balance) for row, kind, balance in rows.plain]
        coupons = [(bucket, row_id, 0, raw, h, owner) for row_id, raw, h in rows.coupons]
        self._db.executemany(ADD_ACCOUNT, plain)
        self._db.executemany(ADD_COUPON, coupons)
        self._grown[bucket, "account"] += len(plain) + len(coupons)

    def _old(self, table: str, row_id: str) -> Old:
        row = self._db.execute(OLD[table], (row_id,)).fetchone()
        return NONE if row is None else (row[0], row[1], row[2] or "")

    def _bucket(self, name: str) -> int:
        if name not in self._buckets:
            row = self._db.execute(BUCKET, (name,)).fetchone() or self._db.execute(ADD_BUCKET, (name,)).fetchone()
            self._buckets[name] = row[0]
        return self._buckets[name]


def _versions(olds: dict[str, Old], more: int) -> Versions:
    return Versions(olds["member"][1] + more, olds["card"][1] + more, olds["account"][1] + more)
