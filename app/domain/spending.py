"""Rights held at head office for one sale, and goods that came back: what spending and returning leave at a till."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.holdings import HeldCoupon
from app.domain.sale import Tender
from app.domain.staff import Approval
from app.ids import AccountId, EventId, MemberId, ShiftId, StaffId

POINTS_FOLLOW = "offline"
"""The reason of an approved return whose points the till does not know: head office posts its own."""


class HoldState(StrEnum):
    """What this till knows of a hold. `asked`: no answer yet; `held`: a sale may use it; the rest is the end."""

    ASKED = "asked"
    HELD = "held"
    USED = "used"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Hold:
    """Something kept for this till by head office (protocol.md, fine print 8), in the unit of its account.

    With `coupon_id` it is that coupon, `points` are 1 and the account is the points account of who has it.
    """

    hold_id: str
    account_id: AccountId
    points: int
    asked_ms: int
    state: HoldState = HoldState.ASKED
    member_id: MemberId | None = None
    coupon_id: str | None = None


@dataclass(frozen=True, slots=True)
class Spend:
    """Points a cart pays with: held for it, worth `minor`. They are taken when the sale is durable."""

    hold_id: str
    account_id: AccountId
    points: int
    minor: int


@dataclass(frozen=True, slots=True)
class TakenCoupon:
    """A coupon a cart uses, held for it."""

    held: HeldCoupon
    hold_id: str


@dataclass(frozen=True, slots=True)
class TakenReward:
    """A reward a cart pays for with points held for it (scaled)."""

    id: str
    hold_id: str
    points: int


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
    approval: Approval | None = None


class TopupSource(StrEnum):
    """Where money for stored value came from: paid in for it, or the change of a sale (找零转存)."""

    COUNTER = "counter"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Topup:
    """Money paid into a member's stored value, and what the chain adds to it. `tenders` add up to `minor`."""

    event_id: EventId
    receipt_no: str
    at_ms: int
    business_on: str
    shift_id: ShiftId
    staff_id: StaffId
    member_id: MemberId
    account_id: AccountId
    minor: int
    bonus_minor: int
    tenders: tuple[Tender, ...]
    source: TopupSource = TopupSource.COUNTER
    of: EventId | None = None
