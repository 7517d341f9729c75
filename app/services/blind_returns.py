"""Goods of another store while head office does not answer: the paper says what was sold, the points follow.

The code names the sale, so head office takes back the points of exactly these units when it hears of them; the till
only knows the money that the cashier reads off the receipt. Nobody can check the code here, so a second person agrees.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain import receipt as paper_model
from app.domain.events import Basis, sale_return_fact
from app.domain.numbering import business_on, receipt_no
from app.domain.receipt import Receipt
from app.domain.sale import LINES_MAX, QTY_MAX, Tender, TenderKind
from app.domain.spending import POINTS_FOLLOW, ReturnedLine, SaleReturn
from app.domain.staff import Approval, Capability
from app.domain.template import PaperKind, Row
from app.errors import Refusal
from app.failpoints import Failpoint
from app.ids import EventId
from app.services import approvals, checkout, paper
from app.services.paper import Sheet
from app.services.ports import AuditEntry, NewJob
from app.services.returns import Returned
from app.services.returns_elsewhere import Sought
from app.services.till import Outcome, Session, Till, Topic, new_id, sealed


@dataclass(frozen=True, slots=True)
class BlindLine:
    """Units of the line at place `line` (from 0) on the paper, and the money handed back for them."""

    line: int
    qty: int
    minor: int


def read_line(text: str) -> BlindLine:
    """`2 1 49.90`: the second line of the paper, one piece, its money. Refusal `blind_form`, `amount_range`."""
    parts = text.split()
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts[:2]):
        raise Refusal("blind_form")
    place, qty = int(parts[0][:4]), int(parts[1][:5])
    if not (1 <= place <= LINES_MAX and 1 <= qty <= QTY_MAX):
        raise Refusal("blind_form")
    return BlindLine(place - 1, qty, checkout.parse_amount(parts[2]))


def confirm(
    till: Till, session: Session, wanted: Sought, lines: tuple[BlindLine, ...], approval: Approval
) -> Outcome[Returned]:
    """Take the goods back: one transaction of event, audit and slip; durable when it returns.

    Refusal `nothing_to_return`, `amount_range` (more money than the receipt was paid with), `shift_closed`, and those
    of `approvals.check`.
    """
    checkout.check_shift(till, session)
    approvals.check(till, session, approval, Capability.BLIND_RETURN)
    if not lines or approval.reason != POINTS_FOLLOW:
        raise Refusal("nothing_to_return")
    before = sum(back.refund_minor for back in till.book.returns_of(wanted.facts.event_id))
    refund_minor = sum(line.minor for line in lines)
    if before + refund_minor > wanted.facts.total_minor:
        raise Refusal("amount_range")
    till.failpoints.hit(Failpoint.RETURN_BEFORE_BEGIN)
    with till.book.begin() as write:
        number = receipt_no(till.place.store_id, till.place.till_no, write.next_number("receipt"))
        back = _fact(till, session, wanted, lines, number=number, approval=approval)
        programme = till.essentials.programme_at(back.at_ms)
        event = sealed(till, sale_return_fact(back, Basis(programme.name)), write.head())
        write.append(event)
        write.add_return(back)
        facts: dict[str, str | int] = {"seq": event.seq, "receipt_no": number}
        write.add_audit(AuditEntry(back.at_ms, "return", session.staff_id, facts))
        receipt = _slip(till, session, back, wanted, lines)
        job_id = write.add_job(
            NewJob(back.event_id, "return", till.renderer.render(receipt), paper_model.to_json(receipt))
        )
        till.failpoints.hit(Failpoint.RETURN_BEFORE_COMMIT)
        write.commit()
    till.failpoints.hit(Failpoint.RETURN_AFTER_COMMIT)
    done = Returned(back.event_id, number, refund_minor, 0, 0, job_id)
    return Outcome(done, frozenset({Topic.SALE, Topic.SHIFT, Topic.PENDING, Topic.JOBS}), provisional=True)


def _fact(
    till: Till, session: Session, wanted: Sought, lines: tuple[BlindLine, ...], *, number: str, approval: Approval
) -> SaleReturn:
    now_ms = till.clock.now_ms()
    programme = till.essentials.programme_at(now_ms)
    units: dict[int, int] = {}
    for line in lines:
        units[line.line] = units.get(line.line, 0) + line.qty
    refund_minor = sum(line.minor for line in lines)
    return SaleReturn(
        event_id=EventId(new_id(till)),
        of=wanted.facts.event_id,
        receipt_no=number,
        at_ms=now_ms,
        business_on=business_on(now_ms, programme.zone, programme.business_day_starts),
        shift_id=session.shift.shift_id,
        staff_id=session.staff_id,
        lines=tuple(ReturnedLine(line, qty) for line, qty in sorted(units.items())),
        tenders=(Tender(TenderKind.CASH, refund_minor),),
        refund_minor=refund_minor,
        earned_reversed=0,
        points_restored=0,
        approval=approval,
    )


def _slip(till: Till, session: Session, back: SaleReturn, wanted: Sought, lines: tuple[BlindLine, ...]) -> Receipt:
    values: Row = {
        "receipt_no": back.receipt_no,
        "of": wanted.facts.receipt_no,
        "typed": [{"line": line.line + 1, "qty": line.qty, "amount": -line.minor} for line in lines],
        "refund": back.refund_minor,
        "points_follow": True,
    }
    return paper.compose(till, Sheet(PaperKind.RETURN, back.at_ms, values, session, kick_drawer=True))
