"""What is on the paper when goods come back or a sale is taken back: lines, money, points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.money import plain
from app.domain.numbering import local_time
from app.domain.receipt import Align, Block, Columns, Cut, Feed, Receipt, Rule, Text
from app.domain.sale import TenderKind
from app.domain.spending import SaleReturn
from app.services import paper, settings
from app.services.members import Customer
from app.services.purchases import Bought
from app.services.till import Session, Till


@dataclass(frozen=True, slots=True)
class Slip:
    """A return to be printed. `reversed`, `restored` and `moved` are whole points; `moved` is what the balance gets."""

    bought: Bought
    customer: Customer | None
    back: SaleReturn
    reversed: int
    restored: int
    moved: int


def return_slip(till: Till, session: Session, slip: Slip) -> Receipt:
    """The receipt of a return; of an undo it says that the receipt it names no longer counts."""
    tr, read, back = till.receipt_words, settings.read(till), slip.back
    stamp = local_time(back.at_ms, till.place.zone).strftime("%Y-%m-%d %H:%M")
    blocks: tuple[Block, ...] = (
        *paper.head(till, read.brand),
        Text(tr("SALE TAKEN BACK") if back.undo else tr("RETURN"), Align.CENTRE, bold=True, double=True),
        Rule(),
        Columns(tr("Receipt {number}", number=back.receipt_no), stamp),
        Columns(paper.staff(till, session), paper.customer_words(till, slip.customer)),
        *_of(till, slip),
        Rule(),
        *_goods(till, slip),
        Rule(),
        *_money(till, slip),
        *_points(till, slip),
        Rule(),
        Feed(1),
        Cut(),
    )
    return Receipt(blocks, kick_drawer=any(one.kind is TenderKind.CASH and one.minor for one in back.tenders))


def _of(till: Till, slip: Slip) -> Iterator[Block]:
    tr = till.receipt_words
    if slip.back.undo:
        yield Text(tr("The receipt with this number no longer counts."))
    else:
        yield Text(tr("Of receipt {number}", number=slip.bought.receipt_no))


def _goods(till: Till, slip: Slip) -> Iterator[Block]:
    for part in slip.back.lines:
        line, sold = slip.bought.lines[part.line], slip.bought.purchase.lines[part.line]
        yield Text(line.name or till.receipt_words("Goods"))
        minor = sold.charged_minor * (sold.returned + part.qty) // sold.qty - sold.back(sold.charged_minor)
        yield Columns(f"    {part.qty} x {plain(line.unit_minor)}", plain(-minor))


def _money(till: Till, slip: Slip) -> Iterator[Block]:
    tr, back = till.receipt_words, slip.back
    sign = paper.CURRENCY_SIGNS.get(till.place.currency, f"{till.place.currency} ")
    yield Columns(tr("Refund"), f"{sign}{plain(back.refund_minor)}", bold=True, double=True)
    for tender in back.tenders:
        yield Columns(tr(paper.TENDER_WORDS[tender.kind]), plain(tender.minor or 0))


def _points(till: Till, slip: Slip) -> Iterator[Block]:
    tr, customer = till.receipt_words, slip.customer
    if customer is None:
        return
    yield Rule()
    before = customer.view.points
    if before is not None:
        yield Columns(tr("Points before"), f"{before:,}")
    if slip.reversed:
        yield Columns(tr("Points taken back"), f"{-slip.reversed:+,}")
    if slip.restored:
        yield Columns(tr("Points given back"), f"{slip.restored:+,}")
    if before is not None:
        yield Columns(tr("Points now"), f"{before + slip.moved:,}", bold=True)
