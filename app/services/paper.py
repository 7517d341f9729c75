"""What papers are told: the values that fill the template of a sale and of an enrolment, and what all papers share.

Names are masked; figures are whole points and minor units. The words are in resources/receipts, or the chain's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.numbering import ReceiptFacts, local_time, receipt_address
from app.domain.programme.document import BASE_RULE
from app.domain.receipt import Receipt
from app.domain.sale import Line, Sale, Tender, TenderKind
from app.domain.template import PaperKind, Row, Value, fill
from app.services import settings
from app.services.benefits import StampLine, words
from app.services.members import Customer
from app.services.till import Session, Till
from app.services.views import whole

CURRENCY_SIGNS = {"CNY": "￥"}

TENDER_WORDS = {
    TenderKind.CASH: "Cash",
    TenderKind.CARD: "Bank card",
    TenderKind.QR: "QR payment",
    TenderKind.POINTS: "Points",
    TenderKind.STORED_VALUE: "Stored value",
    TenderKind.GIFT_CARD: "Gift card",
}


@dataclass(frozen=True, slots=True)
class TakenLine:
    """A coupon or reward on the paper: its words, what it took off, the whole points it cost."""

    text: str
    minor: int
    points: int = 0


@dataclass(frozen=True, slots=True)
class PointsBlock:
    """The points of one sale and what else the member has of it, for the paper. `before` None: not known here.

    `factor` is the tier's multiplier as text (`1.2`) or empty; `valid_until` the last day of what was earned,
    `usable_from` the first where that is not today; `to_follow` is posted later; `used` paid a part of the sale.
    All points are whole. `stored_left_minor`: stored value afterwards, None when this sale does not touch it.
    `parts`: what each rule gave, where the sum and the factor do not say it.
    """

    before: int | None
    earned: int
    factor: str = ""
    valid_until: date | None = None
    to_next_tier_minor: int | None = None
    parts: tuple[tuple[str, int], ...] = ()
    usable_from: date | None = None
    to_follow: int = 0
    used: int = 0
    stamps: tuple[StampLine, ...] = ()
    taken: tuple[TakenLine, ...] = ()
    stored_left_minor: int | None = None
    change_kept: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a paper is made of beside the till's own facts. `at_ms`: when it happened; `session` None: nobody's."""

    kind: PaperKind
    at_ms: int
    values: Row
    session: Session | None = None
    currency: str = ""
    kick_drawer: bool = False


def compose(till: Till, sheet: Sheet) -> Receipt:
    """The receipt: the template in use for this kind, filled."""
    place, session = till.place, sheet.session
    shared: Row = {
        "brand": settings.read(till).brand,
        "store": place.store_name,
        "till_no": place.till_no,
        "address": place.address,
        "staff": session.staff_name if session else "",
        "staff_no": session.staff_no if session else "",
        "at": local_time(sheet.at_ms, place.zone),
        "offline": not till.head_office.is_online(),
    }
    currency = sheet.currency or place.currency
    sign = CURRENCY_SIGNS.get(currency, f"{currency} ")
    blocks = fill(till.papers.template(sheet.kind), {**shared, **sheet.values}, sign)
    return Receipt(blocks, kick_drawer=sheet.kick_drawer)


def sale_receipt(till: Till, session: Session, sale: Sale, customer: Customer | None, points: PointsBlock) -> Receipt:
    """The receipt of a finished sale."""
    read = settings.read(till)
    link = ""
    if read.receipt_host and read.receipt_key:
        facts = ReceiptFacts(sale.receipt_no, sale.event_id, sale.result.payable_minor, points.earned)
        link = receipt_address(read.receipt_host, read.receipt_key, facts)
    values: Row = {
        "receipt_no": sale.receipt_no,
        **customer_values(customer),
        **_money(till, sale, points),
        **_points(till, customer, points),
        "link": link,
        "closing": read.closing,
        "return_days": till.essentials.programme_at(till.clock.now_ms()).returns.window_days,
    }
    cash = any(tender.kind is TenderKind.CASH for tender in sale.tenders)
    return compose(till, Sheet(PaperKind.SALE, sale.at_ms, values, session, sale.currency, kick_drawer=cash))


