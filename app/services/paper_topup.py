"""What is on the paper when money is paid into stored value: how much, the bonus, the balance."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.money import plain
from app.domain.numbering import local_time
from app.domain.receipt import Align, Block, Columns, Cut, Feed, Receipt, Rule, Text
from app.domain.sale import TenderKind
from app.domain.spending import Topup
from app.services import paper, settings
from app.services.members import Customer
from app.services.till import Session, Till


@dataclass(frozen=True, slots=True)
class TopupSlip:
    """A top-up to be printed; `before_minor` is the balance it starts from."""

    topup: Topup
    customer: Customer | None
    before_minor: int


def topup_slip(till: Till, session: Session, slip: TopupSlip) -> Receipt:
    """The receipt of a top-up. Cash opens the drawer."""
    tr, read, topup = till.receipt_words, settings.read(till), slip.topup
    stamp = local_time(topup.at_ms, till.place.zone).strftime("%Y-%m-%d %H:%M")
    sign = paper.CURRENCY_SIGNS.get(till.place.currency, f"{till.place.currency} ")
    after = slip.before_minor + topup.minor + topup.bonus_minor
    bonus = (Columns(tr("Bonus"), plain(topup.bonus_minor)),) if topup.bonus_minor else ()
    blocks: tuple[Block, ...] = (
        *paper.head(till, read.brand),
        Text(tr("STORED VALUE TOP-UP"), Align.CENTRE, bold=True, double=True),
        Rule(),
        Columns(tr("Receipt {number}", number=topup.receipt_no), stamp),
        Columns(paper.staff(till, session), paper.customer_words(till, slip.customer)),
        Rule(),
        Columns(tr("Paid in"), f"{sign}{plain(topup.minor)}", bold=True, double=True),
        *(Columns(tr(paper.TENDER_WORDS[one.kind]), plain(one.minor or 0)) for one in topup.tenders),
        *bonus,
        Rule(),
        Columns(tr("Stored value before"), plain(slip.before_minor)),
        Columns(tr("Stored value now"), plain(after), bold=True),
        Text(tr("The money is saved here and uploads by itself"), Align.CENTRE),
        Rule(),
        Feed(1),
        Cut(),
    )
    return Receipt(blocks, kick_drawer=any(one.kind is TenderKind.CASH for one in topup.tenders))
