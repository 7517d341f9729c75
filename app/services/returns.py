"""Goods come back: find the receipt, see what happens to the points, confirm; or take the last sale back whole.

Works without the network for everything this till sold. Head office takes the same programme over the same facts, so
the figures shown here are the ones that stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.domain import receipt as paper_model
from app.domain.card import CODE_CHARS_MAX, RECEIPT_QR_FORM
from app.domain.events import Basis, sale_return_fact, undo_fact
from app.domain.member import balance_on
from app.domain.numbering import ReceiptFacts, business_on, local_time, read_receipt_address, receipt_no, store_of
from app.domain.programme.account import Account, Entry, Lot, Purchase
from app.domain.programme.calendar import plus_days
from app.domain.programme.document import Shortfall
from app.domain.programme.returns import ReturnOutcome, compute_return
from app.domain.programme.when import Moment
from app.domain.sale import FoundBy, Sale, Tender
from app.domain.spending import ReturnedLine, SaleReturn
from app.domain.store_line import StoreLine
from app.errors import Refusal
from app.failpoints import Failpoint
from app.ids import EventId
from app.services import checkout, overlay, purchases, settings
from app.services.members import Customer, customer_of, unknown_card
from app.services.paper_returns import Slip, return_slip
from app.services.ports import AuditEntry, NewJob, Transaction
from app.services.purchases import Bought
from app.services.till import Outcome, Session, Till, Topic, new_id, sealed
from app.services.views import whole

UNDO_REASON = "cashier"


@dataclass(frozen=True, slots=True)
class Found:
    """A receipt that was found. `verified`: its QR carries this store's own mark. `day_no` 1 is the day of the sale.

    `sent` are its lines as head office just sent them, where only head office knows the sale.
    """

    bought: Bought
    customer: Customer | None
    verified: bool
    own: bool
    day_no: int
    window_days: int | None
    sent: tuple[StoreLine, ...] = ()

    @property
    def in_window(self) -> bool:
        """Whether goods may still come back."""
        return self.window_days is None or self.day_no - 1 <= self.window_days


@dataclass(frozen=True, slots=True)
class LineBack:
    """One line of a return: its whole points taken back, its money before points."""

    line: int
    qty: int
    minor: int
    reversed: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a return would do. Points are whole; `before`, `after` None: the balance is not known here."""

    pieces: int
    refund_minor: int
    tenders: tuple[Tender, ...]
    lines: tuple[LineBack, ...]
    reversed: int
    restored: int
    deducted_minor: int
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Returned:
    """A return (or undo) that is durable."""

    event_id: EventId
    receipt_no: str
    refund_minor: int
    reversed: int
    restored: int
    job_id: int
    undo: bool = False


def find(till: Till, text: str) -> Found:
    """The receipt of a QR address or a typed receipt number.

    Refusal `receipt_forged` (its mark is not this store's), `receipt_not_here`, `receipt_form`, `sale_undone`;
    `receipt_elsewhere`: head office has to be asked (app.services.returns_elsewhere).
    """
    sought = text.strip()
    if len(sought) > CODE_CHARS_MAX or not sought:
        raise Refusal("receipt_form")
    if RECEIPT_QR_FORM.fullmatch(sought):
        facts, verified = _verified(till, sought)
        if not (till.book.sale(facts.event_id) or till.members.store_sale(facts.event_id)):
            raise Refusal("receipt_elsewhere")
        bought, own = _by_event(till, facts.event_id)
        if bought.receipt_no != facts.receipt_no:
            raise Refusal("receipt_forged")
    else:
        bought, own, verified = *_by_number(till, sought.upper()), False
    return found_of(till, bought, verified=verified, own=own)


def found_of(till: Till, bought: Bought, *, verified: bool, own: bool, sent: tuple[StoreLine, ...] = ()) -> Found:
    """What may come back of a sale. Refusal `sale_undone`."""
    if bought.undone:
        raise Refusal("sale_undone")
    window = bought.programme.returns.window_days
    day_no = (_today(till, bought) - bought.on).days + 1
    return Found(bought, _customer(till, bought), verified, own, day_no, window, sent)


