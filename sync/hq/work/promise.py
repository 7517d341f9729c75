"""What a sale's event says by itself: its basket, whether the till computed rightly, and the purchase it stands for.

Nothing here depends on what head office knows or on the order in which events arrived. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from msgspec import structs

from app.domain.key_names import name_of
from app.domain.money import largest_remainder
from app.domain.programme.account import (
    Account,
    Coupon,
    Earlier,
    Entry,
    Lot,
    Redemption,
    SoldLine,
    StampGain,
)
from app.domain.programme.account import Purchase as Bought
from app.domain.programme.calendar import plus_days
from app.domain.programme.document import Programme
from app.domain.programme.sale import SaleOutcome, compute_sale
from app.domain.programme.when import Moment
from app.domain.sale import Basket, Line, OrderDiscount, RewardUse, Tender, TenderKind
from app.errors import Refusal
from sync.protocol.channel_facts import Purchase
from sync.protocol.facts import Basis, Because, Sale, SaleResult

BASE: Final = "base"


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it is posted: `body` is one of sync.protocol.facts; `stamp` the card of a stamp account it names."""

    key: str
    at_ms: int
    stream: str
    seq: int
    body: Any
    basis: Basis | None
    programme: Programme
    moment: Moment
    stamp: str | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """The purchase a receipt promised; its redemptions are not taken from lots yet.

    `right`: computed with its basis the programme comes to the same figures; `found` are those it came to.
    """

    purchase: Bought
    right: bool
    found: SaleResult | None


def basket_of(body: Sale | Purchase) -> Basket:
    """The basket of a sale's body, as the programme computes it."""
    return Basket(
        lines=tuple(
            Line(
                one.unit_minor,
                one.qty,
                one.sku,
                one.name,
                one.category or None,
                one.brand,
                one.discount_minor,
                one.tax_minor,
            )
            for one in body.lines
        ),
        order_discounts=tuple(
            OrderDiscount(one.percent, one.minor, frozenset(one.categories or ())) for one in body.order_discounts or ()
        ),
        coupons=tuple(one.type for one in body.coupons or ()),
        rewards=tuple(RewardUse(one.id, one.times or 1, one.units) for one in body.rewards or ()),
        tenders=tuple(_tender(one.kind, one.minor, one.points) for one in body.tenders),
    )


def _tender(kind: str, minor: int, points: int | None) -> Tender:
    if kind == TenderKind.POINTS:
        return Tender(TenderKind.POINTS, points=points or 0)
    return Tender(TenderKind(kind), minor)


def computed(
    programme: Programme, state: Account | None, basket: Basket, moment: Moment, *, head_office: bool = True
) -> SaleOutcome | None:
    """What the programme makes of it; None where it would have refused."""
    try:
        return compute_sale(programme, state, basket, moment, head_office=head_office)
    except (Refusal, ZeroDivisionError, ValueError):
        return None


def agrees(outcome: SaleOutcome | None, promised: SaleResult) -> bool:
    """Whether a computation came to the figures of the receipt."""
    if outcome is None or outcome.unpaid_minor:
        return False
    found = outcome.result
    stamped = {card: count for card, count in found.stamps.items() if count}
    return (found.payable_minor, found.earned, found.to_follow, found.redeemed) == (
        promised.payable_minor, promised.earned, promised.to_follow, promised.redeemed,
    ) and stamped == {card: count for card, count in stamps_of(promised).items() if count}  # fmt: skip


def stamps_of(result: SaleResult) -> dict[str, int]:
    """The stamps a receipt promised, by card."""
    return {name_of(card): count for card, count in (result.stamps or {}).items()}


def promise_of(told: Told, birthday_on: date | None) -> Promise:
    """The purchase of a sale to a member, computed from its basis; where that does not fit, from the receipt itself."""
    body: Sale = told.body
    outcome = computed(
        told.programme, _then(told, birthday_on), basket_of(body), told.moment, head_office=False
    )  # fmt: skip
    right = agrees(outcome, body.result)
    found = _result(outcome) if outcome else None
    if outcome is not None and right:
        bare = tuple(replace(one, spent=()) for one in outcome.purchase.redemptions)
        return Promise(replace(outcome.purchase, redemptions=bare, coupons=()), right, found)
    purchase = promised_purchase(body, told.moment, told.programme)
    if outcome is not None and outcome.result.payable_minor == body.result.payable_minor:
        purchase = replace(purchase, lines=outcome.purchase.lines, stamps=outcome.purchase.stamps)
    return Promise(purchase, right, found)


