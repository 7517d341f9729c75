"""Every fact this till writes: the bodies of wire.md ("Events") and the envelope that seals one to the chain.

A builder returns a `Fact`; `seal` gives it the next seq, its canonical bytes and its hash. Personal data is never in
them: it travels as an attachment that the body names by `pii_ref` and `pii_hash` (protocol.md rule 11).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.chain import (
    PII_BYTES_MAX,
    RAW_BYTES_MAX,
    Attachment,
    Json,
    Link,
    SealedEvent,
    canonical,
    event_hash,
    pii_hash,
)
from app.domain.consent import Consent
from app.domain.key_names import key_of
from app.domain.sale import Because, CouponUse, Line, OrderDiscount, RewardUse, Sale, SaleResult, Tender
from app.domain.shift import Shift
from app.domain.spending import SaleReturn, Topup
from app.domain.staff import Approval
from app.ids import AccountId, EventId, MemberId, StaffId

SCHEMA = 1
PII_FIELDS = frozenset(
    ("name", "phone", "email", "birthday_on", "gender", "address", "language", "preferences", "guardian_name")
) | {"guardian_phone", "note"}


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """Head office's clock minus ours as last measured, and how long ago; age −1: never. No rule reads it (rule 8)."""

    offset_ms: int = 0
    age_s: int = -1


NEVER_MEASURED = ClockOffset()


