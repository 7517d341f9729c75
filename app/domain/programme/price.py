"""Money of a receipt: line and order discounts, coupons and rewards, one after another, spread over the lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.domain.money import half_up, largest_remainder
from app.domain.programme.document import CouponType, Discount, DiscountKind, Programme, Reward, When
from app.domain.programme.when import Circumstances, holds, matching
from app.domain.sale import Basket, Line, OrderDiscount, RewardUse
from app.errors import Refusal


@dataclass(frozen=True, slots=True)
class RewardPrice:
    """A reward on this receipt: what it costs in points, what it takes off per line, the coupons it gives."""

    points: int
    minor_by_line: tuple[int, ...]
    coupon_type: str = ""
    coupons: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """`charged` is the money of each line after discounts and rewards; its sum is the payable amount.

    `coupons_minor` is what each coupon took off.
    """

    charged: tuple[int, ...]
    rewards: tuple[RewardPrice, ...]
    coupons_minor: tuple[int, ...] = ()

    @property
    def payable_minor(self) -> int:
        return sum(self.charged)

    @property
    def reward_points(self) -> int:
        return sum(reward.points for reward in self.rewards)


class _Money:
    """The money left on each line while discounts are taken off, and how many of its units became free."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.left = [line.charged_minor for line in lines]
        self.free = [0] * len(lines)

    def off(self, numbers: Sequence[int], minor: int) -> list[int]:
        """Take `minor`, at most what is left on these lines, off them by value; the parts by line."""
        weights = [self.left[number] for number in numbers]
        parts = largest_remainder(min(minor, sum(weights)), weights)
        taken = [0] * len(self.lines)
        for number, part in zip(numbers, parts, strict=True):
            self.left[number] -= part
            taken[number] = part
        return taken

    def percent_off(self, numbers: Sequence[int], percent: Fraction, max_minor: int | None = None) -> list[int]:
        """Take a percentage of what is left on these lines off them, rounded half up, at most `max_minor`."""
        share = percent * sum(self.left[number] for number in numbers) / 100
        minor = half_up(share.numerator, share.denominator)
        return self.off(numbers, minor if max_minor is None else min(minor, max_minor))

    def free_units(self, numbers: Sequence[int], units: int) -> list[int]:
        """Make `units` units of these lines free, in receipt order. Refusal when the basket holds fewer."""
        taken = [0] * len(self.lines)
        for number in numbers:
            paid_units = self.lines[number].qty - self.free[number]
            count = min(units, paid_units)
            if count:
                low, rest = divmod(self.left[number], paid_units)
                taken[number] = low * count + min(rest, count)
                self.left[number] -= taken[number]
                self.free[number] += count
                units -= count
        if units:
            raise Refusal("coupon_conditions")
        return taken

    def discount(self, discount: Discount, numbers: Sequence[int], units: int) -> list[int]:
        """Take what a coupon or a reward gives off its lines; a coupon given takes nothing off."""
        if discount.kind is DiscountKind.MINOR:
            return self.off(numbers, discount.value_minor)
        if discount.kind is DiscountKind.PERCENT:
            return self.percent_off(numbers, discount.percent, discount.max_minor)
        if discount.kind is DiscountKind.FREE_UNITS:
            return self.free_units([number for number in numbers if self.lines[number].sku == discount.sku], units)
        return [0] * len(self.lines)


def price(programme: Programme, basket: Basket, coupons: Sequence[CouponType], now: Circumstances) -> Price:
    """Price a basket with the coupons it uses. Refusal `coupon_conditions` when a coupon's or reward's do not hold."""
    money = _discounted(basket)
    charged = tuple(money.left)
    taken = []
    for coupon in coupons:
        numbers = _allowed(coupon.when, basket, charged, now)
        taken.append(sum(money.discount(coupon.discount, numbers, coupon.discount.units)))
    rewards = []
    for use in basket.rewards:
        reward = reward_of(programme, use.id)
        if reward is None:
            raise Refusal("coupon_conditions")
        numbers = _allowed(reward.when, basket, charged, now)
        rewards.append(_reward(money, reward, use, numbers))
    return Price(tuple(money.left), tuple(rewards), tuple(taken))


def before_coupons(basket: Basket) -> tuple[int, ...]:
    """The money of each line after line and order discounts: what a coupon's or reward's minimum looks at."""
    return tuple(_discounted(basket).left)


def _discounted(basket: Basket) -> _Money:
    money = _Money(basket.lines)
    for order_discount in basket.order_discounts:
        _order_discount(money, order_discount)
    return money


def _order_discount(money: _Money, discount: OrderDiscount) -> None:
    numbers = matching(When(categories=discount.categories), money.lines)
    if discount.percent is not None:
        money.percent_off(numbers, Fraction(discount.percent))
    else:
        money.off(numbers, discount.minor or 0)


def _allowed(when: When, basket: Basket, money: Sequence[int], now: Circumstances) -> list[int]:
    """The lines a coupon or reward looks at. Refusal when a condition does not hold."""
    numbers = matching(when, basket.lines)
    spent = sum(money[number] for number in numbers)
    if not numbers or spent < when.min_spend_minor or not holds(when, now):
        raise Refusal("coupon_conditions")
    return numbers


def reward_of(programme: Programme, name: str) -> Reward | None:
    """The reward of this name."""
    return next((one for one in programme.rewards if one.id == name), None)


def reward_points(reward: Reward, use: RewardUse) -> int:
    """What taking a reward so often (or for so many free units) costs."""
    if reward.discount.kind is not DiscountKind.FREE_UNITS or use.units is None:
        return use.times * reward.points
    return -(-use.units // reward.discount.units) * reward.points


def _reward(money: _Money, reward: Reward, use: RewardUse, numbers: Sequence[int]) -> RewardPrice:
    discount, points = reward.discount, reward_points(reward, use)
    if discount.kind is DiscountKind.FREE_UNITS:
        units = use.times * discount.units if use.units is None else use.units
        return RewardPrice(points, tuple(money.discount(discount, numbers, units)))
    parts = [0] * len(money.lines)
    for _ in range(use.times):
        parts = [sum(pair) for pair in zip(parts, money.discount(discount, numbers, 0), strict=True)]
    gives = use.times if discount.kind is DiscountKind.COUPON else 0
    return RewardPrice(points, tuple(parts), discount.coupon_type, gives)
