"""The people and goods of the design pictures, as rows: staff, members, products, settings of 静安寺店."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from fractions import Fraction
from zoneinfo import ZoneInfo

from app.domain.card import ean_holds, luhn_digit
from app.domain.member import Lot, Member, MemberStatus, PointsAccount
from app.domain.product import Product
from app.domain.programme.document import (
    Earn,
    EarnRule,
    Effective,
    Expiry,
    ExpiryKind,
    Level,
    Programme,
    Redeem,
    Returns,
    Rounding,
    RuleKind,
    Tiers,
    Validity,
    When,
    Window,
)
from app.domain.staff import Role, Staff
from app.ids import AccountId, MemberId, StaffId
from app.services.ports import Setting

DEMO_PIN = "246810"


def card_number(body: str) -> str:
    """`88` + ten digits with the check digit that makes a member card."""
    return f"88{body}{luhn_digit(f'88{body}')}"


def ean13(body: str) -> str:
    """Twelve digits with their GS1 check digit."""
    return next(code for code in (f"{body}{digit}" for digit in range(10)) if ean_holds(code))


def staff() -> tuple[Staff, ...]:
    people = (
        ("0271", "林晓", Role.CASHIER),
        ("0268", "周敏", Role.CASHIER),
        ("0290", "何佳怡", Role.CASHIER),
        ("0112", "吴昊", Role.SUPERVISOR),
        ("0103", "沈岚", Role.MANAGER),
    )
    return tuple(
        Staff(StaffId(f"0190aaaa-0000-7000-8000-00000000{number}"), number, name, role, f"fake:{DEMO_PIN}")
        for number, name, role in people
    )


def products() -> tuple[Product, ...]:
    rows = (
        ("M-1001", "玻尿酸补水面膜 5 片装", "skin", 4990),
        ("M-1002", "氨基酸洁面乳 120g", "skin", 3900),
        ("M-1003", "棉柔巾 100 抽 三包装", "home", 2990),
        ("M-1004", "樱花身体乳 400ml", "body", 5900),
        ("M-1005", "薄荷护龈牙膏 180g", "oral", 1280),
        ("M-1006", "蜂蜜润唇膏 3.5g", "skin", 1690),
    )
    return tuple(
        Product(sku, name, category, minor, "花间", "13", (ean13(f"69012345{place:04d}"),))
        for place, (sku, name, category, minor) in enumerate(rows, start=1)
    )


def members() -> tuple[Member, ...]:
    """张小凡 first: 13800002719, card …5093, gold, 16,860 points of which 1,200 expire on 2026-12-31."""
    return (
        _member(1, "张小凡", "+8613800002719", card_number("0000002509"), "gold", 16860, "1992-12-18"),
        _member(2, "张晓芳", "+8615900000386", card_number("0000003018"), "silver", 2340, "1988-03-08"),
        _member(3, "赵新峰", "+8618600007751", card_number("0000004127"), "base", 415, None),
        _member(4, "郑雪菲", "+8613700004402", card_number("0000005236"), "diamond", 48120, None),
        _member(5, "周小帆", "+8613500009018", card_number("0000006345"), "base", 60, None),
        _member(6, "李冻结", "+8613600001357", card_number("0000007454"), "base", 99, None, MemberStatus.BLOCKED),
    )


def _member(
    number: int,
    name: str,
    phone: str,
    card: str,
    tier: str,
    points: int,
    birthday_on: str | None,
    status: MemberStatus = MemberStatus.ACTIVE,
) -> Member:
    next_tier = {"base": "silver", "silver": "gold", "gold": "diamond"}.get(tier)
    soon = Lot(min(points, 1200), "2025-05-01", "2027-01-01")
    rest = (Lot(points - 1200, "2026-06-01", "2028-01-01"),) if points > 1200 else ()
    account = PointsAccount(
        AccountId(f"0190cccc-0000-7000-8000-{number:012d}"),
        ver=7,
        balance=points,
        available=points,
        lots=(soon, *rest),
        tier=tier,
        tier_until_on="2027-12-31" if tier != "base" else None,
        next_tier=next_tier,
        qualifying=1_868_000 if tier == "gold" else 150_000,
        last_visit_ms=1_795_500_000_000,
        last_store_id="s027",
        last_total_minor=15800,
    )
    return Member(
        MemberId(f"0190bbbb-0000-7000-8000-{number:012d}"),
        ver=3,
        member_no=f"{100_000_000_000 + number}",
        status=status,
        name=name,
        phone=phone,
        birthday_on=birthday_on,
        tags=(),
        segments=(),
        home_store_id="s027",
        enrolled_on="2024-05-20",
        card=card,
        account=account,
        initials=INITIALS.get(name, ""),
    )


INITIALS: Mapping[str, str] = {
    "张小凡": "ZXF",
    "张晓芳": "ZXF",
    "赵新峰": "ZXF",
    "郑雪菲": "ZXF",
    "周小帆": "ZXF",
    "李冻结": "LDJ",
}

SETTINGS: Mapping[str, Setting] = {
    "receipt.brand": "花间生活馆",
    "receipt.host": "hui.example",
    "receipt.key": "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
    "shift.enrolments_goal": 8,
}


def programme() -> Programme:
    """One point per whole yuan, gold 1.2 times, diamond 1.5; 100 points are worth ¥1, for at most half a basket."""
    return Programme(
        id="huajian",
        version=1,
        currency="CNY",
        zone=ZoneInfo("Asia/Shanghai"),
        business_day_starts=time(4),
        earn=Earn(
            points=1,
            per_minor=100,
            rounding=Rounding.WHOLE_STEPS,
            exclude_categories=frozenset({"gift_card"}),
            rules=(
                EarnRule("gold", RuleKind.MULTIPLY, When(tiers=frozenset({"gold"})), factor=Fraction(6, 5)),
                EarnRule("diamond", RuleKind.MULTIPLY, When(tiers=frozenset({"diamond"})), factor=Fraction(3, 2)),
            ),
        ),
        redeem=Redeem(points=100, value_minor=100, step_points=100, min_points=100, max_share_percent=50),
        expiry=Expiry(ExpiryKind.END_OF, months=12),
        tiers=Tiers(
            levels=(Level("base", 0), Level("silver", 200_000), Level("gold", 600_000), Level("diamond", 2_000_000)),
            window=Window.CALENDAR_YEAR,
            effective=Effective.NEXT_DAY,
            valid=Validity.END_OF_NEXT_YEAR,
        ),
        returns=Returns(window_days=30),
    )
