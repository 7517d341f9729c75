"""Every event type a till writes, by name, and the bodies about people, cards, shifts and keys (schema 1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from sync.protocol.envelope import SCHEMA, Basis, CardNo, Envelope, Fact, Long, Texts
from sync.protocol.sale_facts import (
    Adjustment,
    Approval,
    Because,
    CouponIssue,
    CouponUse,
    GrantPart,
    OrderDiscount,
    PointsRedeem,
    ReturnLine,
    ReturnResult,
    RewardUse,
    Sale,
    SaleLine,
    SaleResult,
    SaleReturn,
    Tender,
    Topup,
    Undo,
)
from sync.protocol.values import PLAIN, Base64, Code, Counted, Day, Hash, Id, Int, Key, Name, PlaceId, RowId, Signed


class NewAccount(Fact, frozen=True, kw_only=True):
    account_id: Id
    account_kind: Literal["points", "stamps", "stored_value"]
    stamp_id: Name | None = None


class Consent(Fact, frozen=True, kw_only=True):
    purpose: Literal["service", "marketing", "profiling", "sharing"]
    given: bool


class Enrolment(Fact, frozen=True, kw_only=True):
    """`enrolment`: a new member; personal data travels beside it."""

    member_no: Name
    card: CardNo | None = None
    accounts: list[NewAccount]
    home_store_id: PlaceId
    enrolled_on: Day
    notice_version: Int | Name
    consents: list[Consent]
    pii_ref: Id
    pii_hash: Hash
    staff_id: RowId | None = None
    referrer_id: Id | None = None


class MemberEdit(Fact, frozen=True, kw_only=True):
    """`member_edit`: `fields` names what changes; what is named and does not come along is cleared."""

    base_ver: Int
    fields: Texts
    tags_add: Texts | None = None
    tags_remove: Texts | None = None
    pii_ref: Id | None = None
    pii_hash: Hash | None = None
    staff_id: RowId


class ConsentGiven(Fact, frozen=True, kw_only=True):
    """`consent`."""

    purpose: Literal["service", "marketing", "profiling", "sharing"]
    given: bool
    notice_version: Int | Name
    by: Literal["customer", "staff", "guardian"]


class CardLink(Fact, frozen=True, kw_only=True):
    """`card_link`."""

    card: CardNo
    card_kind: Literal["plastic", "phone", "partner"]
    replaces: CardNo | None = None


class CardBlock(Fact, frozen=True, kw_only=True):
    """`card_block`."""

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
    """`feedback`."""

    of: Id | None = None
    score: Annotated[int, Meta(ge=1, le=5)] | None = None
    reasons: list[Code] | None = None
    follow_up: bool
    pii_ref: Id | None = None
    pii_hash: Hash | None = None


class MergeProposal(Fact, frozen=True, kw_only=True):
    """`merge_proposal`."""

    members: Annotated[list[Id], Meta(min_length=2, max_length=2)]
    evidence: Literal["same_phone", "same_card", "staff"]
    staff_id: RowId | None = None


class RightsRequest(Fact, frozen=True, kw_only=True):
    """`rights_request`."""

    right: Literal["copy", "correct", "restrict", "erase"]
    identity_check: Code
    due_on: Day
    staff_id: RowId


class ShiftOpen(Fact, frozen=True, kw_only=True):
    """`shift_open`."""

    shift_id: RowId
    z_no: Counted
    staff_id: RowId
    float_minor: Int


class KindMinor(Fact, frozen=True, kw_only=True):
    kind: Name
    minor: Signed


class ShiftClose(Fact, frozen=True, kw_only=True):
    """`shift_close`: what was counted and what was expected."""

    shift_id: RowId
    z_no: Counted
    staff_id: RowId
    counted: list[KindMinor]
    expected: list[KindMinor]
    sales: Int
    returns: Int
    discount_minor: Int


class CashMove(Fact, frozen=True, kw_only=True):
    """`cash_move`."""

    shift_id: RowId
    kind: Literal["pay_in", "pay_out", "drop", "no_sale"]
    minor: Int
    reason: Code
    staff_id: RowId
    approval: Approval | None = None


class AuditCheckpoint(Fact, frozen=True, kw_only=True):
    """`audit_checkpoint`."""

    audit_seq: Int
    audit_hash: Hash
    from_ms: Int
    counts: dict[str, Int]


class StaffPin(Fact, frozen=True, kw_only=True):
    staff_id: RowId
    pin_hash: Annotated[str, Meta(pattern=PLAIN, min_length=1, max_length=256)]


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
    phone: Name | UnsetType = UNSET
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

__all__ = [
    "BASIS_NEEDED",
    "BODIES",
    "SCHEMA",
    "Adjustment",
    "Approval",
    "AuditCheckpoint",
    "Basis",
    "Because",
    "CardBlock",
    "CardLink",
    "CashMove",
    "Consent",
    "ConsentGiven",
    "CouponIssue",
    "CouponUse",
    "Enrolment",
    "Envelope",
    "Fact",
    "Feedback",
    "GrantPart",
    "GrantReturned",
    "HoldReleased",
    "KeyRotation",
    "KeySealed",
    "KindMinor",
    "MemberEdit",
    "MergeProposal",
    "NewAccount",
    "OrderDiscount",
    "Pii",
    "PointsRedeem",
    "ReturnLine",
    "ReturnResult",
    "RewardUse",
    "RightsRequest",
    "Sale",
    "SaleLine",
    "SaleResult",
    "SaleReturn",
    "ShiftClose",
    "ShiftOpen",
    "StaffPin",
    "Tender",
    "Topup",
    "Undo",
]