def preview(till: Till, found: Found, quantities: Mapping[int, int]) -> Preview:
    """What taking back so many units by line number would do; nothing chosen is nothing done.

    Refusal `return_window`, `already_returned`, `sale_line_unknown`.
    """
    wanted = {line: qty for line, qty in quantities.items() if qty > 0}
    outcome = _outcome(till, found, wanted)
    bought, programme = found.bought, found.bought.programme
    before = found.customer.view.points if found.customer else None
    moved = outcome.points_restored - _posted(bought.purchase, outcome.purchase, _today(till, bought))
    lines = tuple(_line_back(bought, outcome, line, qty) for line, qty in sorted(wanted.items()))
    return Preview(
        pieces=sum(wanted.values()),
        refund_minor=outcome.refund_minor,
        tenders=purchases.refund(bought.paid, outcome.refund_minor),
        lines=lines,
        reversed=whole(outcome.earned_reversed, programme),
        restored=whole(outcome.points_restored, programme),
        deducted_minor=outcome.deducted_minor,
        before=before,
        after=None if before is None else before + whole(moved, programme),
    )


def confirm(till: Till, session: Session, found: Found, quantities: Mapping[int, int]) -> Outcome[Returned]:
    """Take the goods back: one transaction of event, overlay, audit and print job; durable when it returns.

    Refusal as in `preview`, `nothing_to_return`, `shift_closed`.
    """
    wanted = {line: qty for line, qty in quantities.items() if qty > 0}
    if not wanted:
        raise Refusal("nothing_to_return")
    checkout.check_shift(till, session)
    fresh = _again(till, found)
    outcome = _outcome(till, fresh, wanted)
    till.failpoints.hit(Failpoint.RETURN_BEFORE_BEGIN)
    with till.book.begin() as write:
        back = _fact(till, session, fresh, outcome, wanted)
        number = receipt_no(till.place.store_id, till.place.till_no, write.next_number("receipt"))
        returned = _write(till, session, fresh, replace(back, receipt_no=number), outcome, write)
        till.failpoints.hit(Failpoint.RETURN_BEFORE_COMMIT)
        write.commit()
    till.failpoints.hit(Failpoint.RETURN_AFTER_COMMIT)
    return Outcome(returned, _topics(fresh), provisional=True)


def undo_until_ms(till: Till, session: Session) -> int | None:
    """Until when the last sale of this shift may be taken back whole; None: it may not."""
    last = till.book.last_sale(session.shift.shift_id)
    if last is None or till.book.returns_of(last.event_id):
        return None
    until_ms = last.at_ms + settings.read(till).undo_minutes * 60_000
    return until_ms if till.clock.now_ms() < until_ms else None


def undo(till: Till, session: Session) -> Outcome[Returned]:
    """Take the last sale of this shift back whole: a compensating fact, never a deletion; durable when it returns.

    Refusal `undo_nothing`, `undo_late`, `sale_undone`, `undo_returned`, `shift_closed`.
    """
    checkout.check_shift(till, session)
    last = till.book.last_sale(session.shift.shift_id)
    sale = till.book.sale(last.event_id) if last else None
    if last is None or sale is None:
        raise Refusal("undo_nothing")
    back = till.book.returns_of(last.event_id)
    if back:
        raise Refusal("sale_undone" if back[0].undo else "undo_returned")
    if undo_until_ms(till, session) is None:
        raise Refusal("undo_late", minutes=settings.read(till).undo_minutes)
    bought = _own(till, sale)
    if any(line.returned for line in bought.purchase.lines):
        raise Refusal("undo_returned")  # at another till of the store
    found = Found(bought, _customer(till, bought), verified=True, own=True, day_no=1, window_days=None)
    everything = {number: line.qty for number, line in enumerate(bought.lines)}
    outcome = _outcome(till, found, everything)
    till.failpoints.hit(Failpoint.UNDO_BEFORE_BEGIN)
    with till.book.begin() as write:
        fact = replace(_fact(till, session, found, outcome, everything), undo=True, receipt_no=sale.receipt_no)
        returned = _write(till, session, found, fact, outcome, write)
        till.failpoints.hit(Failpoint.UNDO_BEFORE_COMMIT)
        write.commit()
    till.failpoints.hit(Failpoint.UNDO_AFTER_COMMIT)
    return Outcome(returned, _topics(found), provisional=True)


