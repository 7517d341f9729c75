"""Holds and returns as rows and back. Called inside the transactions of TillBook and TillTransaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from app.domain.sale import Tender
from app.domain.spending import Hold, HoldState, ReturnedLine, SaleReturn
from app.errors import Refusal
from app.ids import AccountId, EventId, MemberId, ShiftId, StaffId
from app.store.connect import Connection

ADD_HOLD: Final = (
    "INSERT INTO hold (hold_id, account_id, member_id, points, asked_ms, state, coupon_id) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
MOVE_HOLD: Final = "UPDATE hold SET state = ? WHERE hold_id = ? AND state IN (?, ?)"
OPEN_HOLDS: Final = (
    "SELECT hold_id, account_id, points, asked_ms, state, member_id, coupon_id FROM hold"
    " WHERE state IN ('asked', 'held') ORDER BY asked_ms, hold_id"
)
BEFORE: Final = {
    HoldState.HELD: (HoldState.ASKED, HoldState.ASKED),
    HoldState.USED: (HoldState.HELD, HoldState.HELD),
    HoldState.RELEASED: (HoldState.ASKED, HoldState.HELD),
}
ADD_RETURN: Final = "INSERT INTO sale_return VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
RETURNS_OF: Final = (
    "SELECT event_id, receipt_no, at_ms, business_on, shift_id, staff_id, member_id, card, undo, refund_minor,"
    " earned_reversed, points_restored, detail FROM sale_return WHERE of = ? ORDER BY n"
)
ENDS: Final = "SELECT coalesce((SELECT min(n) FROM sale), 0), coalesce((SELECT max(n) FROM sale), 0)"
"""Two look-ups: asked for together without the sub-queries SQLite reads the whole table."""
FROM_N: Final = "SELECT n, event_id, receipt_no FROM sale WHERE n >= ? ORDER BY n LIMIT 1"


@dataclass(frozen=True, slots=True)
class Detail:
    """The parts of a return without columns of their own."""

    lines: tuple[ReturnedLine, ...]
    tenders: tuple[Tender, ...]


_write_detail: Final = msgspec.json.Encoder(order="deterministic").encode
_read_detail: Final = msgspec.json.Decoder(Detail).decode


def add_hold(db: Connection, hold: Hold) -> None:
    """A new hold."""
    who = (hold.hold_id, hold.account_id, hold.member_id)
    db.execute(ADD_HOLD, (*who, hold.points, hold.asked_ms, hold.state.value, hold.coupon_id))


def move_hold(db: Connection, hold_id: str, state: HoldState) -> None:
    """See the port."""
    before = BEFORE.get(state, ("", ""))
    if db.execute(MOVE_HOLD, (state.value, hold_id, *before)).rowcount != 1:
        raise Refusal("hold_gone")


def open_holds(db: Connection) -> tuple[Hold, ...]:
    """Neither used nor released, oldest first."""
    return tuple(_hold(*row) for row in db.execute(OPEN_HOLDS))


def _hold(hold_id: str, account_id: str, points: int, asked_ms: int, *rest: str) -> Hold:
    state, member_id, coupon_id = rest
    who = MemberId(member_id) if member_id else None
    return Hold(hold_id, AccountId(account_id), points, asked_ms, HoldState(state), who, coupon_id)


def add_return(db: Connection, back: SaleReturn, n: int) -> None:
    """What came back; `n` is the key of its event."""
    detail = _write_detail(Detail(back.lines, back.tenders)).decode()
    who = (back.shift_id, back.staff_id, back.member_id, back.card)
    figures = (int(back.undo), back.refund_minor, back.earned_reversed, back.points_restored)
    place = (n, back.event_id, back.of, back.receipt_no, back.at_ms, back.business_on)
    db.execute(ADD_RETURN, (*place, *who, *figures, detail))


def tenders_of(detail: str) -> tuple[Tender, ...]:
    """How the money of a return went back, from its row's `detail`."""
    return _read_detail(detail).tenders


def returns_of(db: Connection, of: EventId) -> tuple[SaleReturn, ...]:
    """What came back of a sale, oldest first."""
    return tuple(_returned(of, row) for row in db.execute(RETURNS_OF, (of,)))


def read_returned(detail: str) -> tuple[ReturnedLine, ...]:
    """The lines of a return, from its `detail`."""
    return _read_detail(detail).lines


def _returned(of: EventId, row: tuple[str | int | None, ...]) -> SaleReturn:
    event_id, receipt_no, at_ms, business_on, shift_id, staff_id, member_id, card, undo, *figures, raw = row
    detail = _read_detail(str(raw))
    refund_minor, earned_reversed, points_restored = (int(figure or 0) for figure in figures)
    return SaleReturn(
        event_id=EventId(str(event_id)),
        of=of,
        receipt_no=str(receipt_no),
        at_ms=int(at_ms or 0),
        business_on=str(business_on),
        shift_id=ShiftId(str(shift_id)),
        staff_id=StaffId(str(staff_id)),
        lines=detail.lines,
        tenders=detail.tenders,
        refund_minor=refund_minor,
        earned_reversed=earned_reversed,
        points_restored=points_restored,
        undo=bool(undo),
        member_id=MemberId(str(member_id)) if member_id is not None else None,
        card=None if card is None else str(card),
    )


def find_receipt(db: Connection, receipt_no: str) -> EventId | None:
    """The sale with that number, by halving: numbers and keys grow together, so no sale pays for an index."""
    wanted = _count(receipt_no)
    low, high = db.execute(ENDS).fetchone()
    while low <= high:
        middle = (low + high) // 2
        row = db.execute(FROM_N, (middle,)).fetchone()
        if row is None:
            return None
        n, event_id, found = row
        if found == receipt_no:
            return EventId(event_id)
        if _count(found) < wanted:
            low = n + 1
        else:
            high = middle - 1
    return None


def _count(receipt_no: str) -> int:
    """The gapless number a receipt number ends in; -1 for text that has none."""
    digits = receipt_no.rpartition("-")[2]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 18 else -1