@dataclass(frozen=True, slots=True)
class Measured:
    """A measurement that outlives the program: head office's clock minus ours, at `at_ms` of ours."""

    offset_ms: int
    at_ms: int

    def seen_at(self, now_ms: int) -> ClockOffset:
        """As an event written at `now_ms` says it; where the clock was set back meanwhile, as if measured just now."""
        return ClockOffset(self.offset_ms, max(0, now_ms - self.at_ms) // 1000)


@dataclass(frozen=True, slots=True)
class Basis:
    """What the till knew when it computed: head office recomputes with it (programme.md, "offline till")."""

    programme: str
    account_ver: int | None = None
    tier: str | None = None
    tags: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    counters: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fact:
    """An event before it has its place in the chain."""

    event_id: EventId
    type: str
    at_ms: int
    body: Mapping[str, Json]
    member_id: MemberId | None = None
    card: str | None = None
    basis: Basis | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class NewMember:
    """What an enrolment fixes: the numbers and ids of the new member and its points account."""

    member_id: MemberId
    account_id: AccountId
    member_no: str
    card: str | None
    home_store_id: str
    enrolled_on: str
    staff_id: StaffId


def seal(fact: Fact, head: Link, offset: ClockOffset = NEVER_MEASURED) -> SealedEvent:
    """The fact as the event that follows `head`, made at this `offset`.

    ValueError when it is beyond the limits of wire.md (`push`).
    """
    envelope: dict[str, Json] = {
        "seq": head.seq + 1,
        "event_id": fact.event_id,
        "type": fact.type,
        "schema": SCHEMA,
        "at_ms": fact.at_ms,
        "offset_ms": offset.offset_ms,
        "offset_age_s": offset.age_s,
        "body": fact.body,
        **_known(member_id=fact.member_id, card=fact.card),
    }
    if fact.basis is not None:
        envelope["basis"] = _basis(fact.basis)
    raw = canonical(envelope)
    if len(raw.encode("utf-8")) > RAW_BYTES_MAX:
        raise ValueError(f"event above {RAW_BYTES_MAX} bytes")
    return SealedEvent(
        epoch=head.epoch,
        seq=head.seq + 1,
        event_id=fact.event_id,
        type=fact.type,
        at_ms=fact.at_ms,
        raw=raw,
        hash=event_hash(head.hash, raw),
        attachments=fact.attachments,
    )


def attachment(pii_ref: str, salt: bytes, fields: Mapping[str, str]) -> Attachment:
    """Personal data beside an event; `salt` is 32 random bytes. ValueError for a field wire.md does not know."""
    unknown = fields.keys() - PII_FIELDS
    if unknown:
        raise ValueError(f"not personal data of the protocol: {', '.join(sorted(unknown))}")
    if len(salt) != 32:
        raise ValueError("a salt has 32 bytes")
    pii = canonical(dict(fields))
    if len(pii.encode("utf-8")) > PII_BYTES_MAX:
        raise ValueError(f"attachment above {PII_BYTES_MAX} bytes")
    return Attachment(pii_ref, salt.hex(), pii)


def sale_fact(sale: Sale, basis: Basis) -> Fact:
    """Event `sale`. The envelope names the member, else the card number, else nobody."""
    basket, body = sale.basket, _sale_body(sale)
    if basket.order_discounts:
        body["order_discounts"] = [_order_discount(one) for one in basket.order_discounts]
    if sale.coupons:
        body["coupons"] = [_coupon(one) for one in sale.coupons]
    if basket.rewards:
        body["rewards"] = [_reward(one) for one in basket.rewards]
    return Fact(
        sale.event_id,
        "sale",
        sale.at_ms,
        body,
        member_id=sale.member_id,
        card=sale.card if sale.member_id is None else None,
        basis=basis,
    )


def enrolment_fact(
    event_id: EventId, at_ms: int, member: NewMember, *, consents: Sequence[Consent], notice: int, personal: Attachment
) -> Fact:
    """Event `enrolment`: pseudonymous; the personal data is `personal`."""
    body: dict[str, Json] = {
        "member_no": member.member_no,
        "accounts": [{"account_id": member.account_id, "account_kind": "points"}],
        "home_store_id": member.home_store_id,
        "enrolled_on": member.enrolled_on,
        "notice_version": notice,
        "consents": [{"purpose": consent.purpose.value, "given": consent.given} for consent in consents],
        "pii_ref": personal.pii_ref,
        "pii_hash": pii_hash(personal.salt, personal.pii),
        "staff_id": member.staff_id,
        **_known(card=member.card),
    }
    return Fact(event_id, "enrolment", at_ms, body, member_id=member.member_id, attachments=(personal,))


def shift_open_fact(event_id: EventId, shift: Shift) -> Fact:
    """Event `shift_open`."""
    body: dict[str, Json] = {
        "shift_id": shift.shift_id,
        "z_no": shift.z_no,
        "staff_id": shift.staff_id,
        "float_minor": shift.float_minor,
    }
    return Fact(event_id, "shift_open", shift.opened_ms, body)


def sale_return_fact(back: SaleReturn, basis: Basis) -> Fact:
    """Event `sale_return`. The envelope names whom the sale named."""
    body: dict[str, Json] = {
        "shift_id": back.shift_id,
        "receipt_no": back.receipt_no,
        "staff_id": back.staff_id,
        "business_on": back.business_on,
        "of": back.of,
        "lines": [{"line": one.line, "qty": one.qty} for one in back.lines],
        "tenders": [_tender(tender) for tender in back.tenders],
        "result": {
            "refund_minor": back.refund_minor,
            "earned_reversed": back.earned_reversed,
            "points_restored": back.points_restored,
        },
    }
    if back.approval is not None:
        body["approval"] = approval_body(back.approval)
    return _about(back, "sale_return", body, basis)


def undo_fact(back: SaleReturn, reason: str) -> Fact:
    """Event `undo`: the whole sale is taken back. `reason` is a code."""
    body: dict[str, Json] = {
        "shift_id": back.shift_id,
        "of": back.of,
        "staff_id": back.staff_id,
        "reason": reason,
    }
    return _about(back, "undo", body, None)


def topup_fact(topup: Topup) -> Fact:
    """Event `stored_value_topup`: money paid in at the counter, or change kept of the sale `of`."""
    body: dict[str, Json] = {
        "shift_id": topup.shift_id,
        "account_id": topup.account_id,
        "minor": topup.minor,
        "bonus_minor": topup.bonus_minor,
        "tenders": [_tender(tender) for tender in topup.tenders],
        "source": topup.source.value,
        "staff_id": topup.staff_id,
        **_known(of=topup.of),
    }
    return Fact(topup.event_id, "stored_value_topup", topup.at_ms, body, member_id=topup.member_id)


def hold_released_fact(event_id: EventId, at_ms: int, hold_id: str) -> Fact:
    """Event `hold_released`: the hold ends unused, or its asking was never answered (fine print 8)."""
    return Fact(event_id, "hold_released", at_ms, {"hold_id": hold_id})


def key_rotation_fact(event_id: EventId, at_ms: int, public_key: str, proof: str) -> Fact:
    """Event `key_rotation`: from now on this till may sign with another key; `proof` shows that it has it."""
    return Fact(event_id, "key_rotation", at_ms, {"public_key": public_key, "proof": proof})


def approval_body(approval: Approval) -> dict[str, Json]:
    """Who asked, who agreed and why, as every body carries it."""
    return {"staff_id": approval.staff_id, "by_staff_id": approval.by_staff_id, "reason": approval.reason}


def _about(back: SaleReturn, kind: str, body: Mapping[str, Json], basis: Basis | None) -> Fact:
    card = back.card if back.member_id is None else None
    return Fact(back.event_id, kind, back.at_ms, body, member_id=back.member_id, card=card, basis=basis)


def _sale_body(sale: Sale) -> dict[str, Json]:
    return {
        "shift_id": sale.shift_id,
        "receipt_no": sale.receipt_no,
        "staff_id": sale.staff_id,
        "business_on": sale.business_on,
        "currency": sale.currency,
        "lines": [_line(line) for line in sale.basket.lines],
        "tenders": [_tender(tender) for tender in sale.tenders],
        "result": _result(sale.result),
        **_known(found_by=sale.found_by.value if sale.found_by else None, code_step=sale.code_step),
    }


def _line(line: Line) -> dict[str, Json]:
    return {
        "qty": line.qty,
        "unit_minor": line.unit_minor,
        "discount_minor": line.discount_minor,
        "tax_minor": line.tax_minor,
        **_known(sku=line.sku, name=line.name, category=line.category, brand=line.brand),
    }


def _order_discount(discount: OrderDiscount) -> dict[str, Json]:
    amount = _known(percent=discount.percent, minor=discount.minor)
    if discount.categories:
        amount["categories"] = sorted(discount.categories)
    return amount


def _coupon(coupon: CouponUse) -> dict[str, Json]:
    return {"coupon_id": coupon.coupon_id, "type": coupon.type, "hold_id": coupon.hold_id}


def _reward(reward: RewardUse) -> dict[str, Json]:
    return {"id": reward.id, "times": reward.times, **_known(units=reward.units, hold_id=reward.hold_id)}


def _tender(tender: Tender) -> dict[str, Json]:
    if tender.minor is None:
        raise ValueError("a tender of a finished sale has its amount")
    return {
        "kind": tender.kind.value,
        "minor": tender.minor,
        **_known(points=tender.points, account_id=tender.account_id, card=tender.card, ref=tender.ref),
        **_known(hold_id=tender.hold_id),
    }


def _result(result: SaleResult) -> dict[str, Json]:
    found: dict[str, Json] = {
        "payable_minor": result.payable_minor,
        "earned": result.earned,
        "to_follow": result.to_follow,
        "redeemed": result.redeemed,
        "because": [_because(one) for one in result.because],
    }
    if result.stamps:
        found["stamps"] = {key_of(card): count for card, count in result.stamps.items()}
    return found


def _because(because: Because) -> dict[str, Json]:
    return {"rule": because.rule, "points": because.points, **_known(line=because.line)}


def _basis(basis: Basis) -> dict[str, Json]:
    return {
        "programme": basis.programme,
        "tags": list(basis.tags),
        "segments": list(basis.segments),
        "counters": dict(basis.counters),
        **_known(account_ver=basis.account_ver, tier=basis.tier),
    }


def basis_of(envelope: Mapping[str, Any]) -> Basis | None:
    """The basis of an event this till wrote; None where it has none."""
    found = envelope.get("basis")
    if found is None:
        return None
    return Basis(
        programme=found["programme"],
        account_ver=found.get("account_ver"),
        tier=found.get("tier"),
        tags=tuple(found["tags"]),
        segments=tuple(found["segments"]),
        counters=found["counters"],
    )


def _known(**fields: str | int | None) -> dict[str, Json]:
    """Only what is known: the wire never carries null."""
    return {name: value for name, value in fields.items() if value is not None}
