"""Events of wire.md as they are read: the envelope, and the body of every type a till writes (schema 1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from sync.protocol.values import Base64, Code, Counted, Day, Hash, Id, Int, Key, Name, Percent, PlaceId, RowId, Signed

SCHEMA = 1
LINES_MAX = 200
Texts = Annotated[list[Name], Meta(max_length=200)]
CardNo = Annotated[str, Meta(min_length=1, max_length=64)]
Long = Annotated[str, Meta(max_length=200)]


class Fact(Struct, frozen=True, kw_only=True):
    """Unknown members are ignored, absent ones are None."""


class Basis(Fact, frozen=True, kw_only=True):
    """What the till knew when it computed (programme.md, "What an offline till cannot know")."""

    programme: Annotated[str, Meta(pattern=r"^[^\n]{1,80}:[0-9]{1,9}$(?!\n)")]
    account_ver: Int | None = None
    tier: Name | None = None
    tags: Texts
    segments: Texts
    counters: dict[str, Int]


class Envelope(Fact, frozen=True, kw_only=True):
    seq: Counted
    event_id: Id
    type: Annotated[str, Meta(min_length=1, max_length=64)]
    schema: Counted
    at_ms: Int
    offset_ms: Signed
    offset_age_s: Annotated[int, Meta(ge=-1)]
    member_id: Id | None = None
    card: CardNo | None = None
    basis: Basis | None = None
    body: dict[str, object]


class Approval(Fact, frozen=True, kw_only=True):
    staff_id: RowId
    by_staff_id: RowId
    reason: Code


class GrantPart(Fact, frozen=True, kw_only=True):
    grant_id: Id
    amount: Counted


class SaleLine(Fact, frozen=True, kw_only=True):
    """`discount_minor` is the line's own; its number is its place from 0."""

    sku: Name | None = None
    name: Long | None = None
    category: Name | None = None
    brand: Long | None = None
    qty: Counted
    unit_minor: Int
    discount_minor: Int
    tax_minor: Int


class OrderDiscount(Fact, frozen=True, kw_only=True):
    percent: Percent | None = None
    minor: Int | None = None
    categories: Texts | None = None


class CouponUse(Fact, frozen=True, kw_only=True):
    coupon_id: Id
    type: Name
    grant_id: Id | None = None
    hold_id: Id | None = None


class RewardUse(Fact, frozen=True, kw_only=True):
    id: Name
    times: Counted | None = None
    units: Counted | None = None
    grants: list[GrantPart] | None = None
    hold_id: Id | None = None


class Tender(Fact, frozen=True, kw_only=True):
    kind: Literal["cash", "card", "qr", "points", "stored_value", "gift_card"]
    minor: Int
    account_id: Id | None = None
    points: Int | None = None
    card: CardNo | None = None
    grants: list[GrantPart] | None = None
    hold_id: Id | None = None
    ref: Long | None = None


class Because(Fact, frozen=True, kw_only=True):
    rule: Name
    line: Int | None = None
    points: Signed


class SaleResult(Fact, frozen=True, kw_only=True):
    payable_minor: Int
    earned: Int
    to_follow: Int
    redeemed: Int
    stamps: dict[str, Int] | None = None
    because: list[Because]


class Sale(Fact, frozen=True, kw_only=True):
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
    qty: Counted


class ReturnResult(Fact, frozen=True, kw_only=True):
    refund_minor: Int
    earned_reversed: Int
    points_restored: Int


class SaleReturn(Fact, frozen=True, kw_only=True):
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
    shift_id: RowId
    of: Id
    staff_id: RowId
    reason: Code


class PointsRedeem(Fact, frozen=True, kw_only=True):
    shift_id: RowId
    account_id: Id
    points: Counted
    grants: list[GrantPart] | None = None
    hold_id: Id | None = None
    staff_id: RowId
    reason: Code | None = None
    approval: Approval | None = None


class Adjustment(Fact, frozen=True, kw_only=True):
    shift_id: RowId
    account_id: Id
    amount: Signed
    reason: Code
    staff_id: RowId
    approval: Approval


class Topup(Fact, frozen=True, kw_only=True):
    shift_id: RowId
    account_id: Id
    minor: Int
    bonus_minor: Int
    tenders: list[Tender]
    source: Literal["counter", "change"]
    of: Id | None = None
    staff_id: RowId


class CouponIssue(Fact, frozen=True, kw_only=True):
    shift_id: RowId
    coupon_id: Id
    type: Name
    issued_on: Day
    reason: Code
    staff_id: RowId
    approval: Approval


class NewAccount(Fact, frozen=True, kw_only=True):
    account_id: Id
    account_kind: Literal["points", "stamps", "stored_value"]
    stamp_id: Name | None = None


class Consent(Fact, frozen=True, kw_only=True):
    purpose: Literal["service", "marketing", "profiling", "sharing"]
    given: bool


class Enrolment(Fact, frozen=True, kw_only=True):
    member_no: Name
    card: CardNo | None = None
    accounts: list[NewAccount]
    home_store_id: PlaceId
    enrolled_on: Day
    notice_version: Int
    consents: list[Consent]
    pii_ref: Id
    pii_hash: Hash
    staff_id: RowId | None = None
    referrer_id: Id | None = None


