"""A business day of this till, from its rows; a million sales before it are never read.

Sales have no index on their day. Their keys grow with time, so the first of a day is found by halving, as a receipt is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import msgspec

from app.domain.day import HOURS, DayFigures, DaySpan, TillDay
from app.domain.numbering import local_time
from app.ids import StaffId
from app.store.connect import Connection
from app.store.shift_rows import UNDONE
from app.store.spending import ENDS

QUARTER_MS: Final = 900_000
FROM_N: Final = "SELECT n, business_on FROM sale WHERE n >= ? ORDER BY n LIMIT 1"
NEIGHBOURS: Final = (
    "SELECT (SELECT coalesce(max(n), 0) FROM sale WHERE n < ?),"
    f" (SELECT coalesce(min(n), {2**62}) FROM sale WHERE n >= ?)"
)
SPAN: Final = "n >= :low AND n < :high AND n > :after AND business_on = :day"
SOLD: Final = (
    "SELECT count(*), count(coalesce(member_id, card)), coalesce(sum(payable_minor), 0), coalesce(sum(earned), 0),"
    f" coalesce(sum(redeemed), 0) FROM sale WHERE {SPAN} AND NOT {UNDONE}"
)
GROSS: Final = (
    "SELECT coalesce(sum(line.qty * line.unit_minor), 0) FROM sale JOIN sale_line AS line ON line.sale = sale.n"
    f" WHERE {SPAN} AND NOT {UNDONE}"
)
QUARTERS: Final = (
    f"SELECT at_ms / {QUARTER_MS}, sum(payable_minor) FROM sale WHERE {SPAN} AND NOT {UNDONE}"
    f" GROUP BY at_ms / {QUARTER_MS}"
)
BACK: Final = f"SELECT count(*), coalesce(sum(refund_minor), 0) FROM sale_return WHERE {SPAN} AND undo = 0"
UNDONE_TODAY: Final = f"SELECT count(*) FROM sale_return WHERE {SPAN} AND undo = 1"
ENROLLED: Final = "type = 'enrolment' AND at_ms >= :from_ms AND at_ms < :until_ms"
ENROLMENTS: Final = f"SELECT count(*) FROM event WHERE {ENROLLED} AND n > :after"
BOARD: Final = f"SELECT raw FROM event WHERE {ENROLLED}"
WHO: Final = (
    "SELECT member_id IS NOT NULL OR card IS NOT NULL, count(*), sum(payable_minor) FROM sale"
    f" WHERE {SPAN} AND NOT {UNDONE} GROUP BY 1"
)
NEW: Final = (
    f"SELECT coalesce(sum(payable_minor), 0) FROM sale WHERE {SPAN} AND NOT {UNDONE}"
    " AND member_id IN (SELECT member_id FROM own_member WHERE enrolled_on = :day)"
)
OFTEN: Final = (
    f"SELECT count(*) FROM (SELECT 1 FROM sale WHERE {SPAN} AND NOT {UNDONE} AND coalesce(member_id, card) IS NOT NULL"
    " GROUP BY coalesce(member_id, card) HAVING count(*) >= 3)"
)
AUDIT_ENDS: Final = "SELECT coalesce((SELECT min(seq) FROM audit), 0), coalesce((SELECT max(seq) FROM audit), 0)"
AUDIT_FROM: Final = "SELECT seq, at_ms FROM audit WHERE seq >= ? ORDER BY seq LIMIT 1"
AUDITED: Final = (
    "SELECT kind, count(*) FROM audit WHERE seq >= ? AND at_ms >= ? AND at_ms < ?"
    " AND kind IN ('override', 'no_sale') GROUP BY kind"
)
STORE_DAY: Final = "SELECT raw FROM other WHERE kind = 'day_figures' AND id = ? AND raw IS NOT NULL"


class StoreDay(msgspec.Struct):
    """The `day_figures` row of head office."""

    sales: int
    returns: int
    gross_minor: int
    net_minor: int
    members: int
    enrolments: int
    points_issued: int
    points_redeemed: int
    by_hour: list[int]


_read_store_day: Final = msgspec.json.Decoder(StoreDay).decode


def figures(db: Connection, span: DaySpan, *, after_n: int) -> DayFigures:
    """The day's figures of events behind `after_n` (0: all)."""
    values = _values(db, span, after_n)
    sold, members, money, earned, redeemed = db.execute(SOLD, values).fetchone()
    returns, refunded = db.execute(BACK, values).fetchone()
    hours = [0] * HOURS
    for quarter, minor in db.execute(QUARTERS, values):
        hours[local_time(quarter * QUARTER_MS, span.zone).hour] += minor
    return DayFigures(
        sales=sold,
        returns=returns,
        gross_minor=db.execute(GROSS, values).fetchone()[0],
        net_minor=money - refunded,
        members=members,
        enrolments=db.execute(ENROLMENTS, values).fetchone()[0],
        points_issued=earned,
        points_redeemed=redeemed,
        by_hour=tuple(hours),
    )


