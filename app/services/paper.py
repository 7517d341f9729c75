"""What is on the paper: the receipt of a sale and the slip of an enrolment, in the receipt's language.

Names are masked; figures are whole points and minor units. Pictures: look/n-receipt.png.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.money import plain
from app.domain.numbering import ReceiptFacts, local_time, receipt_address
from app.domain.programme.document import BASE_RULE
from app.domain.receipt import Align, Barcode, Block, Columns, Cut, Feed, QrCode, Receipt, Rule, Text
from app.domain.sale import Line, Sale, TenderKind
from app.services import settings
from app.services.benefits import StampLine, words
from app.services.members import Customer
from app.services.till import Session, Till

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


def sale_receipt(till: Till, session: Session, sale: Sale, customer: Customer | None, points: PointsBlock) -> Receipt:
    """The receipt of a finished sale."""
    read = settings.read(till)
    blocks: tuple[Block, ...] = (
        *head(till, read.brand),
        Rule(),
        *_who(till, session, sale, customer),
        Rule(),
        *_goods(till, sale.basket.lines),
        Rule(),
        *_money(till, sale, points),
        *_points(till, customer, points),
        Rule(),
        *_link(till, read, sale, points),
        *_foot(till, read, customer),
        Cut(),
    )
    return Receipt(blocks, kick_drawer=any(tender.kind is TenderKind.CASH for tender in sale.tenders))


def enrolment_slip(till: Till, session: Session, customer: Customer, card: str) -> Receipt:
    """The slip a new member takes along: the card as QR and barcode, so that it works before any plastic."""
    tr, read = till.receipt_words, settings.read(till)
    stamp = local_time(till.clock.now_ms(), till.place.zone).strftime("%Y-%m-%d %H:%M")
    blocks: tuple[Block, ...] = (
        *head(till, read.brand),
        Rule(),
        Columns(staff(till, session), stamp),
        Columns(tr("Member"), customer.view.name),
        Rule(),
        Text(tr("Welcome. This is your member card:"), Align.CENTRE, bold=True),
        QrCode(card),
        Barcode(card),
        Text(tr("Show it when you pay. Points count from today."), Align.CENTRE),
        Text(tr("You can withdraw any consent at the counter."), Align.CENTRE),
        Cut(),
    )
    return Receipt(blocks)


def head(till: Till, brand: str) -> Iterator[Block]:
    """Whose paper it is: brand, store, address."""
    tr, place = till.receipt_words, till.place
    yield Text(brand, Align.CENTRE, bold=True, double=True)
    yield Text(tr("{store}  Till {till}", store=place.store_name, till=place.till_no), Align.CENTRE)
    if place.address:
        yield Text(place.address, Align.CENTRE)


def staff(till: Till, session: Session) -> str:
    """Who served."""
    return till.receipt_words("Cashier {name} {number}", name=session.staff_name, number=session.staff_no)


def _who(till: Till, session: Session, sale: Sale, customer: Customer | None) -> Iterator[Block]:
    tr = till.receipt_words
    stamp = local_time(sale.at_ms, till.place.zone).strftime("%Y-%m-%d %H:%M")
    yield Columns(tr("Receipt {number}", number=sale.receipt_no), stamp)
    yield Columns(staff(till, session), customer_words(till, customer))


def customer_words(till: Till, customer: Customer | None) -> str:
    """Whom it was for, masked; empty for nobody."""
    tr = till.receipt_words
    if customer is None:
        return ""
    if customer.member_id is None:
        return tr("Card ending {tail}", tail=customer.view.card)
    shown = customer.view.name or customer.view.phone or customer.view.card
    return tr("Member {name} {tier}", name=shown, tier=customer.view.tier_name).rstrip()


def _goods(till: Till, lines: Sequence[Line]) -> Iterator[Block]:
    for line in lines:
        yield Text(line.name or till.receipt_words("Goods"))
        yield Columns(f"    {line.qty} x {plain(line.unit_minor)}", plain(line.qty * line.unit_minor))


def _money(till: Till, sale: Sale, points: PointsBlock) -> Iterator[Block]:
    tr, basket, taken = till.receipt_words, sale.basket, points.taken
    gross = sum(line.qty * line.unit_minor for line in basket.lines)
    yield Columns(tr("Subtotal ({pieces} pcs)", pieces=basket.units), plain(gross))
    others = gross - sale.result.payable_minor - sum(one.minor for one in taken)
    if others:
        yield Columns(tr("Discounts"), plain(-others))
    for one in taken:
        text = tr("Reward {name} ({points} points)", name=one.text, points=f"{one.points:,}")
        yield Columns(text if one.points else tr("Coupon {name}", name=one.text), plain(-one.minor))
    sign = CURRENCY_SIGNS.get(sale.currency, f"{sale.currency} ")
    yield Columns(tr("Total due"), f"{sign}{plain(sale.result.payable_minor)}", bold=True, double=True)
    for tender in sale.tenders:
        yield Columns(tr(TENDER_WORDS[tender.kind]), plain(tender.minor or 0))
    if sale.change_minor:
        yield Columns(tr("Given"), plain(sale.given_minor))
        yield Columns(tr("Change into stored value") if points.change_kept else tr("Change"), plain(sale.change_minor))
    if points.stored_left_minor is not None:
        yield Columns(tr("Stored value now"), plain(points.stored_left_minor))


def _points(till: Till, customer: Customer | None, points: PointsBlock) -> Iterator[Block]:
    if customer is None:
        return
    tr = till.receipt_words
    yield Rule()
    if points.before is not None:
        yield Columns(tr("Points before"), f"{points.before:,}")
    if points.used:
        yield Columns(tr("Points spent"), f"{-points.used:+,}")
    yield Columns(_earned(till, customer, points), f"{points.earned:+,}")
    for rule, given in points.parts:
        name = tr("Base points") if rule == BASE_RULE else settings.rule_name(till, rule)
        yield Columns(f"    {name}", f"{given:+,}")
    if points.before is not None:
        yield Columns(tr("Points now"), f"{points.before - points.used + points.earned:,}", bold=True)
    elif customer.member_id is None:
        yield Text(tr("Points will follow to the card ending {tail}", tail=customer.view.card))
    elif customer.view.merging:
        yield Text(tr("Two memberships are being merged: the balance follows"))
    else:
        yield Text(tr("The balance is shown once head office is reached"))
    yield from _later(till, customer, points)


def _later(till: Till, customer: Customer, points: PointsBlock) -> Iterator[Block]:
    """What follows, until when it counts, what is missing for the next tier."""
    tr = till.receipt_words
    if points.usable_from is not None and points.earned > 0:
        yield Text(tr("Usable from {day}", day=points.usable_from.isoformat()))
    if points.to_follow:
        yield Columns(tr("To follow"), f"{points.to_follow:+,}")
    for card in points.stamps:
        yield from _stamps(till, card)
    if points.valid_until is not None and points.earned > 0:
        yield Text(tr("Valid until {day}", day=points.valid_until.isoformat()))
    if customer.view.expiring_points and customer.view.expiring_on:
        gone = f"{customer.view.expiring_points:,}"
        yield Text(tr("{points} points can be used until {day}", points=gone, day=customer.view.expiring_on))
    if points.to_next_tier_minor:
        amount = f"{CURRENCY_SIGNS.get(till.place.currency, '')}{plain(points.to_next_tier_minor)}"
        yield Text(tr("Spend {amount} more to reach {tier}", amount=amount, tier=customer.view.next_tier_name))


def _stamps(till: Till, card: StampLine) -> Iterator[Block]:
    tr = till.receipt_words
    if card.gained:
        yield Columns(tr("Stamps {card}", card=card.name), f"{card.gained:+,}")
    if card.before is None or not (card.now or card.gained):
        return
    if card.full and card.gives is not None:
        yield Text(tr("Card {card} is full: {coupon}", card=card.name, coupon=words(card.gives, tr)))
    if card.goal is not None:
        yield Columns(tr("Stamp card {card}", card=card.name), f"{card.now} / {card.goal}")


def _earned(till: Till, customer: Customer, points: PointsBlock) -> str:
    tr = till.receipt_words
    if not points.factor:
        return tr("Points earned")
    return tr("Points earned ({tier} x{factor})", tier=customer.view.tier_name, factor=points.factor)


def _link(till: Till, read: settings.TillSettings, sale: Sale, points: PointsBlock) -> Iterator[Block]:
    if not (read.receipt_host and read.receipt_key):
        return
    facts = ReceiptFacts(sale.receipt_no, sale.event_id, sale.result.payable_minor, points.earned)
    yield QrCode(receipt_address(read.receipt_host, read.receipt_key, facts))
    yield Text(till.receipt_words("Scan: points · rate us · opt out · return"), Align.CENTRE)


def _foot(till: Till, read: settings.TillSettings, customer: Customer | None) -> Iterator[Block]:
    tr = till.receipt_words
    if customer is not None and not till.head_office.is_online():
        yield Text(tr("Issued offline: points are saved and will upload"), Align.CENTRE)
    yield Rule()
    window_days = till.essentials.programme_at(till.clock.now_ms()).returns.window_days
    if read.closing:
        yield Text(read.closing, Align.CENTRE)
    elif window_days is not None:
        yield Text(tr("Returns within {days} days with this receipt", days=window_days), Align.CENTRE)
    else:
        yield Text(tr("Thank you, and see you soon"), Align.CENTRE)
    yield Feed(1)
