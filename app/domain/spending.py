"""Points held at head office for one sale, and goods that came back: what spending and returning leave at a till."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.sale import Tender
from app.ids import AccountId, EventId, MemberId, ShiftId, StaffId


class HoldState(StrEnum):
    """What this till knows of a hold. `asked`: no answer yet; `held`: a sale may use it; the rest is the end."""

    ASKED = "asked"
    HELD = "held"
    USED = "used"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Hold:
    """Points kept for this till by head office (protocol.md, fine print 8). `points` are scaled."""

    hold_id: str
    account_id: AccountId
    points: int
    asked_ms: int
    state: HoldState = HoldState.ASKED
    member_id: MemberId | None = None


@dataclass(frozen=True, slots=True)
class Spend:
    """Points a cart pays with: held for it, worth `minor`. They are taken when the sale is durable."""

    hold_id: str
    account_id: AccountId
    points: int
    minor: int


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """Units of line `line` (from 0) of a sale that came back."""

    line: int
    qty: int


@dataclass(frozen=True, slots=True)
class SaleReturn:
    """Goods of sale `of` that came back, or (`undo`) a whole sale taken back. Points are scaled.

    `tenders` say how the money went back; they add up to `refund_minor`.
    """

    event_id: EventId
    of: EventId
    receipt_no: str
    at_ms: int
    business_on: str
    shift_id: ShiftId
    staff_id: StaffId
    lines: tuple[ReturnedLine, ...]
    tenders: tuple[Tender, ...]
    refund_minor: int
    earned_reversed: int
    points_restored: int
    undo: bool = False
    member_id: MemberId | None = None
    card: str | None = None
