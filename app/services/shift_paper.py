"""What is on the paper of a shift: X, Z and the slip of cash that was moved, in the receipt's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.domain.money import plain
from app.domain.numbering import local_time
from app.domain.receipt import Align, Block, Columns, Cut, Feed, Receipt, Rule, Text
from app.domain.sale import TenderKind
from app.domain.shift import CashKind, CashMove, ShiftReport
from app.i18n import mark
from app.services import paper, settings
from app.services.till import Session, Till

CASH_WORDS: Mapping[CashKind, str] = {
    CashKind.PAY_IN: mark("Cash in"),
    CashKind.PAY_OUT: mark("Cash out"),
    CashKind.DROP: mark("Cash to the safe"),
    CashKind.NO_SALE: mark("Drawer opened"),
}
REASON_WORDS: Mapping[str, str] = {
    "change": mark("Change"),
    "float": mark("Float"),
    "petty_cash": mark("Petty cash"),
    "supplier": mark("Supplier"),
    "safe": mark("Safe"),
    "bank": mark("Bank"),
    "check": mark("Drawer check"),
    "other": mark("Other"),
    "missed_points": mark("Points were missed"),
    "correction": mark("Correction"),
    "goodwill": mark("Goodwill"),
    "complaint": mark("Complaint"),
    "report": mark("Report"),
}


def report(till: Till, shown: ShiftReport) -> Receipt:
    """X of a shift that goes on, Z of one that was counted and closed."""
    tr = till.receipt_words
    title = tr("X report") if shown.counted is None else tr("Z report {number}", number=shown.shift.z_no)
    blocks: tuple[Block, ...] = (
        *paper.head(till, settings.read(till).brand),
        Text(title, Align.CENTRE, bold=True, double=True),
        Rule(),
        Columns(tr("Business day"), shown.business_on),
        Columns(tr("Cashier"), shown.staff_name),
        Columns(tr("Opened"), _stamp(till, shown.shift.opened_ms)),
        Columns(tr("Printed") if shown.counted is None else tr("Closed"), _stamp(till, shown.at_ms)),
        Rule(),
        *_sales(till, shown),
        Rule(),
        *_tenders(till, shown),
        Rule(),
        *_drawer(till, shown),
        Feed(1),
        Cut(),
    )
    return Receipt(blocks)


def cash_slip(till: Till, session: Session, move: CashMove) -> Receipt:
    """The slip of cash in or out; its printing opens the drawer."""
    tr = till.receipt_words
    blocks: list[Block] = [
        *paper.head(till, settings.read(till).brand),
        Text(tr(CASH_WORDS[move.kind]), Align.CENTRE, bold=True, double=True),
        Rule(),
        Columns(paper.staff(till, session), _stamp(till, move.at_ms)),
        Columns(tr("Reason"), tr(REASON_WORDS.get(move.reason, move.reason))),
    ]
    if move.approval is not None:
        blocks.append(Columns(tr("Approved by"), staff_name(till, move.approval.by_staff_id)))
    if move.minor:
        blocks.append(Columns(tr("Amount"), f"{_sign(till)}{plain(move.minor)}", bold=True, double=True))
    blocks += [Rule(), Text(tr("Signature")), Feed(2), Cut()]
    return Receipt(tuple(blocks), kick_drawer=True)


def staff_name(till: Till, staff_id: str) -> str:
    """What a person is called on paper; staff names are shown in full."""
    return next((one.name for one in till.essentials.staff() if one.staff_id == staff_id), staff_id)


def _sales(till: Till, shown: ShiftReport) -> Iterator[Block]:
    tr, totals = till.receipt_words, shown.totals
    yield Columns(tr("Sales"), f"{totals.sales:,}")
    yield Columns(tr("to members"), f"{totals.member_sales:,}")
    yield Columns(tr("Gross"), plain(totals.gross_minor))
    yield Columns(tr("Discounts"), plain(-totals.discount_minor))
    yield Columns(tr("Net"), plain(totals.net_minor), bold=True)
    yield Columns(tr("Returns ({count})", count=totals.returns), plain(-totals.refund_minor))
    yield Columns(tr("Sales taken back"), f"{totals.undone:,}")
    yield Columns(tr("Enrolments"), f"{totals.enrolments:,}")
    scale = 10**shown.points_scale
    yield Columns(tr("Points issued"), f"{totals.points_issued // scale:,}")
    yield Columns(tr("Points redeemed"), f"{totals.points_redeemed // scale:,}")


def _tenders(till: Till, shown: ShiftReport) -> Iterator[Block]:
    tr, totals = till.receipt_words, shown.totals
    for kind in TenderKind:
        sold, back = totals.sold.get(kind, 0), totals.refunded.get(kind, 0)
        topped_up = totals.topped_up.get(kind, 0)
        if sold:
            yield Columns(tr(paper.TENDER_WORDS[kind]), plain(sold))
        if topped_up:
            yield Columns(f"{tr(paper.TENDER_WORDS[kind])} · {tr('Top-up')}", plain(topped_up))
        if back:
            yield Columns(f"{tr(paper.TENDER_WORDS[kind])} · {tr('Refund')}", plain(-back))


def _drawer(till: Till, shown: ShiftReport) -> Iterator[Block]:
    tr, totals = till.receipt_words, shown.totals
    yield Columns(tr("Float"), plain(shown.shift.float_minor))
    for kind in (CashKind.PAY_IN, CashKind.PAY_OUT, CashKind.DROP):
        if totals.moved(kind):
            sign = 1 if kind is CashKind.PAY_IN else -1
            yield Columns(tr(CASH_WORDS[kind]), plain(sign * totals.moved(kind)))
    yield Columns(tr("Drawer opened without a sale"), f"{totals.no_sales:,}")
    for one in shown.expected:
        yield Columns(tr("{kind} expected", kind=tr(paper.TENDER_WORDS[one.kind])), plain(one.minor), bold=True)
    for one in shown.counted or ():
        yield Columns(tr("{kind} counted", kind=tr(paper.TENDER_WORDS[one.kind])), plain(one.minor))
    for one in shown.differences:
        yield Columns(tr("{kind} difference", kind=tr(paper.TENDER_WORDS[one.kind])), plain(one.minor), bold=True)


def _stamp(till: Till, at_ms: int) -> str:
    return local_time(at_ms, till.place.zone).strftime("%Y-%m-%d %H:%M")


def _sign(till: Till) -> str:
    return paper.CURRENCY_SIGNS.get(till.place.currency, f"{till.place.currency} ")
