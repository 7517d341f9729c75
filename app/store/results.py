"""Results of own events: kept beside them, and what they settle of the overlay (protocol.md, rule 7)."""

from __future__ import annotations

import json
from typing import Final

from app.services.sync_ports import EventResult
from app.store.connect import Connection

PUT: Final = "INSERT OR REPLACE INTO event_result VALUES (?, ?, ?, ?, ?)"
KEYS: Final = "SELECT touches FROM event WHERE n = ?"
SETTLE: Final = (
    "UPDATE effect SET before_incarnation_no = CASE WHEN settled_incarnation_no < ?1 THEN settled_incarnation_no"
    " ELSE before_incarnation_no END, before_ver = CASE WHEN settled_incarnation_no < ?1 THEN settled_ver"
    " ELSE before_ver END, settled_incarnation_no = ?1, settled_ver = ?2, balance = ?5 WHERE key = ?3 AND n = ?4"
)
"""What an older incarnation said is kept: its cache generation may still be the one that is shown."""
FORGET_UNSHOWN: Final = (
    "UPDATE effect SET settled_incarnation_no = before_incarnation_no, settled_ver = before_ver, balance = NULL,"
    " before_incarnation_no = NULL, before_ver = NULL"
    " WHERE settled_incarnation_no = ? AND before_incarnation_no IS NOT NULL"
)
"""An incarnation whose generation was never shown leaves: what the one shown contains is known again."""
BUILDING: Final = "SELECT incarnation_no FROM sync WHERE building_no != 0"
HELD: Final = ("account", "coupon")
"""Kinds of rows that own events lie over."""
GONE: Final = 0
"""`settled_ver` of an effect whose row the result does not name: nothing of it is to come."""


def settle(db: Connection, n: int, result: EventResult, incarnation_no: int) -> None:
    """Store the result of event `n`; unless it is parked, its effects end when their row is cached at the named ver.

    Inside a transaction of the caller. A result of an event this till does not have changes nothing.
    """
    found = db.execute(KEYS, (n,)).fetchone()
    if found is None:
        return
    stands = result.was or result.outcome
    rows = [[row.kind, row.id, row.ver] for row in result.rows]
    raw = json.dumps({"rows": rows, "balance": dict(result.balance), "was": result.was})
    db.execute(PUT, (n, incarnation_no, result.outcome, result.code, raw))
    if stands == "parked":
        return
    held = {row.id: row.ver for row in result.rows if row.kind in HELD}
    accounts = [row.id for row in result.rows if row.kind == "account"]
    figures = result.balance if stands == "adjusted" else {}
    for key in found[0].split():
        row_id = key if _is_id(key) else next(iter(accounts), "")
        settled = (incarnation_no, held.get(row_id, GONE), key, n, figures.get(row_id))
        db.execute(SETTLE, settled)  # a card number: the first account named is the points account it was resolved to


def forget_unshown(db: Connection) -> None:
    """Before another incarnation or identity begins: the generation being built, if one is, will never be shown.

    Inside a transaction of the caller.
    """
    building = db.execute(BUILDING).fetchone()
    if building is not None:
        db.execute(FORGET_UNSHOWN, building)


def _is_id(key: str) -> bool:
    """Keys are ids of accounts and coupons (UUID text) or card numbers (digits)."""
    return "-" in key
