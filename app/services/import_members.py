"""One line of a member file, checked: numbers, phone, dates, points. Nothing is corrected silently."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.domain.card import CARD_DIGITS_MAX, CARD_DIGITS_MIN, CardScheme, is_payment_card, luhn_holds
from app.domain.member import Lot
from app.errors import Refusal
from app.services.imports import Record, Refused

NAME_CHARS_MAX: Final = 64
TAGS_MAX: Final = 20
TAG_CHARS_MAX: Final = 32
POINTS_MAX: Final = 10**12
REGION_DEFAULT: Final = "CN"
_NUMBER = re.compile(r"[A-Za-z0-9._-]{1,32}")
_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_DATE = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?: 0{1,2}:00(?::00)?)?")
_POINTS = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?")
_DIGIT_RUN = re.compile(r"\d[\d -]{11,22}\d")


class MemberField(StrEnum):
    """What a column of a member file can be."""

    MEMBER_NO = "member_no"
    NAME = "name"
    PHONE = "phone"
    CARD = "card"
    BIRTHDAY_ON = "birthday_on"
    TIER = "tier"
    POINTS = "points"
    EARNED_ON = "earned_on"
    EXPIRES_ON = "expires_on"
    ENROLLED_ON = "enrolled_on"
    STORE = "store"
    STATUS = "status"
    TAGS = "tags"


SYNONYMS: Final[Mapping[StrEnum, Sequence[str]]] = {
    MemberField.MEMBER_NO: ("会员号", "会员编号", "会员id", "member number", "member id", "customer id", "id", "编号"),
    MemberField.NAME: ("姓名", "会员姓名", "名字", "客户姓名", "full name", "customer name", "member name"),
    MemberField.PHONE: ("手机", "手机号", "手机号码", "电话", "联系电话", "mobile", "phone number", "telephone"),
    MemberField.CARD: ("卡号", "会员卡号", "会员卡", "card number", "card no"),
    MemberField.BIRTHDAY_ON: ("生日", "出生日期", "birthday", "date of birth", "birth date"),
    MemberField.TIER: ("等级", "会员等级", "级别", "level", "member tier"),
    MemberField.POINTS: ("积分", "积分余额", "当前积分", "可用积分", "balance", "points balance"),
    MemberField.EARNED_ON: ("积分日期", "积分获得日期", "points date", "points earned on"),
    MemberField.EXPIRES_ON: ("积分有效期", "积分到期", "积分到期日", "points expire", "points expiry"),
    MemberField.ENROLLED_ON: ("入会日期", "注册日期", "开卡日期", "join date", "enrolled", "registered on"),
    MemberField.STORE: ("门店", "开卡门店", "所属门店", "home store", "store id"),
    MemberField.STATUS: ("状态", "会员状态", "member status"),
    MemberField.TAGS: ("标签", "会员标签", "labels"),
}
NEEDED: Final[Sequence[Sequence[StrEnum]]] = ((MemberField.MEMBER_NO, MemberField.CARD),)
STATUSES: Final[Mapping[str, str]] = {
    "": "active", "active": "active", "正常": "active", "有效": "active", "启用": "active",
    "blocked": "blocked", "冻结": "blocked", "停用": "blocked", "挂失": "blocked", "黑名单": "blocked",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LastVisit:
    """The last purchase before the import."""

    at_ms: int
    store_id: str
    total_minor: int


@dataclass(frozen=True, slots=True)
class ImportedCoupon:
    """A coupon issued before the import; ISO days, `expires_on` is the first day it can no longer be used."""

    type: str
    issued_on: str
    expires_on: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What a member brings along beside points: coupons, whole stamps by card, stored value in minor units."""

    coupons: tuple[ImportedCoupon, ...] = ()
    stamps: tuple[tuple[str, int], ...] = ()
    stored_minor: int = 0


NOTHING_BESIDE: Final = Beside()


@dataclass(frozen=True, slots=True)
class ImportedMember:
    """A line that passed. `phone` is E.164; points scaled; dates are ISO text; empty text where nothing was given.

    `points` is the balance; `lots` add up to it, or are empty when it is negative (debt). `beside` comes in with a new
    member only: a member file has no such columns, and a later one must not give it twice.
    """

    line: int
    member_no: str
    name: str
    phone: str
    card: str
    birthday_on: str
    tier: str
    points: int
    lots: tuple[Lot, ...]
    enrolled_on: str
    store: str
    status: str
    tags: tuple[str, ...] = ()
    visit: LastVisit | None = None
    qualifying: int = 0
    next_tier: str = ""
    beside: Beside = NOTHING_BESIDE


@dataclass(frozen=True, slots=True)
class MemberRules:
    """What depends on the chain: its card numbers (None: check digits are not looked at) and points scale."""

    cards: CardScheme | None
    points_scale: int
    today_on: str
    store: str


def members(lines: Iterable[Record | Refused], rules: MemberRules) -> Iterator[ImportedMember | Refused]:
    """Check every record; a member or card number seen before is refused with the line that had it."""
    numbers: dict[str, int] = {}
    cards: dict[str, int] = {}
    for record in lines:
        if isinstance(record, Refused):
            yield record
            continue
        try:
            member = _member(record, rules)
            _once(numbers, MemberField.MEMBER_NO, member.member_no, record.line)
            if member.card:
                _once(cards, MemberField.CARD, member.card, record.line)
        except Refusal as reason:
            yield Refused(record.line, reason)
        else:
            yield member


