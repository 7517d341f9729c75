"""Points as tender: the most that may be spent, the checks of what was asked for, and the shares of each tender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.money import largest_remainder
from app.domain.programme.document import Programme, Redeem
from app.domain.programme.price import Price
from app.domain.programme.when import STORED_VALUE
from app.domain.sale import Basket, Line, Tender, TenderKind
from app.errors import Refusal


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a receipt is paid. `points` spent as tender; `points_by_line` and `stored_by_line` their money per line.

    `unpaid_minor` is what no tender covers yet: 0 on a finished receipt.
    """

    tenders: tuple[Tender, ...]
    points: int
    points_by_line: tuple[int, ...]
    stored_by_line: tuple[int, ...]
    unpaid_minor: int

    @property
    def kinds(self) -> frozenset[TenderKind]:
        """The kinds that pay a part."""
        return frozenset(tender.kind for tender in self.tenders if tender.minor)


@dataclass(frozen=True, slots=True)
class Room:
    """What points may pay on a receipt: `open_minor` by lines, share and other tenders; `balance` after rewards."""

    balance: int
    open_minor: int


def settle(programme: Programme, basket: Basket, price: Price, balance: int) -> Settlement:
    """Pay a priced basket. Refusals in the order of programme.md: `insufficient_points`, `below_minimum`, `not_a_step`,
    `over_share`; `tender_twice` and `tenders_over` for tenders that cannot add up.
    """
    tender = _the_points_tender(basket.tenders)
    fixed = sum(one.minor or 0 for one in basket.tenders if one.kind is not TenderKind.POINTS)
    allowed = _payable_by_points(programme.redeem, basket.lines, price)
    if price.reward_points > max(balance, 0):
        raise Refusal("insufficient_points", usable=max(balance, 0), needed=price.reward_points)
    points = value = 0
    if tender is not None:
        share = programme.redeem.max_share_percent if programme.redeem else 0
        payable = price.payable_minor
        room = Room(
            balance=max(balance, 0) - price.reward_points,
            open_minor=max(0, min(sum(allowed), payable * share // 100, payable - fixed)),
        )
        points = _points(programme.redeem, tender, room)
        value = programme.redeem.value(points) if programme.redeem else 0
    if value + fixed > price.payable_minor:
        raise Refusal("tenders_over", tendered_minor=value + fixed, payable_minor=price.payable_minor)
    tenders, unpaid = _fill(basket.tenders, points, value, price.payable_minor)
    by_points = tuple(largest_remainder(value, allowed))
    stored = sum(one.minor or 0 for one in tenders if one.kind in STORED_VALUE)
    left = [money - part for money, part in zip(price.charged, by_points, strict=True)]
    return Settlement(tenders, points, by_points, tuple(largest_remainder(stored, left)), unpaid)


def _the_points_tender(tenders: Sequence[Tender]) -> Tender | None:
    found = [one for one in tenders if one.kind is TenderKind.POINTS]
    open_ended = [one for one in tenders if one.kind is not TenderKind.POINTS and one.minor is None]
    if len(found) > 1 or len(open_ended) > 1:
        raise Refusal("tender_twice")
    return found[0] if found else None


def _payable_by_points(redeem: Redeem | None, lines: Sequence[Line], price: Price) -> list[int]:
    excluded = redeem.exclude_categories if redeem else frozenset()
    return [0 if line.category in excluded else money for line, money in zip(lines, price.charged, strict=True)]


def _points(redeem: Redeem | None, tender: Tender, room: Room) -> int:
    if tender.max_points:
        return most(redeem, room) if redeem else 0
    points = tender.points or 0
    if not points:
        return 0
    if points > room.balance:
        raise Refusal("insufficient_points", usable=room.balance, needed=points)
    if redeem is None:
        raise Refusal("over_share", points=points, most=0)
    check_step(redeem, points)
    limit = points if redeem.max_points is None else redeem.max_points
    if redeem.value(points) > room.open_minor or points > limit:
        raise Refusal("over_share", points=points, most=most(redeem, room))
    return points


def check_step(redeem: Redeem, points: int) -> None:
    """Refusal `below_minimum` or `not_a_step`."""
    if points < redeem.min_points:
        raise Refusal("below_minimum", points=points, least=redeem.min_points)
    if points % redeem.step_points:
        raise Refusal("not_a_step", points=points, step=redeem.step_points)


def most(redeem: Redeem, room: Room) -> int:
    """The largest whole number of steps within all limits, 0 below `min_points`."""
    step_minor = redeem.value(redeem.step_points)
    limit = room.balance if redeem.max_points is None else min(room.balance, redeem.max_points)
    points = min(limit // redeem.step_points, room.open_minor // step_minor) * redeem.step_points
    return points if points >= redeem.min_points else 0


def _fill(tenders: Sequence[Tender], points: int, value: int, payable: int) -> tuple[tuple[Tender, ...], int]:
    """Tenders with their amounts; one without an amount pays the rest."""
    fixed = sum(one.minor or 0 for one in tenders if one.kind is not TenderKind.POINTS)
    rest = payable - value - fixed
    filled = []
    for one in tenders:
        if one.kind is TenderKind.POINTS:
            one = replace(one, points=points, minor=value, max_points=False)
        elif one.minor is None:
            one = replace(one, minor=rest)
            rest = 0
        filled.append(one)
    return tuple(filled), rest
