"""A sale of this store as its returns start from: money and points per unit, with what came back before.

This till's own sales are computed from their rows; those of the store's other tills from head office's `sale_line`
rows in the cache, when they are there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.domain.numbering import local_time
from app.domain.programme import coupons
from app.domain.programme.account import Entry, Purchase, Redemption, SoldLine, StampGain
from app.domain.programme.document import Programme
from app.domain.programme.earn import eligible_money
from app.domain.programme.fit import unconditional
from app.domain.programme.price import price
from app.domain.programme.tender import settle
from app.domain.programme.when import Moment, circumstances, matching
from app.domain.sale import Line, Sale, Tender, TenderKind
from app.domain.spending import SaleReturn
from app.domain.store_line import StoreLine
from app.ids import EventId, MemberId
from app.services.till import Till


@dataclass(frozen=True, slots=True)
class Bought:
    """A sale that may be returned. `paid` are its tenders with what already went back taken off; empty: not known.

    `purchase` has the units returned so far. `undone`: the whole sale was taken back.
    """

    event_id: EventId
    receipt_no: str
    at_ms: int
    till_id: str
    programme: Programme
    lines: tuple[Line, ...]
    purchase: Purchase
    paid: tuple[Tender, ...]
    member_id: MemberId | None
    card: str | None
    undone: bool = False

    @property
    def on(self) -> date:
        """The day it was sold."""
        return self.purchase.on


def own(till: Till, sale: Sale, back: Sequence[SaleReturn]) -> Bought:
    """A sale of this till with what came back here; `known_back` adds what other tills took back."""
    programme = till.essentials.programme_at(sale.at_ms)
    at, place = local_time(sale.at_ms, programme.zone), till.place
    moment = Moment(sale.event_id, at, place.store_id, region=place.region_id)
    basket = replace(sale.basket, tenders=sale.tenders)
    granted = unconditional(programme)
    types = [one for name in basket.coupons if (one := coupons.coupon_type(granted, name)) is not None]
    priced = price(granted, basket, types, circumstances(None, moment, None, frozenset()))
    paid = settle(programme, basket, priced, sale.result.redeemed)
    eligible = eligible_money(programme.earn, basket.lines, priced.charged, paid)
    delays = {rule.id: rule.post_after_days for rule in programme.earn.rules}
    spent = (*((one.points, one.minor_by_line) for one in priced.rewards), (paid.points, paid.points_by_line))
    purchase = Purchase(
        event=sale.event_id,
        on=moment.day,
        qualifies_on=moment.day,
        lines=tuple(
            SoldLine(line.qty, charged, points, money)
            for line, charged, points, money in zip(
                basket.lines, priced.charged, paid.points_by_line, eligible, strict=True
            )
        ),
        entries=tuple(
            Entry(one.rule, one.line or 0, one.points, delays.get(one.rule, 0)) for one in sale.result.because
        ),
        redemptions=tuple(Redemption(points, by_line, ()) for points, by_line in spent if points),
        coupons=tuple(one.coupon_id for one in sale.coupons),
        stamps=_gains(programme, basket.lines, eligible, sale.result.stamps),
    )
    return Bought(
        event_id=sale.event_id,
        receipt_no=sale.receipt_no,
        at_ms=sale.at_ms,
        till_id=till.place.till_id,
        programme=programme,
        lines=basket.lines,
        purchase=_less(purchase, back),
        paid=_unreturned(sale.tenders, back),
        member_id=sale.member_id,
        card=sale.card if sale.member_id is None else None,
        undone=any(one.undo for one in back),
    )


def of_store(till: Till, event_id: EventId, found: Sequence[StoreLine], back: Sequence[SaleReturn]) -> Bought:
    """A sale of another till of the store, from its lines by number, as they say what came back."""
    first = found[0]
    programme = till.essentials.programme_at(first.at_ms)
    on = local_time(first.at_ms, programme.zone).date()
    minor_by_line = tuple(line.points_minor for line in found)
    redeem, spent_minor = programme.redeem, sum(minor_by_line)
    points = spent_minor * redeem.points // redeem.value_minor if redeem else 0
    delays = {rule.id: rule.post_after_days for rule in programme.earn.rules}
    purchase = Purchase(
        event=event_id,
        on=on,
        qualifies_on=on,
        lines=tuple(
            SoldLine(line.qty, line.charged_minor, line.points_minor, line.charged_minor - line.points_minor)
            for line in found
        ),
        entries=tuple(
            Entry(rule, number, given, delays.get(rule, 0))
            for number, line in enumerate(found)
            for rule, given in line.because
        ),
        redemptions=(Redemption(points, minor_by_line, ()),) if points else (),
    )
    return Bought(
        event_id=event_id,
        receipt_no=first.receipt_no,
        at_ms=first.at_ms,
        till_id=first.till_id,
        programme=programme,
        lines=tuple(
            Line(line.charged_minor // line.qty, line.qty, line.sku, line.name, line.category) for line in found
        ),
        purchase=known_back(_less(purchase, back), found),
        paid=(),
        member_id=first.member_id,
        card=None,
        undone=any(one.undo for one in back),
    )


def _gains(
    programme: Programme, lines: Sequence[Line], eligible: Sequence[int], gave: Mapping[str, int]
) -> tuple[StampGain, ...]:
    """The lines that gave the stamps the receipt promised; which cards did was decided when it was sold."""
    return tuple(
        StampGain(card.id, tuple(number for number in matching(card.when, lines) if eligible[number] > 0))
        for card in programme.stamps
        if gave.get(card.id)
    )


def known_back(purchase: Purchase, found: Sequence[StoreLine]) -> Purchase:
    """The purchase with what its rows say came back at any till, never less than it says itself."""
    if len(found) != len(purchase.lines):
        return purchase
    lines = tuple(
        replace(line, returned=max(line.returned, min(row.returned_qty, line.qty)))
        for line, row in zip(purchase.lines, found, strict=True)
    )
    return replace(purchase, lines=lines)


def _less(purchase: Purchase, back: Sequence[SaleReturn]) -> Purchase:
    lines = list(purchase.lines)
    for one in back:
        for part in one.lines:
            lines[part.line] = replace(lines[part.line], returned=lines[part.line].returned + part.qty)
    return replace(purchase, lines=tuple(lines))


def _unreturned(tenders: Sequence[Tender], back: Sequence[SaleReturn]) -> tuple[Tender, ...]:
    """How the sale was paid in money, each way less what went back that way."""
    gone: dict[TenderKind, int] = {}
    for one in back:
        for tender in one.tenders:
            gone[tender.kind] = gone.get(tender.kind, 0) + (tender.minor or 0)
    left = []
    for tender in tenders:
        if tender.kind is not TenderKind.POINTS:
            part = min(tender.minor or 0, gone.get(tender.kind, 0))
            gone[tender.kind] = gone.get(tender.kind, 0) - part
            left.append(replace(tender, minor=(tender.minor or 0) - part))
    return tuple(left)


def refund(paid: tuple[Tender, ...], refund_minor: int) -> tuple[Tender, ...]:
    """The way money goes back: the way it came, in the order it was paid; what is not known there goes in cash."""
    left, parts = refund_minor, []
    for tender in paid:
        part = min(left, tender.minor or 0)
        left -= part
        if part:
            parts.append(Tender(tender.kind, part, account_id=tender.account_id, card=tender.card))
    return (*parts, Tender(TenderKind.CASH, left)) if left else tuple(parts)
