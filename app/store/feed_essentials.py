"""Essentials and the till's own rows out of the feed, into till.db: what opens the shop without a cache.

Short IMMEDIATE transactions of the caller. A tombstone takes the essential away; an erasure first records the member
as erased and deletes personal data (protocol.md, fine print 9).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from app import logs
from app.errors import ConfigError
from app.services.sync_ports import FeedRow
from app.store import templates
from app.store.connect import Connection
from app.store.programmes import put_programme
from app.store.rows import read_week_key

PUT_SETTING: Final = "INSERT OR REPLACE INTO setting (level, section, ver, raw) VALUES (?, ?, ?, ?)"
PUT_STAFF: Final = "INSERT OR REPLACE INTO staff (staff_id, staff_no, ver, raw) VALUES (?, ?, ?, ?)"
PUT_PRODUCT: Final = "INSERT OR REPLACE INTO product (sku, ver, raw) VALUES (?, ?, ?)"
DROP_CODES: Final = "DELETE FROM product_barcode WHERE sku = ?"
PUT_WEEK_KEY: Final = "INSERT INTO code_key (week, ver, raw) VALUES (?, ?, ?)"
PUT_CODE: Final = "INSERT OR REPLACE INTO product_barcode (code, sku) VALUES (?, ?)"
ERASE: Final = "INSERT OR IGNORE INTO erased VALUES (?, ?)"
DROP_PII: Final = "DELETE FROM pii WHERE member_id = ?"
DROP_OWN_MEMBER: Final = "DELETE FROM own_member WHERE member_id = ?"
ADD_BLOCK: Final = "INSERT OR IGNORE INTO number_block VALUES (?, ?, ?, ?, ?, 0)"
CLOSE_BLOCK: Final = "UPDATE number_block SET closed = 1 WHERE block_id = ?"

LEVELS: Final = {"chain": 0, "store": 1, "till": 2}
KINDS: Final = ("programme", "settings", "staff", "product", "erasure", "number_block", "code_key", "template")


def is_essential(row: FeedRow) -> bool:
    """Rows till.db keeps a copy of."""
    return row.kind in KINDS


def take_essential(db: Connection, bucket: str, row: FeedRow, now_ms: int) -> None:
    """Write one essential inside a transaction of the caller."""
    members: dict[str, Any] | None = None if row.raw is None else json.loads(row.raw)
    if row.kind == "settings":
        _settings(db, LEVELS[bucket.partition(":")[0]], row, members)
    elif row.kind == "erasure":
        _erase(db, row.id, now_ms)
    else:
        TAKE[row.kind](db, row, members)


def _settings(db: Connection, level: int, row: FeedRow, members: Mapping[str, Any] | None) -> None:
    if members is None:
        db.execute("DELETE FROM setting WHERE level = ? AND section = ?", (level, row.id))
    else:
        db.execute(PUT_SETTING, (level, row.id, row.ver, row.raw))


def _erase(db: Connection, member_id: str, now_ms: int) -> None:
    db.execute(ERASE, (member_id, now_ms))
    db.execute(DROP_PII, (member_id,))
    db.execute(DROP_OWN_MEMBER, (member_id,))


def _programme(db: Connection, row: FeedRow, members: Mapping[str, Any] | None) -> None:
    """A published version is never taken back: its tombstone is left alone, sales name it.

    One this program cannot read is left to a newer program: the till sells on with the version it has.
    """
    if members is None:
        return
    try:
        put_programme(db, members["document"], row.ver)
    except ConfigError as error:
        logs.event("sync", "programme_unreadable", logging.WARNING, id=row.id, code=error.code)


def _staff(db: Connection, row: FeedRow, members: Mapping[str, Any] | None) -> None:
    if members is None:
        db.execute("DELETE FROM staff WHERE staff_id = ?", (row.id,))
    else:
        db.execute(PUT_STAFF, (row.id, members["staff_no"], row.ver, row.raw))


def _product(db: Connection, row: FeedRow, members: Mapping[str, Any] | None) -> None:
    db.execute(DROP_CODES, (row.id,))
    if members is None:
        db.execute("DELETE FROM product WHERE sku = ?", (row.id,))
        return
    db.execute(PUT_PRODUCT, (row.id, row.ver, row.raw))
    db.executemany(PUT_CODE, [(code, row.id) for code in members["barcodes"]])


def _number_block(db: Connection, row: FeedRow, members: Mapping[str, Any] | None) -> None:
    """A lent block is added once; what was taken from it is this till's to know."""
    if members is None or members["closed"]:
        db.execute(CLOSE_BLOCK, (row.id,))
        return
    db.execute(ADD_BLOCK, (row.id, members["series"], members["first"], members["last"], members["first"]))


def _week_key(db: Connection, row: FeedRow, members: Mapping[str, Any] | None) -> None:
    """A key that cannot be read is none: then the cashier asks for the card."""
    db.execute("DELETE FROM code_key WHERE week = ?", (row.id,))
    if members is None or row.raw is None:
        return
    try:
        read_week_key(row.raw)
    except ValueError as error:
        logs.event("sync", "week_key_unreadable", logging.WARNING, id=row.id, error=type(error).__name__)
        return
    db.execute(PUT_WEEK_KEY, (row.id, row.ver, row.raw))


TAKE: Final[Mapping[str, Callable[[Connection, FeedRow, Mapping[str, Any] | None], None]]] = {
    "programme": _programme,
    "staff": _staff,
    "product": _product,
    "number_block": _number_block,
    "code_key": _week_key,
    "template": templates.take,
}