def _member(record: Record, rules: MemberRules) -> ImportedMember:
    cells = record.cells
    card = _card(cells.get("card", ""), rules.cards)
    number = cells.get("member_no", "") or card
    if not number:
        raise Refusal("line_empty", field=MemberField.MEMBER_NO.value)
    if not _NUMBER.fullmatch(number):
        raise Refusal("line_number_form", field=MemberField.MEMBER_NO.value)
    if is_payment_card(number):
        raise Refusal("line_payment_card", field=MemberField.MEMBER_NO.value)
    name = record.text(MemberField.NAME, NAME_CHARS_MAX)
    _no_payment_card(MemberField.NAME, name)
    tags = _tags(record)
    points = _points(cells.get("points", ""), rules.points_scale)
    status = STATUSES.get(cells.get("status", "").lower())
    if status is None:
        raise Refusal("line_status_unknown")
    return ImportedMember(
        line=record.line,
        member_no=number,
        name=name,
        phone=_phone(cells.get("phone", "")),
        card=card,
        birthday_on=_day(cells, MemberField.BIRTHDAY_ON),
        tier=record.text(MemberField.TIER, TAG_CHARS_MAX).lower(),
        points=points,
        lots=_lots(cells, points, rules.today_on),
        enrolled_on=_day(cells, MemberField.ENROLLED_ON) or rules.today_on,
        store=record.text(MemberField.STORE, TAG_CHARS_MAX) or rules.store,
        status=status,
        tags=tags,
    )


def _card(text: str, scheme: CardScheme | None) -> str:
    if not text:
        return ""
    if not (text.isascii() and text.isdigit() and CARD_DIGITS_MIN <= len(text) <= CARD_DIGITS_MAX):
        raise Refusal("line_card_form")
    if is_payment_card(text):
        raise Refusal("line_payment_card", field=MemberField.CARD.value)
    if scheme is not None and scheme.owns(text) and not luhn_holds(text):
        raise Refusal("line_card_check")
    return text


def _phone(text: str) -> str:
    """E.164. Mainland mobile numbers, nearly all there are, need no library."""
    if not text:
        return ""
    plain = text.replace(" ", "").replace("-", "")
    match = _MOBILE.fullmatch(plain)
    if match:
        return "+86" + match[1]
    import phonenumbers  # lazy: 60 ms that most files never need

    try:
        number = phonenumbers.parse(text, REGION_DEFAULT)
    except phonenumbers.NumberParseException:
        raise Refusal("line_phone_form") from None
    if not phonenumbers.is_valid_number(number):
        raise Refusal("line_phone_form")
    formatted: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return formatted


def _day(cells: Mapping[str, str], field: MemberField) -> str:
    """ISO text of `2026-01-31`, `2026/1/31`, `20260131` or `2026年1月31日`, with or without midnight behind it."""
    text = cells.get(field.value, "")
    if not text:
        return ""
    match = _DATE.fullmatch(text)
    if match is None:
        raise Refusal("line_date_form", field=field.value)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        raise Refusal("line_date_form", field=field.value) from None


def _points(text: str, scale: int) -> int:
    """Scaled points; more decimals than the programme keeps are refused, not rounded."""
    if not text:
        return 0
    plain = text.replace(",", "")
    if not _POINTS.fullmatch(plain):
        raise Refusal("line_amount_form", field=MemberField.POINTS.value)
    whole, _, part = plain.partition(".")
    part = part.rstrip("0")
    if len(part) > scale:
        raise Refusal("line_amount_form", field=MemberField.POINTS.value)
    points = int(whole + part.ljust(scale, "0"))
    if abs(points) > POINTS_MAX:
        raise Refusal("line_amount_form", field=MemberField.POINTS.value)
    return points


def _lots(cells: Mapping[str, str], points: int, today_on: str) -> tuple[Lot, ...]:
    """A balance is one lot: what it was made of, the file does not say."""
    earned_on = _day(cells, MemberField.EARNED_ON) or today_on
    expires_on = _day(cells, MemberField.EXPIRES_ON) or None
    return (Lot(points, earned_on, expires_on),) if points > 0 else ()


def _tags(record: Record) -> tuple[str, ...]:
    text = record.text(MemberField.TAGS, TAGS_MAX * TAG_CHARS_MAX)
    if not text:
        return ()
    _no_payment_card(MemberField.TAGS, text)
    tags = tuple(dict.fromkeys(tag.strip() for tag in re.split(r"[,;|，；、]", text) if tag.strip()))
    if len(tags) > TAGS_MAX or any(len(tag) > TAG_CHARS_MAX for tag in tags):
        raise Refusal("line_too_long", field=MemberField.TAGS.value, max=TAG_CHARS_MAX)
    return tags


def _no_payment_card(field: MemberField, text: str) -> None:
    """Refuse a payment card number hidden in words (security.md, "Privacy": minimum data)."""
    for run in _DIGIT_RUN.findall(text):
        if is_payment_card("".join(char for char in run if char.isdigit())):
            raise Refusal("line_payment_card", field=field.value)


def _once(seen: dict[str, int], field: MemberField, value: str, line: int) -> None:
    first = seen.setdefault(value, line)
    if first != line:
        raise Refusal("line_twice", field=field.value, first=first)
