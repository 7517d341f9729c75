"""The store's own sale lines in the cache: what a return of another till's receipt starts from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import msgspec

from app.domain.sale import LINES_MAX
from app.domain.store_line import StoreLine
from app.ids import EventId, MemberId
from app.store.connect import Connection
from app.store.spending import read_returned

LINES: Final = (
    "SELECT raw, incarnation_no FROM other WHERE kind = 'sale_line' AND id >= ?1 || ':' AND id < ?1 || ';'"
    " AND raw IS NOT NULL ORDER BY incarnation_no, ver"
)
OWN: Final = (
    "SELECT b.detail, r.incarnation_no, r.outcome, r.raw FROM till.sale_return AS b"
    " LEFT JOIN till.event_result AS r ON r.n = b.n WHERE b.of = ?"
)
"""What came back here, and what head office said of it."""


class Given(msgspec.Struct):
    """What one rule gave on the line."""

    rule: str
    points: int


class SaleLine(msgspec.Struct, kw_only=True):
    """The members of the row that a return needs."""

    id: str
    ver: int
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
        for raw, incarnation_no in db.execute(LINES, (event_id,)):
            row = _read(raw)
            own = _own(db, event_id, row, incarnation_no)
            found[_number(row.id)] = replace(_line(row), returned_qty=row.returned_qty + own)
    except (msgspec.ValidationError, ValueError):
        return ()
    return _complete(found)


def lines_of(raws: Iterable[str]) -> tuple[StoreLine, ...]:
    """The lines of one sale by number, from rows just sent; empty when one is missing or cannot be read."""
    found: dict[int, StoreLine] = {}
    try:
        for raw in raws:
            row = _read(raw)
            found[_number(row.id)] = _line(row)
    except (msgspec.ValidationError, ValueError):
        return ()
    return _complete(found)


def _complete(found: Mapping[int, StoreLine]) -> tuple[StoreLine, ...]:
    return tuple(found[number] for number in range(len(found))) if found.keys() == set(range(len(found))) else ()


def _own(db: Connection, event_id: EventId, row: SaleLine, incarnation_no: int) -> int:
    """Units of the line that came back here and are not in the row: head office has not said, or said so later."""
    units, number = 0, _number(row.id)
    for detail, said_no, outcome, said in db.execute(OWN, (event_id,)).fetchall():
        if said_no != incarnation_no or not _contains(row, outcome, json.loads(said)):
            units += sum(part.qty for part in read_returned(detail) if part.line == number)
    return units


def _contains(row: SaleLine, outcome: str, said: Mapping[str, Any]) -> bool:
    """Whether the row is as new as a result names it; one that does not name it has nothing to add (rule 7)."""
    vers = [ver for kind, id_, ver in said["rows"] if (kind, id_) == ("sale_line", row.id)]
    return (said["was"] or outcome) != "parked" and max(vers, default=0) <= row.ver


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
