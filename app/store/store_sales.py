"""The store's own sale lines in the cache: what a return of another till's receipt starts from."""

from __future__ import annotations

from typing import Final

import msgspec

from app.domain.sale import LINES_MAX
from app.ids import EventId, MemberId
from app.services.ports import StoreLine
from app.store.connect import Connection

LINES: Final = (
    "SELECT raw FROM other WHERE kind = 'sale_line' AND id >= ?1 || ':' AND id < ?1 || ';' AND raw IS NOT NULL"
    " ORDER BY incarnation_no, ver"
)


class Given(msgspec.Struct):
    """What one rule gave on the line."""

    rule: str
    points: int


class SaleLine(msgspec.Struct, kw_only=True):
    """The members of the row that a return needs."""

    id: str
    receipt_no: str
    at_ms: int
    till_id: str
    qty: int
    returned_qty: int
    charged_minor: int
    points_minor: int
    because: list[Given]
    member_id: str | None = None
    sku: str | None = None
    name: str | None = None
    category: str | None = None


_read: Final = msgspec.json.Decoder(SaleLine).decode


def store_sale(db: Connection, event_id: EventId) -> tuple[StoreLine, ...]:
    """See the port. A sale of which a line is missing, or whose rows cannot be read, is not here."""
    found: dict[int, StoreLine] = {}
    try:
        for (raw,) in db.execute(LINES, (event_id,)):
            row = _read(raw)
            found[_number(row.id)] = _line(row)
    except (msgspec.ValidationError, ValueError):
        return ()
    return tuple(found[number] for number in range(len(found))) if found.keys() == set(range(len(found))) else ()


def _number(row_id: str) -> int:
    number = int(row_id.rpartition(":")[2])
    if not 0 <= number < LINES_MAX:
        raise ValueError("no line of a sale")
    return number


def _line(row: SaleLine) -> StoreLine:
    if row.qty < 1:
        raise ValueError("no line of a sale")
    return StoreLine(
        receipt_no=row.receipt_no,
        at_ms=row.at_ms,
        till_id=row.till_id,
        qty=row.qty,
        returned_qty=row.returned_qty,
        charged_minor=row.charged_minor,
        points_minor=row.points_minor,
        because=tuple((one.rule, one.points) for one in row.because),
        member_id=MemberId(row.member_id) if row.member_id is not None else None,
        sku=row.sku,
        name=row.name,
        category=row.category,
    )
