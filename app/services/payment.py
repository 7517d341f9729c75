"""How a sale is paid: tenders filled up to what is due, the change off the cash, rights that must be held first."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.domain.money import AMOUNT_MINOR_MAX, on_screen
from app.domain.sale import Tender, TenderKind
from app.errors import Refusal


@dataclass(frozen=True, slots=True)
class Paid:
    """Tenders with their amounts, adding up to the payable amount; cash net of its change."""

    tenders: tuple[Tender, ...]
    given_minor: int
    change_minor: int


def settled(points: tuple[Tender, ...], tenders: tuple[Tender, ...], payable_minor: int) -> Paid:
    """Fill in the tender that pays the rest, and take the change off the cash.

    Refusal `redeem_offline`, `stored_offline` (a right nobody holds), `amount_range`, `tender_short`, `tender_over`.
    """
    if any(tender.kind is TenderKind.POINTS for tender in tenders):
        raise Refusal("redeem_offline")  # points pay by a hold of the cart, never by a tender that names none
    if any(tender.kind is TenderKind.STORED_VALUE and not (tender.hold_id and tender.account_id) for tender in tenders):
        raise Refusal("stored_offline")
    tenders = (*points, *tenders)
    if any(tender.minor is not None and not 0 <= tender.minor <= AMOUNT_MINOR_MAX for tender in tenders):
        raise Refusal("amount_range")
    left = payable_minor - sum(tender.minor or 0 for tender in tenders)
    paid = []
    for tender in tenders:
        if tender.minor is None:
            tender, left = replace(tender, minor=max(0, left)), min(0, left)
        paid.append(tender)
    if left > 0:
        raise Refusal("tender_short", missing=on_screen(left))
    given = sum(tender.minor or 0 for tender in paid if tender.kind is not TenderKind.POINTS)
    return Paid(_without_change(paid, -left), given, -left)


def _without_change(tenders: list[Tender], change_minor: int) -> tuple[Tender, ...]:
    left, kept = change_minor, []
    for tender in reversed(tenders):
        if left and tender.kind is TenderKind.CASH:
            taken = min(left, tender.minor or 0)
            left -= taken
            tender = replace(tender, minor=(tender.minor or 0) - taken)
        kept.append(tender)
    if left:
        raise Refusal("tender_over")
    return tuple(reversed(kept))
