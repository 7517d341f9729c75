"""A fake till whose programme has coupons, rewards and a stamp card, and a member who holds some."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from app.domain.holdings import AccountKind, HeldCoupon, HeldStamps, Holdings, StoredValue, account_id_of
from app.domain.programme.document import CouponType, Discount, DiscountKind, Programme, Reward, StampCard, When
from app.ids import MemberId
from tests.support.fakes import FakeTill
from tests.support.spending import online

ZHANG = MemberId("0190bbbb-0000-7000-8000-000000000001")
OFF20, OFF_BODY, COMBINES, FREE = "c-off20", "c-body", "c-combines", "c-free"


def minor(value_minor: int) -> Discount:
    return Discount(DiscountKind.MINOR, value_minor=value_minor)


COUPON_TYPES = (
    CouponType("off20", minor(2_000), When(min_spend_minor=20_000), 365),
    CouponType(
        "body15", Discount(DiscountKind.PERCENT, percent=Fraction(15)), When(categories=frozenset({"baby"})), 30
    ),
    CouponType("loyal", minor(300), When(tiers=frozenset({"gold"})), 365, combine=True),
    CouponType("balm", Discount(DiscountKind.FREE_UNITS, sku="M-1006", units=1), When(), 60, combine=True),
)
REWARDS = (
    Reward("five", 500, minor(500), When()),
    Reward("tenth", 900, Discount(DiscountKind.PERCENT, percent=Fraction(21, 2)), When(min_spend_minor=10_000)),
    Reward("voucher", 1_000, Discount(DiscountKind.COUPON, coupon_type="off20"), When()),
    Reward("million", 1_000_000, minor(10_000), When()),
)
STAMPS = (
    StampCard("summer", 4_000, When(), goal=10, coupon_type="balm"),
    StampCard("tea", 4_000, When(categories=frozenset({"tea"}))),
)


def with_benefits(programme: Programme) -> Programme:
    return replace(programme, coupon_types=COUPON_TYPES, rewards=REWARDS, stamps=STAMPS)


def held_by_zhang() -> Holdings:
    """Six coupons, one of them used, one over and one of an unknown type; seven stamps; ¥36."""
    return Holdings(
        coupons=(
            HeldCoupon("c-over", "off20", "2025-01-01", "2026-01-01"),
            HeldCoupon(FREE, "balm", "2026-12-01", "2026-12-20"),
            HeldCoupon(OFF20, "off20", "2026-06-01", "2027-01-01"),
            HeldCoupon("c-used", "off20", "2026-06-01", "2027-01-01", used=True),
            HeldCoupon(OFF_BODY, "body15", "2026-12-01", "2027-02-01"),
            HeldCoupon(COMBINES, "loyal", "2026-12-01", "2027-06-01"),
            HeldCoupon("c-old", "gone", "2026-12-01", "2027-06-01"),
        ),
        stamps=(HeldStamps("summer", account_id_of(ZHANG, AccountKind.STAMPS, "summer"), 7),),
        stored_value=StoredValue(account_id_of(ZHANG, AccountKind.STORED_VALUE), 3_600),
    )


def furnish(fake: FakeTill) -> FakeTill:
    """The programme and 张小凡's holdings."""
    assert fake.essentials.programme is not None
    fake.essentials.programme = with_benefits(fake.essentials.programme)
    fake.members.held[ZHANG] = held_by_zhang()
    return fake


def benefits_till() -> FakeTill:
    """Head office answers."""
    return furnish(online())
