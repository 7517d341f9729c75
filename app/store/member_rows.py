"""An imported member as head office's rows: member, card and account with their ids, text and hashes.

Until head office gives ids, they are derived from the member or card number, so that reading the same file again
finds the same rows: the shape of a UUIDv7 with a fixed time and 74 bits of a hash (wire.md, "Values": id). The time is
not the enrolment's, because a corrected date must not make another person.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import msgspec

from app.domain import holdings
from app.domain.holdings import AccountKind
from app.domain.member import Lot
from app.ids import MemberId
from app.services.import_members import NOTHING_BESIDE, ImportedCoupon, ImportedMember, LastVisit
from app.store.pinyin import pinyin
from app.store.tokens import initials_of, name_tokens, phone_back

ID_TIME_MS: Final = 946_684_800_000  # 2000-01-01, before any till
BUCKETS: Final = 64

_ID_TIME: Final = f"{ID_TIME_MS >> 16:08x}-{ID_TIME_MS & 0xFFFF:04x}"
_VARIANT: Final = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}

_write: Final = msgspec.json.Encoder(order="sorted").encode

Row = tuple[str, str, bytes]
"""id, raw, h."""


@dataclass(frozen=True, slots=True)
class MemberRows:
    """The rows of one member at version `ver` of each, and what the indexes need of them."""

    bucket: str
    member: Row
    phone_back: str | None
    initials: str | None
    tokens: tuple[str, ...]
    card: Row | None
    number: str | None
    account: Row
    balance: int
    plain: tuple[tuple[Row, AccountKind, int], ...] = ()
    coupons: tuple[Row, ...] = ()
    """Of a new member only: accounts of stamps and stored value with their balances, and coupons."""


@dataclass(frozen=True, slots=True)
class Versions:
    """The version each row is to have; 1 for new ones."""

    member: int = 1
    card: int = 1
    account: int = 1


FIRST: Final = Versions()


def member_id_of(member_no: str) -> str:
    return _id("member", member_no)


def card_id_of(number: str) -> str:
    return _id("card", number)


def account_id_of(member_no: str) -> str:
    return _id("account", member_no)


def bucket_of(region_id: str, member_id: str) -> str:
    """`region:<region>:<nn>` of the primary member (wire.md, "Values": bucket)."""
    first = blake2b(member_id.encode(), digest_size=8).digest()[0]
    return f"region:{region_id}:{first % BUCKETS:02d}"


def rows_of(member: ImportedMember, region_id: str, ver: Versions = FIRST) -> MemberRows:
    """All rows of an imported member."""
    member_id = member_id_of(member.member_no)
    spoken = pinyin(member.name) if member.name else ""
    initials = initials_of(spoken)
    card_id = card_id_of(member.card) if member.card else ""
    account_id = account_id_of(member.member_no)
    return MemberRows(
        bucket_of(region_id, member_id),
        _row(member_id, _member(member, member_id, spoken, ver.member)),
        phone_back(member.phone) if member.phone else None,
        initials or None,
        name_tokens(member.name, initials),
        _row(card_id, _card(member, card_id, member_id, ver.card)) if member.card else None,
        member.card or None,
        _row(account_id, _account(member, account_id, member_id, ver.account)),
        member.points,
        _plain(member, member_id),
        tuple(_coupon(member.member_no, member_id, no, one) for no, one in enumerate(member.beside.coupons)),
    )


def _member(member: ImportedMember, member_id: str, spoken: str, ver: int) -> dict[str, object]:
    row: dict[str, object] = {
        "kind": "member",
        "id": member_id,
        "ver": ver,
        "member_no": member.member_no,
        "status": member.status,
        "tags": member.tags,
        "segments": (),
        "consents": {"service": True},
        "notice_version": 1,
        "home_store_id": member.store,
        "enrolled_on": member.enrolled_on,
    }
    if member.name:
        row["name"] = member.name
        if spoken:
            row["pinyin"] = spoken
    if member.phone:
        row["phone"] = member.phone
    if member.birthday_on:
        row["birthday_on"] = member.birthday_on
    return row


def _card(member: ImportedMember, card_id: str, member_id: str, ver: int) -> dict[str, object]:
    return {
        "kind": "card",
        "id": card_id,
        "ver": ver,
        "number": member.card,
        "card_kind": "plastic",
        "member_id": member_id,
        "status": "active",
    }


def _account(member: ImportedMember, account_id: str, member_id: str, ver: int) -> dict[str, object]:
    """A negative balance is debt (programme.md, "returns"): it has no lots."""
    row: dict[str, object] = {
        "kind": "account",
        "id": account_id,
        "ver": ver,
        "account_kind": "points",
        "member_id": member_id,
        "balance": member.points,
        "debt": max(0, -member.points),
        "available": max(0, member.points),
        "lots": [_lot(lot) for lot in member.lots],
        "pending": (),
        "to_follow": (),
        "qualifying": member.qualifying,
        "counters": {},
        "counters_on": member.enrolled_on,
        "purchases": () if member.visit is None else [_visit(member.member_no, member.visit)],
    }
    if member.next_tier:
        row["next_tier"] = member.next_tier
    if member.tier:
        row["tier"] = member.tier
    return row


def _plain(member: ImportedMember, member_id: str) -> tuple[tuple[Row, AccountKind, int], ...]:
    """Accounts without lots, under the ids that follow from the member's."""
    money = member.beside.stored_minor
    if member.beside is NOTHING_BESIDE:
        return ()
    balances = [(AccountKind.STAMPS, card, count) for card, count in member.beside.stamps]
    balances += [(AccountKind.STORED_VALUE, "", money)] if money else []
    return tuple((_plain_row(member_id, *one), one[0], one[2]) for one in balances)


