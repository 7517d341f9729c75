"""What coupons, rewards and stamp cards are called, and how far a stamp card is: for screens and paper.

A chain gives names of its own by settings (`coupon_names.<id>`, `reward_names.<id>`, `stamp_names.<id>`); without one
the words say what the thing does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.domain.money import on_screen
from app.domain.programme.coupons import coupon_type
from app.domain.programme.document import Discount, DiscountKind, Programme, Reward, StampCard
from app.i18n import Translator
from app.services.members import Customer
from app.services.till import Till


@dataclass(frozen=True, slots=True)
class Benefit:
    """What a coupon or reward gives, for words. `goods`: the article that is free; `least_minor`: its minimum spend.

    `inner`: the coupon that a reward is; None where the programme in use does not know it.
    """

    name: str
    kind: DiscountKind
    value_minor: int = 0
    percent: str = ""
    units: int = 0
    goods: str = ""
    least_minor: int = 0
    inner: Benefit | None = None


@dataclass(frozen=True, slots=True)
class StampLine:
    """A stamp card. `before` None: not known here. `gained` on this receipt; `full` cards pay out `gives` each."""

    name: str
    gained: int
    before: int | None
    goal: int | None
    gives: Benefit | None = None

    @property
    def now(self) -> int:
        """Stamps on the card afterwards, full cards taken off."""
        count = max(0, self.gained + (self.before or 0))
        return count % self.goal if self.goal else count

    @property
    def full(self) -> int:
        """Cards that are full and become coupons."""
        count = max(0, self.gained + (self.before or 0))
        return count // self.goal if self.goal else 0


def coupon(till: Till, programme: Programme, name: str) -> Benefit | None:
    """What a coupon of this type gives; None for a type the programme in use does not know."""
    found = coupon_type(programme, name)
    if found is None:
        return None
    return _benefit(till, programme, _own(till, "coupon", name), found.discount, found.when.min_spend_minor)


def reward(till: Till, programme: Programme, name: str) -> Benefit | None:
    """What a reward gives; None for one the programme in use does not know."""
    found = next((one for one in programme.rewards if one.id == name), None)
    if found is None:
        return None
    return of_reward(till, programme, found)


def of_reward(till: Till, programme: Programme, found: Reward) -> Benefit:
    """What a reward of this programme gives."""
    return _benefit(till, programme, _own(till, "reward", found.id), found.discount, found.when.min_spend_minor)


def stamp_lines(till: Till, customer: Customer | None, gained: Mapping[str, int]) -> tuple[StampLine, ...]:
    """Every card of the programme in use for a known member; for a card number only those that gain."""
    if customer is None:
        return ()
    programme = till.essentials.programme_at(till.clock.now_ms())
    ids = tuple(card.id for card in programme.stamps)
    held: dict[str, int] = {}
    if customer.member_id is not None and ids:
        held = {one.stamp_id: one.count for one in till.members.holdings(customer.member_id, ids).stamps}
    known = customer.member_id is not None
    return tuple(
        _line(till, programme, card, gained.get(card.id, 0), held.get(card.id, 0) if known else None)
        for card in programme.stamps
        if known or gained.get(card.id)
    )


def words(benefit: Benefit, tr: Translator) -> str:
    """`¥20 off from ¥200`, in the language of the screen or the paper."""
    if benefit.name:
        return benefit.name
    if benefit.kind is DiscountKind.FREE_UNITS:
        return tr("{goods} free ×{units}", goods=benefit.goods, units=benefit.units)
    if benefit.kind is DiscountKind.COUPON:
        return tr("A coupon: {coupon}", coupon=words(benefit.inner, tr) if benefit.inner else benefit.goods)
    least = _short(benefit.least_minor)
    if benefit.kind is DiscountKind.PERCENT:
        if benefit.least_minor:
            return tr("{percent}% off from ¥{least}", percent=benefit.percent, least=least)
        return tr("{percent}% off", percent=benefit.percent)
    if benefit.least_minor:
        return tr("¥{value} off from ¥{least}", value=_short(benefit.value_minor), least=least)
    return tr("¥{value} off", value=_short(benefit.value_minor))


def _line(till: Till, programme: Programme, card: StampCard, gained: int, before: int | None) -> StampLine:
    gives = coupon(till, programme, card.coupon_type) if card.coupon_type else None
    return StampLine(_own(till, "stamp", card.id) or card.id, gained, before, card.goal, gives)


def _benefit(till: Till, programme: Programme, name: str, discount: Discount, least_minor: int) -> Benefit:
    goods, inner = discount.coupon_type, None
    if discount.kind is DiscountKind.FREE_UNITS:
        product = till.essentials.product(discount.sku)
        goods = product.name if product else discount.sku
    elif discount.kind is DiscountKind.COUPON:
        inner = coupon(till, programme, discount.coupon_type)
    percent = _decimal(discount.percent)
    return Benefit(name, discount.kind, discount.value_minor, percent, discount.units, goods, least_minor, inner)


def _decimal(value: Fraction) -> str:
    """`12.5`: a percentage of a document has at most so many decimals as it was written with."""
    whole, rest = divmod(value, 1)
    digits = f"{rest.numerator * 10**6 // rest.denominator:06d}".rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)


def _own(till: Till, kind: str, name: str) -> str:
    value = till.essentials.settings().get(f"{kind}_names.{name}")
    return value if isinstance(value, str) else ""


def _short(minor: int) -> str:
    return on_screen(minor).removesuffix(".00")
