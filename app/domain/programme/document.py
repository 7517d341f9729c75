"""The programme document as values: what head office publishes, read and checked (programme.md, "Programme document").

Money is in minor units; every number of points is an integer scaled by `points_scale`; dates are local to `zone`.
Made only by `app.domain.programme.parse`, which refuses what does not fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

from app.domain.sale import TenderKind

BASE_RULE = "base"
"""The name of the base rate in `because`; no rule may take it."""


class Trust(StrEnum):
    """Whose figure is posted when head office computes another one."""

    TILL = "till"
    HQ = "hq"


class Rounding(StrEnum):
    WHOLE_STEPS = "whole_steps"
    FLOOR = "floor"
    HALF_UP = "half_up"
    CEIL = "ceil"


class Scope(StrEnum):
    """What is rounded together."""

    RECEIPT = "receipt"
    LINE = "line"
    UNIT = "unit"


class Tax(StrEnum):
    INCLUDED = "included"
    EXCLUDED = "excluded"


class Stacking(StrEnum):
    """How several multiply rules combine on one line."""

    BEST = "best"
    ADD = "add"


class RuleKind(StrEnum):
    MULTIPLY = "multiply"
    RATE = "rate"
    BONUS = "bonus"
    PER_UNIT = "per_unit"


class BirthdaySpan(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class DiscountKind(StrEnum):
    MINOR = "discount_minor"
    PERCENT = "discount_percent"
    FREE_UNITS = "free_units"
    COUPON = "coupon"


class OfflineRedeem(StrEnum):
    DENY = "deny"
    FLOOR = "floor"
    GRANT = "grant"


class OfflineCoupon(StrEnum):
    GRANT = "grant"
    DENY = "deny"


class GiftOn(StrEnum):
    ENROLMENT = "enrolment"
    BIRTHDAY = "birthday"
    UPGRADE = "upgrade"


class ExpiryKind(StrEnum):
    NEVER = "never"
    AFTER = "after"
    END_OF = "end_of"
    INACTIVITY = "inactivity"


class Period(StrEnum):
    MONTH = "month"
    YEAR = "year"


class Metric(StrEnum):
    SPEND = "spend"
    POINTS = "points"
    VISITS = "visits"


class Window(StrEnum):
    CALENDAR_YEAR = "calendar_year"
    ROLLING_DAYS = "rolling_days"
    LIFETIME = "lifetime"


class Effective(StrEnum):
    IMMEDIATELY = "immediately"
    NEXT_DAY = "next_day"
    FIRST_OF_NEXT_MONTH = "first_of_next_month"


class Validity(StrEnum):
    END_OF_NEXT_YEAR = "end_of_next_year"
    MONTHS = "months"
    FOREVER = "forever"


class Shortfall(StrEnum):
    NEGATIVE = "negative"
    DEDUCT_REFUND = "deduct_refund"


@dataclass(frozen=True, slots=True)
class When:
    """Conditions; all that are given must hold. An empty set and None ask nothing."""

    tiers: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    stores: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    skus: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    weekdays: frozenset[int] = frozenset()
    hours: tuple[time, time] | None = None
    from_on: date | None = None
    until_on: date | None = None
    birthday: BirthdaySpan | None = None
    min_spend_minor: int = 0
    nth_purchase: int | None = None
    tender: TenderKind | None = None


@dataclass(frozen=True, slots=True)
class EarnRule:
    """One rule beside the base rate. `factor` for multiply; `points` for the others; `per_minor` for rate."""

    id: str
    kind: RuleKind
    when: When
    factor: Fraction = Fraction(1)
    points: int = 0
    per_minor: int = 1
    limit_per_member: int | None = None
    post_after_days: int = 0
    partner: str | None = None


@dataclass(frozen=True, slots=True)
class Earn:
    """The base rate, its rounding, what is left out, caps and rules."""

    points: int
    per_minor: int
    rounding: Rounding
    rounding_scope: Scope = Scope.RECEIPT
    tax: Tax = Tax.INCLUDED
    points_tender_earns: bool = False
    stored_value_tender_earns: bool = True
    exclude_categories: frozenset[str] = frozenset()
    exclude_skus: frozenset[str] = frozenset()
    stacking: Stacking = Stacking.BEST
    max_points_per_receipt: int | None = None
    max_points_per_day: int | None = None
    max_points_per_calendar_year: int | None = None
    available_after_days: int = 0
    rules: tuple[EarnRule, ...] = ()


@dataclass(frozen=True, slots=True)
class StampCard:
    """`stamps_per_step` stamps for every `per_receipt_minor` on matching lines of one receipt."""

    id: str
    per_receipt_minor: int
    when: When
    stamps_per_step: int = 1
    goal: int | None = None
    coupon_type: str | None = None


@dataclass(frozen=True, slots=True)
class Redeem:
    """Points as tender: `points` are worth `value_minor`, in steps of `step_points`."""

    points: int
    value_minor: int
    step_points: int
    min_points: int = 0
    max_points: int | None = None
    max_share_percent: int = 100
    offline: OfflineRedeem = OfflineRedeem.GRANT
    floor_points: int | None = None
    exclude_categories: frozenset[str] = frozenset()

    def value(self, points: int) -> int:
        """What `points` are worth in minor units; exact for whole steps, else rounded down."""
        return points * self.value_minor // self.points


@dataclass(frozen=True, slots=True)
class Discount:
    """What a coupon or a reward takes off: by its kind one of value, percent (with a limit), free units, a coupon."""

    kind: DiscountKind
    value_minor: int = 0
    percent: Fraction = Fraction(0)
    max_minor: int | None = None
    sku: str = ""
    units: int = 0
    coupon_type: str = ""


@dataclass(frozen=True, slots=True)
class Reward:
    """Points for a thing; with free units `discount.units` are given per `points`."""

    id: str
    points: int
    discount: Discount
    when: When


@dataclass(frozen=True, slots=True)
class CouponType:
    """A kind of coupon: what it takes off, when it may be used, and for how many days after its issue."""

    id: str
    discount: Discount
    when: When
    valid_days: int
    combine: bool = False
    offline: OfflineCoupon = OfflineCoupon.GRANT


@dataclass(frozen=True, slots=True)
class Gift:
    """Given by head office once per occasion: a coupon or points."""

    id: str
    on: GiftOn
    coupon_type: str | None = None
    points: int = 0


@dataclass(frozen=True, slots=True)
class Expiry:
    """How long a lot lives. `months` of `after` and `plus` of `end_of` are months; years are twelve of them."""

    kind: ExpiryKind = ExpiryKind.NEVER
    days: int = 0
    months: int = 0
    unit: Period = Period.YEAR


@dataclass(frozen=True, slots=True)
class Level:
    """A tier by its threshold; `upgrade_bonus` points are paid once when a member passes it."""

    id: str
    threshold: int
    upgrade_bonus: int = 0


@dataclass(frozen=True, slots=True)
class Tiers:
    """Levels by rising threshold and what reaches them."""

    levels: tuple[Level, ...]
    metric: Metric = Metric.SPEND
    window: Window = Window.LIFETIME
    rolling_days: int = 0
    effective: Effective = Effective.IMMEDIATELY
    confirm_days: Mapping[str, int] = field(default_factory=dict)
    valid: Validity = Validity.FOREVER
    valid_months: int = 0
    qualifying_sale_uses_new_tier: bool = False

    def threshold(self, level: str) -> int:
        """The threshold of a level named in this document."""
        return next(one.threshold for one in self.levels if one.id == level)


@dataclass(frozen=True, slots=True)
class Returns:
    """`window_days` None: a return is always accepted."""

    shortfall: Shortfall = Shortfall.NEGATIVE
    restore_expired_days: int = 0
    window_days: int | None = None


@dataclass(frozen=True, slots=True)
class Programme:
    """One published version. `valid_from` is aware, in `zone`; None: from the beginning."""

    id: str
    version: int
    currency: str
    zone: ZoneInfo
    earn: Earn
    points_scale: int = 0
    trust: Trust = Trust.TILL
    valid_from: datetime | None = None
    business_day_starts: time = time(0)
    stamps: tuple[StampCard, ...] = ()
    redeem: Redeem | None = None
    rewards: tuple[Reward, ...] = ()
    coupon_types: tuple[CouponType, ...] = ()
    gifts: tuple[Gift, ...] = ()
    expiry: Expiry = Expiry()
    tiers: Tiers | None = None
    returns: Returns = Returns()

    @property
    def name(self) -> str:
        """`id:version`, as an event's basis names it."""
        return f"{self.id}:{self.version}"
