"""What an event of this till lies over the cached rows until head office has said so (protocol.md rule 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.domain.programme import stamps
from app.domain.programme.account import Purchase
from app.domain.sale import Sale, Tender, TenderKind
from app.domain.spending import SaleReturn
from app.ids import AccountId, MemberId
from app.services.members import Customer
from app.services.ports import Effect, Moved
from app.services.purchases import Bought
from app.services.till import Till


def of_sale(till: Till, sale: Sale, customer: Customer | None) -> tuple[Effect, ...]:
    """Points, the coupons it uses, the stamps it gives, and stored value it takes."""
    return (
        *of_points(customer, sale.result.earned - sale.result.redeemed),
        *(Effect(AccountId(one.coupon_id), None, -1, Moved.OTHER) for one in sale.coupons),
        *of_stamps(till, sale.member_id, sale.result.stamps),
        *of_stored_value(sale.tenders, -1),
    )


def of_return(till: Till, bought: Bought, back: SaleReturn, after: Purchase) -> tuple[Effect, ...]:
    """The coupons that come back with the last of the goods, the stamps that go, the stored value given back.

    What it does to points depends on the day: the caller adds it.
    """
    before = bought.purchase
    had, has = stamps.counts(bought.programme, before), stamps.counts(bought.programme, after)
    reopened = after.coupons if before.kept and not after.kept else ()
    return (
        *(Effect(AccountId(coupon_id), None, 1, Moved.OTHER) for coupon_id in reopened),
        *of_stamps(till, bought.member_id, {card: has[card] - had[card] for card in had}),
        *of_stored_value(back.tenders, 1),
    )


def of_points(customer: Customer | None, points: int) -> tuple[Effect, ...]:
    """On the account of a known member, else on the card number."""
    if customer is None:
        return ()
    if customer.account_id is not None:
        return (Effect(customer.account_id, None, points),)
    return (Effect(None, customer.card, points),) if customer.card else ()


def of_points_back(till: Till, bought: Bought, customer: Customer | None, points: int) -> tuple[Effect, ...]:
    """Of a return: on whatever the points of the sale lay on, also while its member cannot be looked up here."""
    if customer is not None:
        return of_points(customer, points)
    of_sale = till.book.points_moved(bought.event_id)
    return (replace(of_sale, points=points),) if of_sale else ()


def of_stamps(till: Till, member_id: MemberId | None, gained: Mapping[str, int]) -> Iterator[Effect]:
    """Stamps by card, signed; a card number nobody is known for shows none."""
    moved = {card: count for card, count in gained.items() if count}
    if member_id is None or not moved:
        return
    for one in till.members.holdings(member_id, tuple(moved)).stamps:
        yield Effect(one.account_id, None, moved[one.stamp_id], Moved.OTHER)


def of_stored_value(tenders: tuple[Tender, ...], sign: int) -> Iterator[Effect]:
    """Stored value taken (sign −1) or given back (+1)."""
    for tender in tenders:
        if tender.kind is TenderKind.STORED_VALUE and tender.account_id and tender.minor:
            yield Effect(AccountId(tender.account_id), None, sign * tender.minor, Moved.OTHER)