def till_day(db: Connection, span: DaySpan) -> TillDay:
    """What only this till knows of the day."""
    values = _values(db, span, 0)
    who = {bool(member): (count, minor) for member, count, minor in db.execute(WHO, values)}
    board: dict[StaffId, int] = {}
    for (raw,) in db.execute(BOARD, values):
        staff_id = StaffId(json.loads(raw)["body"].get("staff_id", ""))
        board[staff_id] = board.get(staff_id, 0) + 1
    low, high = db.execute(AUDIT_ENDS).fetchone()
    first = _first(db, AUDIT_FROM, low, high, before=lambda at_ms: at_ms < span.from_ms)
    audited = dict(db.execute(AUDITED, (first, span.from_ms, span.until_ms)).fetchall())
    return TillDay(
        member_minor=who.get(True, (0, 0))[1],
        other_minor=who.get(False, (0, 0))[1],
        member_sales=who.get(True, (0, 0))[0],
        other_sales=who.get(False, (0, 0))[0],
        new_minor=db.execute(NEW, values).fetchone()[0],
        board=board,
        often=db.execute(OFTEN, values).fetchone()[0],
        approvals=audited.get("override", 0),
        drawer_opened=audited.get("no_sale", 0),
        undone=db.execute(UNDONE_TODAY, values).fetchone()[0],
    )


def store_day(db: Connection, on: str) -> DayFigures | None:
    """The store's day as head office last sent it; None when it is not here or cannot be read."""
    row = db.execute(STORE_DAY, (on,)).fetchone()
    if row is None:
        return None
    try:
        found = _read_store_day(row[0])
    except msgspec.ValidationError:
        return None
    if len(found.by_hour) != HOURS:
        return None
    return DayFigures(
        sales=found.sales,
        returns=found.returns,
        gross_minor=found.gross_minor,
        net_minor=found.net_minor,
        members=found.members,
        enrolments=found.enrolments,
        points_issued=found.points_issued,
        points_redeemed=found.points_redeemed,
        by_hour=tuple(found.by_hour),
    )


def _values(db: Connection, span: DaySpan, after_n: int) -> dict[str, int | str]:
    """The keys between which the day's sales and returns lie: behind the last sale of a day before, before the first
    sale of a day after."""
    low, high = db.execute(ENDS).fetchone()
    first = _first(db, FROM_N, low, high, before=lambda day: day < span.on)
    behind = _first(db, FROM_N, low, high, before=lambda day: day <= span.on)
    last, later = db.execute(NEIGHBOURS, (first, behind)).fetchone()
    return {
        "low": last + 1, "high": later, "after": after_n, "day": span.on,
        "from_ms": span.from_ms, "until_ms": span.until_ms,
    }  # fmt: skip


def _first(db: Connection, statement: str, low: int, high: int, *, before: Callable[[Any], bool]) -> int:
    """A key behind everything that is `before` and not behind the first that is not, by halving."""
    while low <= high:
        middle = (low + high) // 2
        found = db.execute(statement, (middle,)).fetchone()
        if found is None:  # there is nothing at all
            return low
        key, value = found
        if before(value):
            low = key + 1
        else:
            high = middle - 1
    return low
