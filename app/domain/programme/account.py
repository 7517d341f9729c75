"""A member's account as the rules see it: lots, debt, coupons, stamps, and the purchases they come from. Immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Status(StrEnum):
    ACTIVE = "active"
    BLOCKED = "blocked"
    MERGED = "merged"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True)
class Lot:
    """Points posted together by `event`. `key` is unique over all members; `order` is that of posting."""

    key: str
    event: str
    amount: int
    earned_on: date
    expires_on: date | None
    available_on: date
    order: int

    def alive(self, day: date) -> bool:
        """Not expired on `day`."""
        return self.expires_on is None or self.expires_on > day

    def usable(self, day: date) -> bool:
        """Neither expired nor still pending on `day`."""
        return self.available_on <= day and self.alive(day)


@dataclass(frozen=True, slots=True)
class ToFollow:
    """Points of a delayed rule: posted on `on`, usable from `available_on`."""

    event: str
    rule: str
    amount: int
    on: date
    available_on: date


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon held; `used_by` is the sale that took it."""

    key: str
    type: str
    issued_on: date
    expires_on: date
    used_by: str | None = None

    @property
    def used(self) -> bool:
        return self.used_by is not None


@dataclass(frozen=True, slots=True)
class Entry:
    """What one rule gave on one line; `after_days` > 0: to follow."""

    rule: str
    line: int
    points: int
    after_days: int = 0


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line as it was sold, in money after discounts, and how many of its units came back."""

    qty: int
    charged_minor: int
    points_minor: int
    eligible_minor: int
    returned: int = 0

    def back(self, amount: int) -> int:
        """The share of `amount` of this line that belongs to the units returned so far, rounded down."""
        return amount * self.returned // self.qty


@dataclass(frozen=True, slots=True)
class Spent:
    """Points taken from one lot and not given back to it."""

    lot: str
    amount: int


@dataclass(frozen=True, slots=True)
class Redemption:
    """Points spent on a receipt: what they paid per line, from which lots, which coupons they bought."""

    points: int
    minor_by_line: tuple[int, ...]
    spent: tuple[Spent, ...]
    coupons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StampGain:
    """The lines of a receipt that give stamps of one card."""

    card: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Purchase:
    """A sale as it counts for returns, caps, tiers and the number of purchases."""

    event: str
    on: date
    qualifies_on: date
    lines: tuple[SoldLine, ...]
    entries: tuple[Entry, ...] = ()
    redemptions: tuple[Redemption, ...] = ()
    coupons: tuple[str, ...] = ()
    stamps: tuple[StampGain, ...] = ()

    kept: bool = field(init=False, repr=False, compare=False, default=True)
    """At least one unit was not returned."""
    reversed_points: int = field(init=False, repr=False, compare=False, default=0)
    """Points of the units returned so far, cumulative shares of each entry."""
    kept_points: int = field(init=False, repr=False, compare=False, default=0)
    kept_spend_minor: int = field(init=False, repr=False, compare=False, default=0)
    """Eligible money of the units kept."""

    def __post_init__(self) -> None:
        """Figures asked of every purchase at every sale are made once: an account may have thousands."""
        gone = sum(self.lines[entry.line].back(entry.points) for entry in self.entries)
        object.__setattr__(self, "kept", any(line.returned < line.qty for line in self.lines))
        object.__setattr__(self, "reversed_points", gone)
        object.__setattr__(self, "kept_points", sum(entry.points for entry in self.entries) - gone)
        spend_minor = sum(line.eligible_minor - line.back(line.eligible_minor) for line in self.lines)
        object.__setattr__(self, "kept_spend_minor", spend_minor)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is known of the time before the purchases listed in the account, as of day `on`."""

    on: date
    tier: str | None = None
    tier_until: date | None = None
    qualifying: int = 0
    purchases: int = 0
    day_points: int = 0
    year_points: int = 0
    rule_uses: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paid:
    """An upgrade bonus that was paid (or needs no payment: amount 0) for a level."""

    level: str
    event: str
    amount: int


@dataclass(frozen=True, slots=True)
class Account:
    """One member. All that was due by `day` is posted. `known` False: balance, tier and past are not known here."""

    member: str
    day: date
    status: Status = Status.ACTIVE
    known: bool = True
    enrolled_on: date | None = None
    birthday_on: date | None = None
    tags: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    lots: tuple[Lot, ...] = ()
    to_follow: tuple[ToFollow, ...] = ()
    debt: int = 0
    coupons: tuple[Coupon, ...] = ()
    stamps: Mapping[str, int] = field(default_factory=dict)
    purchases: tuple[Purchase, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    paid: tuple[Paid, ...] = ()
    gifts: frozenset[str] = frozenset()
    posted: int = 0
    merged_into: str | None = None

    @property
    def purchases_made(self) -> int:
        """Sales not returned in full."""
        return sum(one.purchases for one in self.earlier) + sum(sale.kept for sale in self.purchases)

    def points_on(self, day: date) -> int:
        """Sale points of a day, less what was returned of them."""
        before = sum(one.day_points for one in self.earlier if one.on == day)
        return before + sum(sale.kept_points for sale in self.purchases if sale.on == day)

    def points_in(self, year: int) -> int:
        """Sale points of a calendar year, less what was returned of them."""
        before = sum(one.year_points for one in self.earlier if one.on.year == year)
        return before + sum(sale.kept_points for sale in self.purchases if sale.on.year == year)

    def rule_uses(self, rule: str) -> int:
        """Receipts, not returned in full, on which the rule gave points."""
        before = sum(one.rule_uses.get(rule, 0) for one in self.earlier)
        gave = (sale.kept and any(entry.rule == rule for entry in sale.entries) for sale in self.purchases)
        return before + sum(gave)