def _then(told: Told, birthday_on: date | None) -> Account:
    """The member as the till knew it."""
    basis, body, day = told.basis, told.body, told.moment.day
    counters = basis.counters if basis else {}
    known = basis is not None and basis.account_ver is not None
    earlier = Earlier(
        on=day,
        tier=basis.tier if basis else None,
        qualifying=counters.get("qualifying", 0),
        purchases=counters.get("receipts", 0),
        day_points=counters.get("day", 0),
        year_points=counters.get("year", 0),
        rule_uses={
            name_of(name.removeprefix("rule.")): uses for name, uses in counters.items() if name.startswith("rule.")
        },
    )
    rich = Lot("basis", "basis", body.result.redeemed, day, None, day, 0)
    return Account(
        "basis",
        day,
        known=known,
        birthday_on=birthday_on,
        tags=frozenset(basis.tags if basis else ()),
        segments=frozenset(basis.segments if basis else ()),
        lots=(rich,) if body.result.redeemed else (),
        coupons=tuple(Coupon(one.coupon_id, one.type, day, plus_days(day, 1)) for one in body.coupons or ()),
        earlier=(earlier,),
    )


def _result(outcome: SaleOutcome) -> SaleResult:
    """A computation's figures as an event would carry them, without its reasons."""
    return _told(outcome.result, [])


def said_of(outcome: SaleOutcome) -> SaleResult:
    """A computation's figures as an event would carry them, reasons and stamps too."""
    found = outcome.result
    because = [Because(rule=one.rule, line=one.line, points=one.points) for one in found.because]
    return structs.replace(_told(found, because), stamps=dict(found.stamps) or None)


def _told(found: Any, because: list[Because]) -> SaleResult:
    return SaleResult(
        payable_minor=found.payable_minor,
        earned=found.earned,
        to_follow=found.to_follow,
        redeemed=found.redeemed,
        because=because,
    )


def figures_of(result: Any) -> dict[str, int]:
    """The four figures of a receipt."""
    return {name: getattr(result, name) for name in ("payable_minor", "earned", "to_follow", "redeemed")}


def promised_purchase(body: Sale, moment: Moment, programme: Programme | None = None) -> Bought:
    """A purchase from the receipt's own figures: payable money shared over the lines by their charged money."""
    weights = [max(0, line.qty * line.unit_minor - line.discount_minor) for line in body.lines]
    charged = _shared(body.result.payable_minor, weights)
    by_points = _shared(sum(one.minor for one in body.tenders if one.kind == "points"), charged)
    confirm = programme.tiers.confirm_days.get(moment.channel, 0) if programme and programme.tiers else 0
    redeemed = Redemption(body.result.redeemed, tuple(by_points), ())
    return Bought(
        event=moment.event,
        on=moment.day,
        qualifies_on=plus_days(moment.day, confirm),
        lines=tuple(
            SoldLine(line.qty, money, points, max(0, money - points))
            for line, money, points in zip(body.lines, charged, by_points, strict=True)
        ),
        entries=_entries(body, charged, programme),
        redemptions=(redeemed,) if redeemed.points else (),
        stamps=tuple(
            StampGain(card.id, ())
            for card in (programme.stamps if programme else ())
            if card.id in stamps_of(body.result)
        ),
    )


def _entries(body: Sale, charged: Sequence[int], programme: Programme | None) -> tuple[Entry, ...]:
    """The receipt's reasons; what they leave unexplained is of the base rate, shared over the lines."""
    delays = {rule.id: rule.post_after_days for rule in programme.earn.rules} if programme else {}
    promised = body.result.earned + body.result.to_follow
    entries = tuple(
        Entry(one.rule, one.line or 0, one.points, delays.get(one.rule, 0))
        for one in body.result.because
        if (one.line or 0) < len(body.lines) and one.points > 0
    )
    explained = sum(one.points for one in entries)
    if explained > promised:
        entries, explained = (), 0
    rest = _shared(promised - explained, charged)
    return (*entries, *(Entry(BASE, number, points) for number, points in enumerate(rest) if points))


def _shared(total: int, weights: Sequence[int]) -> list[int]:
    return largest_remainder(total, weights if any(weights) else [1] * len(weights))
