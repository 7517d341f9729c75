"""Rows as text and back: the fields of wire.md ("Rows") that the till reads, decoded straight into typed values."""

from __future__ import annotations

from typing import Final

import msgspec

from app.domain.member import Coming, Lot, Member, MemberStatus, PointsAccount
from app.domain.member_code import WeekKey
from app.domain.product import Product
from app.domain.staff import Role, Staff
from app.ids import AccountId, MemberId, StaffId
from app.store.tokens import initials_of

WEEK_KEY_BYTES: Final = 32


class Visit(msgspec.Struct, frozen=True):
    """One of the last purchases an account row carries."""

    at_ms: int
    store_id: str
    total_minor: int


class LotRow(msgspec.Struct, frozen=True):
    amount: int
    earned_on: str
    expires_on: str | None = None


class MemberRow(msgspec.Struct, frozen=True):
    """A member of the region, personal data as head office sends it."""

    id: str
    ver: int
    member_no: str
    home_store_id: str
    enrolled_on: str
    status: str = "active"
    name: str | None = None
    pinyin: str = ""
    phone: str | None = None
    birthday_on: str | None = None
    tags: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    merged_into: str | None = None


class CardRow(msgspec.Struct, frozen=True):
    """A card; without `member_id` nobody holds it yet."""

    number: str
    member_id: str | None = None
    status: str = "active"


class VestingRow(msgspec.Struct, frozen=True):
    amount: int
    available_on: str


class FollowRow(msgspec.Struct, frozen=True):
    amount: int
    on: str


class AccountRow(msgspec.Struct, frozen=True):
    """A points account after all head office knows; points are scaled."""

    id: str
    ver: int
    balance: int
    debt: int = 0
    available: int = 0
    lots: tuple[LotRow, ...] = ()
    tier: str | None = None
    tier_until_on: str | None = None
    next_tier: str | None = None
    qualifying: int = 0
    counters: dict[str, int] = {}
    counters_on: str = ""
    purchases: tuple[Visit, ...] = ()
    pending: tuple[VestingRow, ...] = ()
    to_follow: tuple[FollowRow, ...] = ()


class StaffRow(msgspec.Struct, frozen=True):
    """Who may sign on; `pin_hash` is argon2id text."""

    id: str
    staff_no: str
    name: str
    role: Role
    pin_hash: str
    staff_card: str | None = None
    active: bool = True
    capabilities: tuple[str, ...] = ()


class ProductRow(msgspec.Struct, frozen=True):
    """What the store sells; `unit_minor` with tax."""

    id: str
    name: str
    category: str
    unit_minor: int
    brand: str | None = None
    tax_percent: str = "0"
    barcodes: tuple[str, ...] = ()
    active: bool = True


class SettingsRow(msgspec.Struct, frozen=True):
    id: str
    values: dict[str, bool | int | str]


class WeekKeyRow(msgspec.Struct, frozen=True):
    """A key of dynamic member codes; `key` is hex."""

    week_no: int
    from_ms: int
    until_ms: int
    key: str


class PersonalData(msgspec.Struct, frozen=True):
    """What an own member's attachment tells a screen."""

    name: str | None = None
    phone: str | None = None
    birthday_on: str | None = None


read_member: Final = msgspec.json.Decoder(MemberRow).decode
read_card: Final = msgspec.json.Decoder(CardRow).decode
read_account: Final = msgspec.json.Decoder(AccountRow).decode
read_staff: Final = msgspec.json.Decoder(StaffRow).decode
read_product: Final = msgspec.json.Decoder(ProductRow).decode
read_settings: Final = msgspec.json.Decoder(SettingsRow).decode
read_personal: Final = msgspec.json.Decoder(PersonalData).decode

_read_week_key: Final = msgspec.json.Decoder(WeekKeyRow).decode


def read_week_key(raw: str) -> WeekKey:
    """ValueError for a row that is not one, or whose key is not 32 bytes of hex."""
    row = _read_week_key(raw)
    secret = bytes.fromhex(row.key)
    if len(secret) != WEEK_KEY_BYTES:
        raise ValueError("a week key has 32 bytes")
    return WeekKey(row.week_no, row.from_ms, row.until_ms, secret)


STATUSES: Final = {status.value: status for status in MemberStatus}


def account_value(row: AccountRow) -> PointsAccount:
    """The account row as the domain knows it."""
    last = max(row.purchases, key=lambda visit: visit.at_ms) if row.purchases else None
    return PointsAccount(
        AccountId(row.id),
        row.ver,
        row.balance,
        row.debt,
        row.available,
        tuple([Lot(lot.amount, lot.earned_on, lot.expires_on) for lot in row.lots]),
        row.tier,
        row.tier_until_on,
        row.next_tier,
        row.qualifying,
        row.counters,
        row.counters_on,
        last.at_ms if last else None,
        last.store_id if last else None,
        last.total_minor if last else None,
        vesting=tuple(Coming(one.amount, one.available_on) for one in row.pending),
        to_follow=tuple(Coming(one.amount, one.on) for one in row.to_follow),
    )


def member_value(row: MemberRow, card: CardRow | None, account: AccountRow | None, own: tuple[int, int]) -> Member:
    """The member with the points and number of own events still to come (`own`). A blocked card blocks its bearer.

    A status this version does not know counts as restricted.
    """
    status = STATUSES.get(row.status, MemberStatus.RESTRICTED)
    if card is not None and card.status == "blocked" and status is MemberStatus.ACTIVE:
        status = MemberStatus.BLOCKED
    return Member(
        member_id=MemberId(row.id),
        ver=row.ver,
        member_no=row.member_no,
        status=status,
        name=row.name,
        phone=row.phone,
        birthday_on=row.birthday_on,
        tags=row.tags,
        segments=row.segments,
        home_store_id=row.home_store_id,
        enrolled_on=row.enrolled_on,
        card=card.number if card else None,
        account=account_value(account) if account else None,
        own_points=own[0],
        own_events=own[1],
        initials=initials_of(row.pinyin).upper(),
    )


def staff_value(row: StaffRow) -> Staff:
    who = (StaffId(row.id), row.staff_no, row.name, row.role, row.pin_hash)
    return Staff(*who, row.staff_card, row.active, frozenset(row.capabilities))


def product_value(row: ProductRow) -> Product:
    return Product(row.id, row.name, row.category, row.unit_minor, row.brand, row.tax_percent, row.barcodes, row.active)