# ---- finding


def _verified(till: Till, address: str) -> tuple[ReceiptFacts, bool]:
    """What the QR says, and whether this store's key made its mark. Without a key nothing can be said."""
    key = settings.read(till).receipt_key
    try:
        facts, holds = read_receipt_address(address, key)
    except ValueError:
        raise Refusal("receipt_form") from None
    if store_of(facts.receipt_no) != till.place.store_id:
        return facts, False  # another store's key made its mark: head office checks it
    if key and not holds:
        raise Refusal("receipt_forged")
    return facts, bool(key)


def _by_number(till: Till, number: str) -> tuple[Bought, bool]:
    sale = till.book.sale_by_receipt(number)
    if sale is None:
        raise Refusal("receipt_not_here")
    return _own(till, sale), True


def _by_event(till: Till, event_id: EventId) -> tuple[Bought, bool]:
    sale = till.book.sale(event_id)
    if sale is not None:
        return _own(till, sale), True
    lines = till.members.store_sale(event_id)
    if not lines:
        raise Refusal("receipt_not_here")
    return purchases.of_store(till, event_id, lines, till.book.returns_of(event_id)), False


def _own(till: Till, sale: Sale) -> Bought:
    """A sale of this till, with what came back here and what head office knows to be back."""
    bought = purchases.own(till, sale, till.book.returns_of(sale.event_id))
    known = purchases.known_back(bought.purchase, till.members.store_sale(sale.event_id))
    return replace(bought, purchase=known)


def _again(till: Till, found: Found) -> Found:
    """The receipt as it is now: goods may have come back since it was shown."""
    event_id, back = found.bought.event_id, till.book.returns_of(found.bought.event_id)
    bought = purchases.of_store(till, event_id, found.sent, back) if found.sent else _by_event(till, event_id)[0]
    if bought.undone:
        raise Refusal("sale_undone")
    return replace(found, bought=bought)


def _customer(till: Till, bought: Bought) -> Customer | None:
    """Who the sale was for; blocked members may return too."""
    member = till.members.by_id(bought.member_id) if bought.member_id else None
    if member is not None:
        return customer_of(till, member, FoundBy.LIST)
    return unknown_card(till, bought.card) if bought.card else None


def _today(till: Till, bought: Bought) -> date:
    return local_time(till.clock.now_ms(), bought.programme.zone).date()


# ---- what it does


def _outcome(till: Till, found: Found, quantities: Mapping[int, int]) -> ReturnOutcome:
    bought = found.bought
    at, place = local_time(till.clock.now_ms(), bought.programme.zone), till.place
    moment = Moment("return", at, place.store_id, region=place.region_id)
    programme = bought.programme
    if found.window_days is None:  # an undo knows no window
        programme = replace(programme, returns=replace(programme.returns, window_days=None))
    account = _account(till, found, moment.day)
    return compute_return(programme, account, bought.purchase, quantities, moment=moment)


def _account(till: Till, found: Found, day: date) -> Account | None:
    """Whose points move; None: nobody's. Its lots matter only where a shortfall is taken off the money."""
    bought = found.bought
    if bought.member_id is None and bought.card is None:
        return None
    account = Account(bought.member_id or bought.card or "", day, purchases=(bought.purchase,))
    member = till.members.by_id(bought.member_id) if bought.member_id else None
    cached = balance_on(member.account, day.isoformat()) if member and member.account else None
    there = cached + member.own_points if member and cached is not None else None
    if there is None or bought.programme.returns.shortfall is Shortfall.NEGATIVE:
        there = sum(entry.points for entry in bought.purchase.entries)  # nothing may look short here
    lot = Lot("here", bought.event_id, max(0, there), day, None, day, 0)
    return replace(account, lots=(lot,), debt=max(0, -there), purchases=(bought.purchase,))


