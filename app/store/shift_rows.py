"""What the rows and events of a shift come to. Called inside the reads of TillBook.

A shift's facts lie behind `after_n`, so its report reads its own span and nothing before it; no sale pays for an index.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from app.domain.sale import TenderKind
from app.domain.shift import CashKind, CashMove, ShiftTotals
from app.domain.staff import Approval, Capability
from app.ids import EventId, ShiftId, StaffId
from app.store import spending
from app.store.connect import Connection
from app.store.sales import COLUMNS

AFTER: Final = "SELECT after_n FROM shift WHERE shift_id = ?"
PAID: Final = ", ".join(f"coalesce(sum({kind.value}_minor), 0)" for kind in COLUMNS)
UNDONE: Final = "EXISTS (SELECT 1 FROM sale_return AS back WHERE back.of = sale.event_id AND back.undo = 1)"
SOLD: Final = (
    "SELECT count(*), count(coalesce(member_id, card)), coalesce(sum(payable_minor), 0), coalesce(sum(earned), 0),"
    f" coalesce(sum(redeemed), 0), {PAID} FROM sale WHERE n > ? AND shift_id = ? AND NOT {UNDONE}"
)
GROSS: Final = (
    "SELECT coalesce(sum(line.qty * line.unit_minor), 0) FROM sale JOIN sale_line AS line ON line.sale = sale.n"
    f" WHERE sale.n > ? AND sale.shift_id = ? AND NOT {UNDONE}"
)
BACK: Final = "SELECT undo, refund_minor, detail FROM sale_return WHERE n > ? AND shift_id = ?"
BY_HAND: Final = "SELECT type, raw FROM event WHERE n > ? AND type IN ('cash_move', 'stored_value_topup') ORDER BY n"


def totals(db: Connection, shift_id: ShiftId, enrolments: int) -> ShiftTotals:
    """See the port."""
    row = db.execute(AFTER, (shift_id,)).fetchone()
    if row is None:
        return ShiftTotals()
    span = (row[0], shift_id)
    count, members, net_minor, earned, redeemed, *paid = db.execute(SOLD, span).fetchone()
    returned = list(db.execute(BACK, span))
    came_back = [(refund_minor, detail) for undo, refund_minor, detail in returned if not undo]
    events = [(kind, json.loads(raw)) for kind, raw in db.execute(BY_HAND, span[:1])]
    mine = [(kind, raw) for kind, raw in events if raw["body"]["shift_id"] == shift_id]
    return ShiftTotals(
        sales=count,
        member_sales=members,
        undone=len(returned) - len(came_back),
        returns=len(came_back),
        enrolments=enrolments,
        gross_minor=db.execute(GROSS, span).fetchone()[0],
        net_minor=net_minor,
        refund_minor=sum(refund_minor for refund_minor, _detail in came_back),
        points_issued=earned,
        points_redeemed=redeemed,
        sold=_some(zip(COLUMNS, paid, strict=True)),
        refunded=_some(
            (tender.kind, tender.minor or 0) for _refund, detail in came_back for tender in spending.tenders_of(detail)
        ),
        topped_up=topped_up(raw["body"] for kind, raw in mine if kind == "stored_value_topup"),
        moves=tuple(move(raw) for kind, raw in mine if kind == "cash_move"),
    )


def topped_up(bodies: Iterable[Mapping[str, Any]]) -> dict[TenderKind, int]:
    """Money paid into stored value by kind. Change that became stored value is among it: the sale's own cash is what
    it was paid with less its change, and the change stayed in the drawer."""
    return _some((TenderKind(one["kind"]), one["minor"]) for body in bodies for one in body["tenders"])


def _some(parts: Iterable[tuple[TenderKind, int]]) -> dict[TenderKind, int]:
    """Sums by kind, those at zero left out."""
    found: dict[TenderKind, int] = {}
    for kind, minor in parts:
        found[kind] = found.get(kind, 0) + minor
    return {kind: minor for kind, minor in found.items() if minor}


def move(raw: Mapping[str, Any]) -> CashMove:
    """A cash move from the text of its event."""
    body = raw["body"]
    kind, approval = CashKind(body["kind"]), body.get("approval")
    wanted = Capability.NO_SALE if kind is CashKind.NO_SALE else Capability.CASH
    return CashMove(
        event_id=EventId(raw["event_id"]),
        at_ms=raw["at_ms"],
        shift_id=ShiftId(body["shift_id"]),
        kind=kind,
        minor=body["minor"],
        reason=body["reason"],
        staff_id=StaffId(body["staff_id"]),
        approval=None
        if approval is None
        else Approval(
            StaffId(approval["staff_id"]),
            StaffId(approval["by_staff_id"]),
            approval["reason"],
            wanted,
            raw["at_ms"],
        ),
    )