def _plain_row(member_id: str, kind: AccountKind, card: str, balance: int) -> Row:
    account_id = holdings.account_id_of(MemberId(member_id), kind, card)
    row: dict[str, object] = {
        "kind": "account",
        "id": account_id,
        "ver": 1,
        "account_kind": kind.value,
        "member_id": member_id,
        "balance": balance,
        "debt": 0,
        "available": balance,
        "lots": (),
        "pending": (),
        "to_follow": (),
    }
    return _row(account_id, {**row, "stamp_id": card} if card else row)


def _coupon(member_no: str, member_id: str, place: int, coupon: ImportedCoupon) -> Row:
    coupon_id = _id("coupon", f"{member_no}:{place}")
    row: dict[str, object] = {
        "kind": "coupon",
        "id": coupon_id,
        "ver": 1,
        "coupon_type": coupon.type,
        "member_id": member_id,
        "issued_on": coupon.issued_on,
        "expires_on": coupon.expires_on,
        "state": "open",
    }
    return _row(coupon_id, row)


def _lot(lot: Lot) -> dict[str, object]:
    row: dict[str, object] = {"amount": lot.amount, "earned_on": lot.earned_on}
    if lot.expires_on:
        row["expires_on"] = lot.expires_on
    return row


def _visit(member_no: str, visit: LastVisit) -> dict[str, object]:
    return {
        "event_id": _id("visit", member_no),
        "at_ms": visit.at_ms,
        "store_id": visit.store_id,
        "total_minor": visit.total_minor,
        "points": 0,
    }


def _row(row_id: str, row: dict[str, object]) -> Row:
    raw = _write(row)
    return row_id, raw.decode(), blake2b(raw, digest_size=8).digest()


def _id(kind: str, number: str) -> str:
    """The fixed time, version 7, variant 10, and the digits of a hash: the layout of app.ids.uuid7."""
    digits = blake2b(f"{kind}\n{number}".encode(), digest_size=10).hexdigest()
    return f"{_ID_TIME}-7{digits[:3]}-{_VARIANT[digits[3]]}{digits[4:7]}-{digits[7:19]}"