def _posted(before: Purchase, after: Purchase, day: date) -> int:
    """Points of a return that were in the balance: those still to follow never were."""

    def there(purchase: Purchase) -> int:
        return sum(purchase.lines[entry.line].back(entry.points) for entry in _arrived(purchase, day))

    return there(after) - there(before)


def _arrived(purchase: Purchase, day: date) -> tuple[Entry, ...]:
    """What was posted by that day; what was posted with the sale is there, whatever a clock set back says since."""
    return tuple(one for one in purchase.entries if not one.after_days or plus_days(purchase.on, one.after_days) <= day)


def _line_back(bought: Bought, outcome: ReturnOutcome, line: int, qty: int) -> LineBack:
    before, after = bought.purchase, outcome.purchase
    points = sum(
        after.lines[line].back(one.points) - before.lines[line].back(one.points)
        for one in before.entries
        if one.line == line
    )
    minor = after.lines[line].back(after.lines[line].charged_minor) - before.lines[line].back(
        before.lines[line].charged_minor
    )
    return LineBack(line, qty, minor, whole(points, bought.programme))


# ---- writing it down


def _fact(
    till: Till, session: Session, found: Found, outcome: ReturnOutcome, quantities: Mapping[int, int]
) -> SaleReturn:
    bought, now_ms = found.bought, till.clock.now_ms()
    programme = bought.programme
    return SaleReturn(
        event_id=EventId(new_id(till)),
        of=bought.event_id,
        receipt_no=bought.receipt_no,
        at_ms=now_ms,
        business_on=business_on(now_ms, programme.zone, programme.business_day_starts),
        shift_id=session.shift.shift_id,
        staff_id=session.staff_id,
        lines=tuple(ReturnedLine(line, qty) for line, qty in sorted(quantities.items())),
        tenders=purchases.refund(bought.paid, outcome.refund_minor),
        refund_minor=outcome.refund_minor,
        earned_reversed=outcome.earned_reversed,
        points_restored=outcome.points_restored,
        member_id=bought.member_id,
        card=bought.card,
    )


def _write(
    till: Till, session: Session, found: Found, back: SaleReturn, outcome: ReturnOutcome, write: Transaction
) -> Returned:
    bought, programme = found.bought, found.bought.programme
    fact = undo_fact(back, UNDO_REASON) if back.undo else sale_return_fact(back, _basis(till, found))
    event = sealed(till, fact, write.head())
    moved = back.points_restored - _posted(bought.purchase, outcome.purchase, _today(till, bought))
    others = overlay.of_return(till, bought, back, outcome.purchase)
    write.append(event, (*overlay.of_points_back(till, bought, found.customer, moved), *others))
    write.add_return(back)
    kind = "undo" if back.undo else "return"
    write.add_audit(AuditEntry(back.at_ms, kind, session.staff_id, {"seq": event.seq, "receipt_no": back.receipt_no}))
    taken, given = whole(back.earned_reversed, programme), whole(back.points_restored, programme)
    slip = Slip(bought, found.customer, back, taken, given, whole(moved, programme))
    receipt = return_slip(till, session, slip)
    job = NewJob(back.event_id, kind, till.renderer.render(receipt), paper_model.to_json(receipt))
    return Returned(
        event_id=back.event_id,
        receipt_no=back.receipt_no,
        refund_minor=back.refund_minor,
        reversed=taken,
        restored=given,
        job_id=write.add_job(job),
        undo=back.undo,
    )


def _basis(till: Till, found: Found) -> Basis:
    bought = found.bought
    member = till.members.by_id(bought.member_id) if bought.member_id else None
    if member is None or member.account is None:
        return Basis(bought.programme.name)
    account = member.account
    return Basis(bought.programme.name, account.ver, account.tier, member.tags, member.segments, dict(account.counters))


def _topics(found: Found) -> frozenset[Topic]:
    topics = {Topic.SALE, Topic.SHIFT, Topic.PENDING, Topic.JOBS}
    return frozenset(topics | ({Topic.MEMBER} if found.customer else set()))
