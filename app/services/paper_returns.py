"""What is on the paper when goods come back or a sale is taken back: lines, money, points."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.receipt import Receipt
from app.domain.sale import TenderKind
from app.domain.spending import SaleReturn
from app.domain.template import PaperKind, Row
from app.services import paper
from app.services.members import Customer
from app.services.paper import Sheet
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
    back = slip.back
    values: Row = {
        "receipt_no": back.receipt_no,
        "of": slip.bought.receipt_no,
        "undo": back.undo,
        **paper.customer_values(slip.customer),
        "goods": _goods(till, slip),
        "refund": back.refund_minor,
        "tenders": paper.tender_rows(till, back.tenders),
        **_points(slip),
    }
    cash = any(one.kind is TenderKind.CASH and one.minor for one in back.tenders)
    return paper.compose(till, Sheet(PaperKind.RETURN, back.at_ms, values, session, kick_drawer=cash))


def _goods(till: Till, slip: Slip) -> list[Row]:
    rows = []
    for part in slip.back.lines:
        line, sold = slip.bought.lines[part.line], slip.bought.purchase.lines[part.line]
        minor = sold.charged_minor * (sold.returned + part.qty) // sold.qty - sold.back(sold.charged_minor)
        rows.append(paper.goods_row(till, line, part.qty, -minor))
    return rows


def _points(slip: Slip) -> Row:
    if slip.customer is None:
        return {}
    before = slip.customer.view.points
    return {
        "known": True,
        "before": before,
        "reversed": -slip.reversed or None,
        "restored": slip.restored or None,
        "now": None if before is None else before + slip.moved,
    }
