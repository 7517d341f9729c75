"""Why a coupon or a reward does not fit a basket: the first of its conditions that does not hold, for a person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.programme.document import Discount, DiscountKind, Programme, When
from app.domain.programme.price import before_coupons
from app.domain.programme.when import Circumstances, holds, matching
from app.domain.sale import Basket


class Misfit(StrEnum):
    """What is missing. ALONE: it does not combine with what is on the receipt; POINTS: the balance is too small."""

    GOODS = "goods"
    SPEND = "spend"
    UNITS = "units"
    MEMBER = "member"
    PLACE = "place"
    TIME = "time"
    BIRTHDAY = "birthday"
    PURCHASE = "purchase"
    PAYMENT = "payment"
    ALONE = "alone"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why not; `missing_minor` of SPEND: how much more of its goods."""

    misfit: Misfit
    missing_minor: int = 0


MEMBER, PLACE = ("tiers", "tags", "segments"), ("stores", "regions", "channels")
GOODS = ("skus", "categories", "brands")
TIME = ("weekdays", "hours", "from_on", "until_on")
PARTS = (
    (Misfit.MEMBER, MEMBER),
    (Misfit.PLACE, PLACE),
    (Misfit.TIME, TIME),
    (Misfit.BIRTHDAY, ("birthday",)),
    (Misfit.PURCHASE, ("nth_purchase",)),
    (Misfit.PAYMENT, ("tender",)),
)


def misfit(when: When, discount: Discount, basket: Basket, now: Circumstances) -> Reason | None:
    """The first condition that does not hold on this basket; None when each holds on its own."""
    for reason, names in PARTS:
        if not holds(_only(when, names), now):
            return Reason(reason)
    numbers = matching(when, basket.lines)
    if not numbers:
        return Reason(Misfit.GOODS)
    money = before_coupons(basket)
    spent = sum(money[number] for number in numbers)
    if spent < when.min_spend_minor:
        return Reason(Misfit.SPEND, when.min_spend_minor - spent)
    units = sum(basket.lines[number].qty for number in numbers if basket.lines[number].sku == discount.sku)
    if discount.kind is DiscountKind.FREE_UNITS and units < discount.units:
        return Reason(Misfit.UNITS)
    return None


def _only(when: When, names: tuple[str, ...]) -> When:
    """These conditions of it and no other."""
    return When(**{name: getattr(when, name) for name in names})


def unconditional(programme: Programme) -> Programme:
    """The programme with coupons and rewards that ask for their goods only: to price again what was granted before."""
    return replace(
        programme,
        coupon_types=tuple(replace(one, when=_only(one.when, GOODS)) for one in programme.coupon_types),
        rewards=tuple(replace(one, when=_only(one.when, GOODS)) for one in programme.rewards),
    )