def enrolment_slip(till: Till, session: Session, customer: Customer, card: str) -> Receipt:
    """The slip a new member takes along: the card as QR and barcode, so that it works before any plastic."""
    values: Row = {"member": customer.view.name, "card": card}
    return compose(till, Sheet(PaperKind.ENROLMENT, till.clock.now_ms(), values, session))


def customer_values(customer: Customer | None) -> Row:
    """Whom it was for, masked; nothing for nobody."""
    if customer is None:
        return {}
    if customer.member_id is None:
        return {"card_tail": customer.view.card}
    shown = customer.view.name or customer.view.phone or customer.view.card
    return {"member": shown, "tier": customer.view.tier_name}


def tender_rows(till: Till, tenders: Sequence[Tender]) -> Sequence[Row]:
    """How it was paid, in words."""
    return [{"name": till.receipt_words(TENDER_WORDS[one.kind]), "amount": one.minor or 0} for one in tenders]


def goods_row(till: Till, line: Line, qty: int, minor: int) -> Row:
    """One line of goods; an amount without a name is "Goods"."""
    name = line.name or till.receipt_words("Goods")
    return {"name": name, "qty": qty, "unit": line.unit_minor, "amount": minor}


def _money(till: Till, sale: Sale, points: PointsBlock) -> Row:
    lines, taken = sale.basket.lines, points.taken
    gross = sum(line.qty * line.unit_minor for line in lines)
    paid = next((one for one in sale.tenders if one.kind is TenderKind.POINTS), None)
    worth = (paid.minor or 0) if paid else 0
    programme = till.essentials.programme_at(sale.at_ms)
    return {
        "goods": [goods_row(till, line, line.qty, line.qty * line.unit_minor) for line in lines],
        "pieces": sale.basket.units,
        "gross": gross,
        "discount": -(gross - sale.result.payable_minor - sum(one.minor for one in taken)) or None,
        "coupons": [{"name": one.text, "amount": -one.minor} for one in taken if not one.points],
        "rewards": [{"name": one.text, "points": one.points, "amount": -one.minor} for one in taken if one.points],
        "points_paid": whole(paid.points or 0, programme) if paid else None,
        "points_worth": -worth,
        "due": sale.result.payable_minor - worth,
        "tenders": tender_rows(till, [one for one in sale.tenders if one is not paid]),
        "given": sale.given_minor,
        "change": sale.change_minor or None,
        "change_kept": points.change_kept,
        "stored_now": points.stored_left_minor,
    }


def _points(till: Till, customer: Customer | None, points: PointsBlock) -> Row:
    if customer is None:
        return {}
    view, before = customer.view, points.before
    tr = till.receipt_words
    parts = [
        (tr("Base points") if rule == BASE_RULE else settings.rule_name(till, rule), given)
        for rule, given in points.parts
    ]
    expiring = view.expiring_points if view.expiring_on else 0
    return {
        "known": True,
        "merging": view.merging,
        "before": before,
        "spent": -points.used or None,
        "earned": points.earned,
        "factor": points.factor,
        "because": [{"name": name, "points": given} for name, given in parts],
        "now": None if before is None else before - points.used + points.earned,
        "usable_from": points.usable_from if points.earned > 0 else None,
        "to_follow": points.to_follow or None,
        "stamps": [_stamps(till, card) for card in points.stamps],
        "valid_until": points.valid_until if points.earned > 0 else None,
        "expiring": expiring or None,
        "expiring_on": view.expiring_on,
        "next_amount": points.to_next_tier_minor or None,
        "next_tier": view.next_tier_name,
    }


def _stamps(till: Till, card: StampLine) -> Row:
    """A card that is not known here says only what this receipt adds."""
    shown = card.before is not None and bool(card.now or card.gained)
    coupon: Value = words(card.gives, till.receipt_words) if shown and card.full and card.gives is not None else ""
    gained, goal = card.gained or None, card.goal if shown else None
    return {"name": card.name, "gained": gained, "coupon": coupon, "count": card.now, "goal": goal}