class MemberEdit(Fact, frozen=True, kw_only=True):
    base_ver: Int
    fields: Texts
    tags_add: Texts | None = None
    tags_remove: Texts | None = None
    pii_ref: Id | None = None
    pii_hash: Hash | None = None
    staff_id: RowId


class ConsentGiven(Fact, frozen=True, kw_only=True):
    purpose: Literal["service", "marketing", "profiling", "sharing"]
    given: bool
    notice_version: Int
    by: Literal["customer", "staff", "guardian"]


class CardLink(Fact, frozen=True, kw_only=True):
    card: CardNo
    card_kind: Literal["plastic", "phone", "partner"]
    replaces: CardNo | None = None


class CardBlock(Fact, frozen=True, kw_only=True):
    card: CardNo
    reason: Literal["lost", "stolen", "returned"]
    approval: Approval | None = None


class HoldReleased(Fact, frozen=True, kw_only=True):
    hold_id: Id


class GrantReturned(Fact, frozen=True, kw_only=True):
    grant_id: Id
    spent: Int
    unspent: Int


class Feedback(Fact, frozen=True, kw_only=True):
    of: Id | None = None
    score: Annotated[int, Meta(ge=1, le=5)] | None = None
    reasons: list[Code] | None = None
    follow_up: bool
    pii_ref: Id | None = None
    pii_hash: Hash | None = None


class MergeProposal(Fact, frozen=True, kw_only=True):
    members: Annotated[list[Id], Meta(min_length=2, max_length=2)]
    evidence: Literal["same_phone", "same_card", "staff"]
    staff_id: RowId | None = None


class RightsRequest(Fact, frozen=True, kw_only=True):
    right: Literal["copy", "correct", "restrict", "erase"]
    identity_check: Code
    due_on: Day
    staff_id: RowId


class ShiftOpen(Fact, frozen=True, kw_only=True):
    shift_id: RowId
    z_no: Counted
    staff_id: RowId
    float_minor: Int


class KindMinor(Fact, frozen=True, kw_only=True):
    kind: Name
    minor: Signed


class ShiftClose(Fact, frozen=True, kw_only=True):
    shift_id: RowId
    z_no: Counted
    staff_id: RowId
    counted: list[KindMinor]
    expected: list[KindMinor]
    sales: Int
    returns: Int
    discount_minor: Int


class CashMove(Fact, frozen=True, kw_only=True):
    shift_id: RowId
    kind: Literal["pay_in", "pay_out", "drop", "no_sale"]
    minor: Int
    reason: Code
    staff_id: RowId
    approval: Approval | None = None


class AuditCheckpoint(Fact, frozen=True, kw_only=True):
    audit_seq: Int
    audit_hash: Hash
    from_ms: Int
    counts: dict[str, Int]


class StaffPin(Fact, frozen=True, kw_only=True):
    staff_id: RowId
    pin_hash: Annotated[str, Meta(min_length=1, max_length=256)]


class KeySealed(Fact, frozen=True, kw_only=True):
    file: Name
    key_no: Counted
    sealed: Base64


class KeyRotation(Fact, frozen=True, kw_only=True):
    public_key: Key
    proof: Base64


class Pii(Fact, frozen=True, kw_only=True):
    """Personal data as `pii` holds it: UNSET is absent."""

    name: Long | UnsetType = UNSET
    phone: Long | UnsetType = UNSET
    email: Long | UnsetType = UNSET
    birthday_on: Day | UnsetType = UNSET
    gender: Long | UnsetType = UNSET
    address: Annotated[str, Meta(max_length=1000)] | UnsetType = UNSET
    language: Long | UnsetType = UNSET
    preferences: list[Long] | Annotated[str, Meta(max_length=1000)] | UnsetType = UNSET
    guardian_name: Long | UnsetType = UNSET
    guardian_phone: Long | UnsetType = UNSET
    note: Annotated[str, Meta(max_length=8000)] | UnsetType = UNSET


BODIES: Mapping[str, type[Fact]] = {
    "sale": Sale,
    "sale_return": SaleReturn,
    "undo": Undo,
    "points_redeem": PointsRedeem,
    "adjustment": Adjustment,
    "stored_value_topup": Topup,
    "coupon_issue": CouponIssue,
    "enrolment": Enrolment,
    "member_edit": MemberEdit,
    "consent": ConsentGiven,
    "card_link": CardLink,
    "card_block": CardBlock,
    "hold_released": HoldReleased,
    "grant_returned": GrantReturned,
    "feedback": Feedback,
    "merge_proposal": MergeProposal,
    "rights_request": RightsRequest,
    "shift_open": ShiftOpen,
    "shift_close": ShiftClose,
    "cash_move": CashMove,
    "audit_checkpoint": AuditCheckpoint,
    "staff_pin": StaffPin,
    "key_sealed": KeySealed,
    "key_rotation": KeyRotation,
}
BASIS_NEEDED = frozenset(("sale", "sale_return", "points_redeem"))
