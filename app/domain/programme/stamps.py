"""Stamp cards: what a receipt gives, full cards that pay out, what a return takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.programme.account import Account, Purchase, StampGain
from app.domain.programme.coupons import issue
from app.domain.programme.document import Programme, StampCard
from app.domain.programme.when import Circumstances, Moment, holds, matching
from app.domain.sale import Line

PAYOUTS_MAX = 1_000
"""Coupons one receipt can bring for full cards; what is more stays on the card for the next one."""


@dataclass(frozen=True, slots=True)
class _Goods:
    lines: Sequence[Line]
    eligible: Sequence[int]


def gains(
    programme: Programme, lines: Sequence[Line], eligible: Sequence[int], now: Circumstances
) -> tuple[StampGain, ...]:
    """The cards a receipt gives stamps of, with their lines."""
    goods = _Goods(lines, eligible)
    found = ((card.id, _lines_of(card, goods, now)) for card in programme.stamps)
    return tuple(StampGain(card, numbers) for card, numbers in found if numbers)


def _lines_of(card: StampCard, goods: _Goods, now: Circumstances) -> tuple[int, ...]:
    if not holds(card.when, now):
        return ()
    numbers = tuple(number for number in matching(card.when, goods.lines) if goods.eligible[number] > 0)
    spent = sum(goods.eligible[number] for number in numbers)
    return numbers if spent >= card.when.min_spend_minor else ()


def counts(programme: Programme, purchase: Purchase) -> dict[str, int]:
    """Stamps by card for the units of a receipt that are kept."""
    found: dict[str, int] = {}
    for gain in purchase.stamps:
        card = next(one for one in programme.stamps if one.id == gain.card)
        lines = [purchase.lines[number] for number in gain.lines]
        money = sum(line.eligible_minor - line.back(line.eligible_minor) for line in lines)
        found[gain.card] = money // card.per_receipt_minor * card.stamps_per_step
    return found


def add(programme: Programme, account: Account, stamps: dict[str, int], moment: Moment) -> Account:
    """Add stamps; every full card pays out its coupon and starts again."""
    for card in programme.stamps:
        count = account.stamps.get(card.id, 0) + stamps.get(card.id, 0)
        if card.goal is not None and card.coupon_type is not None:
            for number in range(min(count // card.goal, PAYOUTS_MAX)):
                count -= card.goal
                key = f"{moment.event}:stamps:{card.id}:{number}"
                account = issue(programme, account, card.coupon_type, key, moment.day)
        account = replace(account, stamps={**account.stamps, card.id: count})
    return account


def take(account: Account, stamps: dict[str, int]) -> Account:
    """Take stamps away, never below zero."""
    left = {card: max(0, count - stamps.get(card, 0)) for card, count in account.stamps.items()}
    return replace(account, stamps=left)
