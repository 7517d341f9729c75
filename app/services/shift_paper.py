"""What is on the paper of a shift: X, Z and the slip of cash that was moved, in the receipt's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.numbering import local_time
from app.domain.receipt import Receipt
from app.domain.sale import TenderKind
from app.domain.shift import CashKind, CashMove, KindMinor, ShiftReport
from app.domain.template import PaperKind, Row
from app.i18n import mark
from app.services import paper
from app.services.paper import Sheet
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
    totals, scale = shown.totals, 10**shown.points_scale
    values: Row = {
        "z_no": "" if shown.counted is None else str(shown.shift.z_no),
        "business_on": shown.business_on,
        "staff": shown.staff_name,
        "opened": local_time(shown.shift.opened_ms, till.place.zone),
        "sales": totals.sales,
        "member_sales": totals.member_sales,
        "gross": totals.gross_minor,
        "discount": -totals.discount_minor,
        "net": totals.net_minor,
        "returns": totals.returns,
        "refunded": -totals.refund_minor,
        "undone": totals.undone,
        "enrolments": totals.enrolments,
        "issued": totals.points_issued // scale,
        "redeemed": totals.points_redeemed // scale,
        "tenders": _tenders(till, shown),
        **_drawer(till, shown),
    }
    return paper.compose(till, Sheet(PaperKind.SHIFT, shown.at_ms, values))


def cash_slip(till: Till, session: Session, move: CashMove) -> Receipt:
    """The slip of cash in or out; its printing opens the drawer."""
    tr, approval = till.receipt_words, move.approval
    values: Row = {
        "title": tr(CASH_WORDS[move.kind]),
        "reason": reason_words(till, move.reason),
        "approved_by": staff_name(till, approval.by_staff_id) if approval else "",
        "amount": move.minor or None,
    }
    return paper.compose(till, Sheet(PaperKind.CASH, move.at_ms, values, session, kick_drawer=True))


def reason_words(till: Till, reason: str) -> str:
    """A reason as paper says it; one of the chain's own as it is."""
    return till.receipt_words(REASON_WORDS.get(reason, reason))


def staff_name(till: Till, staff_id: str) -> str:
    """What a person is called on paper; staff names are shown in full."""
    return next((one.name for one in till.essentials.staff() if one.staff_id == staff_id), staff_id)


def _tenders(till: Till, shown: ShiftReport) -> list[Row]:
    totals = shown.totals
    return [
        {
            "name": till.receipt_words(paper.TENDER_WORDS[kind]),
            "sold": totals.sold.get(kind, 0) or None,
            "topped_up": totals.topped_up.get(kind, 0) or None,
            "refunded": -totals.refunded.get(kind, 0) or None,
        }
        for kind in TenderKind
    ]


def _drawer(till: Till, shown: ShiftReport) -> Row:
    tr, totals = till.receipt_words, shown.totals
    signs = {CashKind.PAY_IN: 1, CashKind.PAY_OUT: -1, CashKind.DROP: -1}
    moved = [(kind, sign * totals.moved(kind)) for kind, sign in signs.items()]
    return {
        "float": shown.shift.float_minor,
        "moves": [{"name": tr(CASH_WORDS[kind]), "amount": minor} for kind, minor in moved if minor],
        "no_sales": totals.no_sales,
        "expected": _amounts(till, shown.expected),
        "counted": _amounts(till, shown.counted or ()),
        "differences": _amounts(till, shown.differences),
    }


def _amounts(till: Till, found: Sequence[KindMinor]) -> list[Row]:
    return [{"name": till.receipt_words(paper.TENDER_WORDS[one.kind]), "amount": one.minor} for one in found]
