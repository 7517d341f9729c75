"""Facts a person makes by hand: shift closed, cash moved, points adjusted, coupon given, a sale rated (wire.md)."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.chain import Json
from app.domain.events import Fact, approval_body
from app.domain.shift import CashMove, KindMinor, Shift, ShiftTotals
from app.domain.staff import Approval
from app.ids import AccountId, EventId, MemberId, ShiftId, StaffId


@dataclass(frozen=True, slots=True)
class ShiftClose:
    """The end of a shift: what was counted (only the kinds that were), what should be there, what it sums."""

    shift: Shift
    staff_id: StaffId
    counted: tuple[KindMinor, ...]
    expected: tuple[KindMinor, ...]
    totals: ShiftTotals


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Points posted by hand: `amount` signed, scaled, never 0. The approval says who asked, who agreed and why."""

    event_id: EventId
    at_ms: int
    shift_id: ShiftId
    member_id: MemberId
    account_id: AccountId
    amount: int
    approval: Approval


@dataclass(frozen=True, slots=True)
class CouponIssue:
    """A coupon of `type` given by hand on the local day `issued_on`."""

    event_id: EventId
    at_ms: int
    shift_id: ShiftId
    member_id: MemberId
    coupon_id: str
    type: str
    issued_on: str
    approval: Approval


@dataclass(frozen=True, slots=True)
class Rating:
    """The customer's answer about a sale, 1 to 5; whose it is as the sale says: a member, a card, nobody."""

    event_id: EventId
    at_ms: int
    of: EventId
    score: int
    member_id: MemberId | None
    card: str | None


def rating_fact(one: Rating) -> Fact:
    """Event `feedback`, without words: nothing to follow up."""
    body: dict[str, Json] = {"of": one.of, "score": one.score, "follow_up": False}
    return Fact(one.event_id, "feedback", one.at_ms, body, member_id=one.member_id, card=one.card)


def shift_close_fact(event_id: EventId, at_ms: int, close: ShiftClose) -> Fact:
    """Event `shift_close`."""
    body: dict[str, Json] = {
        "shift_id": close.shift.shift_id,
        "z_no": close.shift.z_no,
        "staff_id": close.staff_id,
        "counted": [{"kind": one.kind.value, "minor": one.minor} for one in close.counted],
        "expected": [{"kind": one.kind.value, "minor": one.minor} for one in close.expected],
        "sales": close.totals.sales,
        "returns": close.totals.returns,
        "discount_minor": close.totals.discount_minor,
    }
    return Fact(event_id, "shift_close", at_ms, body)


def cash_move_fact(move: CashMove) -> Fact:
    """Event `cash_move`."""
    body: dict[str, Json] = {
        "shift_id": move.shift_id,
        "kind": move.kind.value,
        "minor": move.minor,
        "reason": move.reason,
        "staff_id": move.staff_id,
    }
    if move.approval is not None:
        body["approval"] = approval_body(move.approval)
    return Fact(move.event_id, "cash_move", move.at_ms, body)


def adjustment_fact(one: Adjustment) -> Fact:
    """Event `adjustment`: the envelope names the member."""
    body: dict[str, Json] = {
        "shift_id": one.shift_id,
        "account_id": one.account_id,
        "amount": one.amount,
        "reason": one.approval.reason,
        "staff_id": one.approval.staff_id,
        "approval": approval_body(one.approval),
    }
    return Fact(one.event_id, "adjustment", one.at_ms, body, member_id=one.member_id)


def coupon_issue_fact(one: CouponIssue) -> Fact:
    """Event `coupon_issue`: a coupon given by hand."""
    body: dict[str, Json] = {
        "shift_id": one.shift_id,
        "coupon_id": one.coupon_id,
        "type": one.type,
        "issued_on": one.issued_on,
        "reason": one.approval.reason,
        "staff_id": one.approval.staff_id,
        "approval": approval_body(one.approval),
    }
    return Fact(one.event_id, "coupon_issue", one.at_ms, body, member_id=one.member_id)
