"""Reads the parts of the document that give or take: conditions, earn rules, stamps, rewards, coupons, gifts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import time
from fractions import Fraction

from app.domain.programme.document import (
    BASE_RULE,
    BirthdaySpan,
    CouponType,
    Discount,
    DiscountKind,
    Earn,
    EarnRule,
    Gift,
    GiftOn,
    OfflineCoupon,
    Reward,
    Rounding,
    RuleKind,
    Scope,
    Stacking,
    StampCard,
    Tax,
    When,
)
from app.domain.programme.schema import (
    NotThisError,
    Reader,
    any_names,
    choice,
    clock,
    day,
    decimal,
    flag,
    listed,
    names,
    text,
    unique,
    whole,
)
from app.domain.sale import TenderKind

DAYS_MAX = 36_500
POINTS_MAX = 10**12
MINOR_MAX = 10**12
FACTOR_MAX = 1_000_000


@dataclass(slots=True)
class References:
    """Names used in the document, to be found in it when everything has been read: (reader, key, name)."""

    levels: list[tuple[Reader, str, str]] = field(default_factory=list)
    coupons: list[tuple[Reader, str, str]] = field(default_factory=list)

    def coupon(self, reader: Reader, key: str = "coupon_type") -> str:
        """The required name of a coupon type."""
        name = reader.need(key, text)
        if reader.fits(key):
            self.coupons.append((reader, key, name))
        return name


def _hours(raw: object) -> tuple[time, time]:
    found = listed(clock)(raw)
    if len(found) != 2:
        raise NotThisError("expected_hours")
    return found[0], found[1]


def _when(owner: Reader, refs: References) -> When:
    reader = owner.section("when")
    if reader is None:
        return When()
    nothing: frozenset[str] = frozenset()
    when = When(
        tiers=reader.have("tiers", names, nothing),
        tags=reader.have("tags", names, nothing),
        segments=reader.have("segments", names, nothing),
        stores=reader.have("stores", names, nothing),
        regions=reader.have("regions", names, nothing),
        channels=reader.have("channels", names, nothing),
        skus=reader.have("skus", names, nothing),
        categories=reader.have("categories", names, nothing),
        brands=reader.have("brands", names, nothing),
        weekdays=frozenset(reader.maybe("weekdays", listed(whole(1, 7))) or ()),
        hours=reader.maybe("hours", _hours),
        from_on=reader.maybe("from", day),
        until_on=reader.maybe("until", day),
        birthday=reader.maybe("birthday", choice(BirthdaySpan)),
        min_spend_minor=reader.have("min_spend_minor", whole(0, MINOR_MAX), 0),
        nth_purchase=reader.maybe("nth_purchase", whole(1)),
        tender=reader.maybe("tender", choice(TenderKind)),
    )
    if when.from_on and when.until_on and when.until_on < when.from_on:
        reader.mistake("until", "until_before_from")
    refs.levels.extend((reader, "tiers", name) for name in sorted(when.tiers))
    reader.done()
    return when


def read_earn(reader: Reader, refs: References) -> Earn:
    """`[earn]` with its rules."""
    nothing: frozenset[str] = frozenset()
    rule_readers = reader.sections("rules")
    rules = tuple(_rule(rule, refs) for rule in rule_readers)
    unique(rule_readers, [rule.id for rule in rules])
    earn = Earn(
        points=reader.need("points", whole(0, POINTS_MAX)),
        per_minor=reader.need("per_minor", whole(1, MINOR_MAX)),
        rounding=reader.need("rounding", choice(Rounding)),
        rounding_scope=reader.have("rounding_scope", choice(Scope), Scope.RECEIPT),
        tax=reader.have("tax", choice(Tax), Tax.INCLUDED),
        points_tender_earns=reader.have("points_tender_earns", flag, False),
        stored_value_tender_earns=reader.have("stored_value_tender_earns", flag, True),
        exclude_categories=reader.have("exclude_categories", any_names, nothing),
        exclude_skus=reader.have("exclude_skus", any_names, nothing),
        stacking=reader.have("stacking", choice(Stacking), Stacking.BEST),
        max_points_per_receipt=reader.maybe("max_points_per_receipt", whole(0, POINTS_MAX)),
        max_points_per_day=reader.maybe("max_points_per_day", whole(0, POINTS_MAX)),
        max_points_per_calendar_year=reader.maybe("max_points_per_calendar_year", whole(0, POINTS_MAX)),
        available_after_days=reader.have("available_after_days", whole(0, DAYS_MAX), 0),
        rules=rules,
    )
    reader.done()
    return earn


def _rule(reader: Reader, refs: References) -> EarnRule:
    name = reader.need("id", text)
    if name == BASE_RULE:
        reader.mistake("id", "id_reserved", id=BASE_RULE)
    kind = reader.need("kind", choice(RuleKind))
    rule = EarnRule(
        id=name,
        kind=kind,
        when=_when(reader, refs),
        factor=reader.need("factor", decimal(1, FACTOR_MAX)) if kind is RuleKind.MULTIPLY else Fraction(1),
        points=_rule_points(reader, kind),
        per_minor=reader.need("per_minor", whole(1, MINOR_MAX)) if kind is RuleKind.RATE else 1,
        limit_per_member=reader.maybe("limit_per_member", whole(1)),
        post_after_days=reader.have("post_after_days", whole(0, DAYS_MAX), 0),
        partner=reader.maybe("partner", text),
    )
    if reader.fits("kind"):
        reader.done()
    return rule


def _rule_points(reader: Reader, kind: RuleKind) -> int:
    if kind in (RuleKind.RATE, RuleKind.BONUS, RuleKind.PER_UNIT):
        return reader.need("points", whole(0, POINTS_MAX))
    return 0


def read_stamps(owner: Reader, refs: References) -> tuple[StampCard, ...]:
    """`[[stamps]]`."""
    readers = owner.sections("stamps")
    cards = tuple(_stamp_card(reader, refs) for reader in readers)
    unique(readers, [card.id for card in cards])
    return cards


def _stamp_card(reader: Reader, refs: References) -> StampCard:
    goal = reader.maybe("goal", whole(1, POINTS_MAX))
    pays_out = "goal" in reader.table or "coupon_type" in reader.table
    if pays_out and "goal" not in reader.table:
        reader.mistake("goal", "key_missing")
    card = StampCard(
        id=reader.need("id", text),
        per_receipt_minor=reader.need("per_receipt_minor", whole(1, MINOR_MAX)),
        when=_when(reader, refs),
        stamps_per_step=reader.have("stamps_per_step", whole(1, POINTS_MAX), 1),
        goal=goal,
        coupon_type=refs.coupon(reader) if pays_out else None,
    )
    reader.done()
    return card


def read_rewards(owner: Reader, refs: References) -> tuple[Reward, ...]:
    """`[[rewards]]`."""
    readers = owner.sections("rewards")
    rewards = tuple(_reward(reader, refs) for reader in readers)
    unique(readers, [reward.id for reward in rewards])
    return rewards


def _reward(reader: Reader, refs: References) -> Reward:
    kind = reader.need("kind", choice(DiscountKind))
    reward = Reward(
        id=reader.need("id", text),
        points=reader.need("points", whole(0, POINTS_MAX)),
        discount=_discount(reader, kind, refs, units_key="units_per_reward"),
        when=_when(reader, refs),
    )
    if reader.fits("kind"):
        reader.done()
    return reward


def read_coupon_types(owner: Reader, refs: References) -> tuple[CouponType, ...]:
    """`[[coupon_types]]`."""
    readers = owner.sections("coupon_types")
    types = tuple(_coupon_type(reader, refs) for reader in readers)
    unique(readers, [one.id for one in types])
    return types


def _coupon_type(reader: Reader, refs: References) -> CouponType:
    kind = reader.need("kind", choice(DiscountKind, but=DiscountKind.COUPON))
    one = CouponType(
        id=reader.need("id", text),
        discount=_discount(reader, kind, refs, units_key="units"),
        when=_when(reader, refs),
        valid_days=reader.need("valid_days", whole(1, DAYS_MAX)),
        combine=reader.have("combine", flag, False),
        offline=reader.have("offline", choice(OfflineCoupon), OfflineCoupon.GRANT),
    )
    if reader.fits("kind"):
        reader.done()
    return one


def _discount(reader: Reader, kind: DiscountKind, refs: References, *, units_key: str) -> Discount:
    read: dict[DiscountKind, Callable[[], Discount]] = {
        DiscountKind.MINOR: lambda: Discount(kind, value_minor=reader.need("value_minor", whole(1, MINOR_MAX))),
        DiscountKind.PERCENT: lambda: Discount(
            kind,
            percent=reader.need("percent", decimal(0, 100)),
            max_minor=reader.maybe("max_minor", whole(0, MINOR_MAX)),
        ),
        DiscountKind.FREE_UNITS: lambda: Discount(
            kind, sku=reader.need("sku", text), units=reader.need(units_key, whole(1, POINTS_MAX))
        ),
        DiscountKind.COUPON: lambda: Discount(kind, coupon_type=refs.coupon(reader)),
    }
    return read[kind]() if reader.fits("kind") else Discount(DiscountKind.MINOR)


def read_gifts(owner: Reader, refs: References) -> tuple[Gift, ...]:
    """`[[gifts]]`: each gives a coupon or points, never both."""
    readers = owner.sections("gifts")
    gifts = tuple(_gift(reader, refs) for reader in readers)
    unique(readers, [gift.id for gift in gifts])
    return gifts


def _gift(reader: Reader, refs: References) -> Gift:
    gives_points = "points" in reader.table
    if gives_points and "coupon_type" in reader.table:
        reader.mistake("coupon_type", "one_of_two", this="coupon_type", other="points")
    gift = Gift(
        id=reader.need("id", text),
        on=reader.need("on", choice(GiftOn)),
        coupon_type=None if gives_points else refs.coupon(reader),
        points=reader.need("points", whole(1, POINTS_MAX)) if gives_points else 0,
    )
    reader.done()
    return gift
