"""Bodies of events that move money and points: sale, return, undo, redemption, adjustment, top-up, coupon."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from sync.protocol.envelope import LINES_MAX, CardNo, Fact, Long, Texts
from sync.protocol.values import (
    AMOUNT_MAX,
    PLAIN,
    Amount,
    Code,
    Counted,
    Day,
    Id,
    Int,
    Name,
    Percent,
    Quantity,
    RowId,
    SignedAmount,
)

Category = Annotated[str, Meta(pattern=PLAIN, max_length=64)]


class Approval(Fact, frozen=True, kw_only=True):
    staff_id: RowId
    by_staff_id: RowId
    reason: Code


class GrantPart(Fact, frozen=True, kw_only=True):
    grant_id: Id
    amount: Counted


class SaleLine(Fact, frozen=True, kw_only=True):
    """`discount_minor` is the line's own; its number is its place from 0. An empty category is none."""

    sku: Name | None = None
    name: Long | None = None
    category: Category | None = None
    brand: Long | None = None
    qty: Quantity
    unit_minor: Amount
    discount_minor: Amount
    tax_minor: Amount


class OrderDiscount(Fact, frozen=True, kw_only=True):
    """Off the basket or its `categories`: `percent` or `minor`, one of them."""

    percent: Percent | None = None
    minor: Amount | None = None
    categories: Texts | None = None


class CouponUse(Fact, frozen=True, kw_only=True):
    """A coupon used by a sale."""

    coupon_id: Id
    type: Name
    grant_id: Id | None = None
    hold_id: Id | None = None


class RewardUse(Fact, frozen=True, kw_only=True):
    """A catalogue reward taken."""

    id: Name
    times: Counted | None = None
    units: Counted | None = None
    grants: list[GrantPart] | None = None
    hold_id: Id | None = None


class Tender(Fact, frozen=True, kw_only=True):
    """A part of a payment; what its kind needs beside `minor` is checked by the reader."""

    kind: Literal["cash", "card", "qr", "points", "stored_value", "gift_card"]
    minor: Amount
    account_id: Id | None = None
    points: Amount | None = None
    card: CardNo | None = None
    grants: list[GrantPart] | None = None
    hold_id: Id | None = None
    ref: Long | None = None


class Because(Fact, frozen=True, kw_only=True):
    rule: Name
    line: Int | None = None
    points: SignedAmount


class SaleResult(Fact, frozen=True, kw_only=True):
    """What the receipt promised; amounts in the account's unit."""

    payable_minor: Amount
    earned: Amount
    to_follow: Amount
    redeemed: Amount
    stamps: dict[Name, Annotated[int, Meta(ge=0, le=1_000_000)]] | None = None
    because: list[Because]


class Sale(Fact, frozen=True, kw_only=True):
    """`sale`: what was sold and what the receipt promised."""

    shift_id: RowId
    receipt_no: Name
    staff_id: RowId
    business_on: Day
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)")]
    lines: Annotated[list[SaleLine], Meta(min_length=1, max_length=LINES_MAX)]
    order_discounts: list[OrderDiscount] | None = None
    coupons: list[CouponUse] | None = None
    rewards: list[RewardUse] | None = None
    tenders: list[Tender]
    result: SaleResult
    found_by: Literal["card", "code", "phone", "name", "list"] | None = None
    code_step: Int | None = None
    approval: Approval | None = None
    reentered: bool | None = None


class ReturnLine(Fact, frozen=True, kw_only=True):
    line: Int
    qty: Quantity


class ReturnResult(Fact, frozen=True, kw_only=True):
    refund_minor: Amount
    earned_reversed: Amount
    points_restored: Amount


class SaleReturn(Fact, frozen=True, kw_only=True):
    """`sale_return`: units of earlier lines come back."""

    shift_id: RowId
    receipt_no: Name
    staff_id: RowId
    business_on: Day
    of: Id
    lines: Annotated[list[ReturnLine], Meta(min_length=1, max_length=LINES_MAX)]
    tenders: list[Tender]
    result: ReturnResult
    approval: Approval | None = None


class Undo(Fact, frozen=True, kw_only=True):
    """`undo`: a whole sale or points_redeem is taken back."""

    shift_id: RowId
    of: Id
    staff_id: RowId
    reason: Code


class PointsRedeem(Fact, frozen=True, kw_only=True):
    """`points_redeem`: points spent without a receipt."""

    shift_id: RowId
    account_id: Id
    points: Annotated[int, Meta(ge=1, le=AMOUNT_MAX)]
    grants: list[GrantPart] | None = None
    hold_id: Id | None = None
    staff_id: RowId
    reason: Code | None = None
    approval: Approval | None = None


class Adjustment(Fact, frozen=True, kw_only=True):
    """`adjustment`: an amount posted by hand, signed, never 0."""

    shift_id: RowId
    account_id: Id
    amount: SignedAmount
    reason: Code
    staff_id: RowId
    approval: Approval


class Topup(Fact, frozen=True, kw_only=True):
    """`stored_value_topup`."""

    shift_id: RowId
    account_id: Id
    minor: Amount
    bonus_minor: Amount
    tenders: list[Tender]
    source: Literal["counter", "change"]
    of: Id | None = None
    staff_id: RowId


class CouponIssue(Fact, frozen=True, kw_only=True):
    """`coupon_issue`: a coupon given by hand."""

    shift_id: RowId
    coupon_id: Id
    type: Name
    issued_on: Day
    reason: Code
    staff_id: RowId
    approval: Approval
