"""What is on the paper when money is paid into stored value: how much, the bonus, the balance."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.receipt import Receipt
from app.domain.sale import TenderKind
from app.domain.spending import Topup
from app.domain.template import PaperKind, Row
from app.services import paper
from app.services.members import Customer
from app.services.paper import Sheet
from app.services.till import Session, Till


@dataclass(frozen=True, slots=True)
class TopupSlip:
    """A top-up to be printed; `before_minor` is the balance it starts from."""

    topup: Topup
    customer: Customer | None
    before_minor: int


def topup_slip(till: Till, session: Session, slip: TopupSlip) -> Receipt:
    """The receipt of a top-up. Cash opens the drawer."""
    topup = slip.topup
    values: Row = {
        "receipt_no": topup.receipt_no,
        **paper.customer_values(slip.customer),
        "amount": topup.minor,
        "tenders": paper.tender_rows(till, topup.tenders),
        "bonus": topup.bonus_minor or None,
        "stored_before": slip.before_minor,
        "stored_now": slip.before_minor + topup.minor + topup.bonus_minor,
    }
    cash = any(one.kind is TenderKind.CASH for one in topup.tenders)
    return paper.compose(till, Sheet(PaperKind.TOPUP, topup.at_ms, values, session, kick_drawer=cash))
