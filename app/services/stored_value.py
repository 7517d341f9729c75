"""Stored value: paid in with a bonus or from change, spent by a hold, printed with what is left.

Paying in is a fact like a sale and works offline; spending asks head office, as points do (holding.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from app.domain import receipt as paper_model
from app.domain.events import topup_fact
from app.domain.holdings import StoredValue
from app.domain.money import on_screen
from app.domain.numbering import business_on, receipt_no
from app.domain.receipt import Receipt
from app.domain.sale import Sale, Tender, TenderKind
from app.domain.spending import Hold, Topup, TopupSource
from app.errors import Refusal
from app.failpoints import Failpoint
from app.ids import EventId, MemberId
from app.services import holding, settings
from app.services.holding import Codes, Wanted
from app.services.members import Customer
from app.services.paper_topup import TopupSlip, topup_slip
from app.services.ports import AuditEntry, Effect, HoldAnswer, Moved, NewJob, Transaction
from app.services.till import Outcome, Session, Till, Topic, new_id, sealed

CODES = Codes("stored_refused", "stored_unanswered")
PAID_BY = (TenderKind.CASH, TenderKind.QR, TenderKind.CARD)
"""Ways to pay stored value in: never with points or with stored value itself."""
BONUS_FORM = re.compile(r"([0-9]{1,9})\+([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Offer:
    """What paying in so much gives: the bonus, and the balance before and after."""

    minor: int
    bonus_minor: int
    before_minor: int

    @property
    def after_minor(self) -> int:
        return self.before_minor + self.minor + self.bonus_minor


@dataclass(frozen=True, slots=True)
class ToppedUp:
    """A top-up that is durable."""

    event_id: EventId
    receipt_no: str
    minor: int
    bonus_minor: int
    balance_minor: int
    job_id: int


def held(till: Till, customer: Customer | None) -> StoredValue:
    """What the customer has paid in. Refusal `stored_no_member`: a card number nobody is known for has none."""
    return till.members.holdings(_member(customer), ()).stored_value


def _member(customer: Customer | None) -> MemberId:
    if customer is None or customer.member_id is None:
        raise Refusal("stored_no_member")
    return customer.member_id


# ---- spending


def begin(till: Till, session: Session, customer: Customer | None, minor: int) -> Hold:
    """Write down the hold of an amount. Refusal `stored_no_member`, `stored_offline`, `stored_too_little`,
    `amount_range`."""
    money = held(till, customer)
    if minor <= 0:
        raise Refusal("amount_range")
    if not till.head_office.is_online():
        raise Refusal("stored_offline")
    if minor > money.balance_minor:
        raise Refusal("stored_too_little", there=on_screen(max(0, money.balance_minor)), needed=on_screen(minor))
    return holding.begin(till, session, Wanted(money.account_id, minor, _member(customer)))


def settle(till: Till, hold: Hold, answer: HoldAnswer) -> Outcome[Tender]:
    """The answer becomes a tender, or the hold is released.

    Refusal, when the release is durable: `stored_too_little`, `stored_refused`, `stored_unanswered`.
    """
    left = holding.settle(till, hold, answer, CODES)
    if left is not None:
        raise Refusal("stored_too_little", there=on_screen(left), needed=on_screen(hold.points))
    tender = Tender(TenderKind.STORED_VALUE, hold.points, account_id=hold.account_id, hold_id=hold.hold_id)
    return Outcome(tender, frozenset(), provisional=False)


def left_after(till: Till, sale: Sale, customer: Customer | None, kept: StoredValue | None) -> int | None:
    """Stored value once the sale is made; None for a sale that does not touch it."""
    spent = sum(one.minor or 0 for one in sale.tenders if one.kind is TenderKind.STORED_VALUE)
    if kept is not None:
        return kept.balance_minor - spent + sale.change_minor
    return held(till, customer).balance_minor - spent if spent else None


# ---- paying in


def offer(till: Till, customer: Customer | None, minor: int) -> Offer:
    """What paying in so much would give. Refusal `stored_no_member`, `topup_range`."""
    money, top = held(till, customer), settings.read(till).topup_max_minor
    if not 0 < minor <= top:
        raise Refusal("topup_range", most=on_screen(top))
    return Offer(minor, bonus(till, minor), money.balance_minor)


def bonus(till: Till, minor: int) -> int:
    """What the chain adds (setting `stored_value.bonus`: `20000+1000 50000+4000`, minor units): the best step that is
    reached. A step that cannot be read adds nothing."""
    steps = [BONUS_FORM.fullmatch(part) for part in settings.read(till).topup_bonus.split()]
    return max((int(one[2]) for one in steps if one is not None and minor >= int(one[1])), default=0)


def pay_in(till: Till, session: Session, customer: Customer | None, minor: int, kind: TenderKind) -> Outcome[ToppedUp]:
    """Take the money: one transaction of event, overlay, audit and print job; durable when it returns.

    Refusal as in `offer`, `topup_tender` for a way to pay that is none, `shift_closed`.
    """
    if kind not in PAID_BY:
        raise Refusal("topup_tender")
    shift = till.book.open_shift_of(session.staff_id)
    if shift is None or shift.shift_id != session.shift.shift_id:
        raise Refusal("shift_closed")
    given, money = offer(till, customer, minor), Tender(kind, minor)
    till.failpoints.hit(Failpoint.TOPUP_BEFORE_BEGIN)
    with till.book.begin() as write:
        topup = _topup(till, session, customer, given.bonus_minor, money)
        number = receipt_no(till.place.store_id, till.place.till_no, write.next_number("receipt"))
        topup = replace(topup, receipt_no=number)
        slip = topup_slip(till, session, TopupSlip(topup, customer, given.before_minor))
        done = _write(till, topup, given, slip, write)
        till.failpoints.hit(Failpoint.TOPUP_BEFORE_COMMIT)
        write.commit()
    till.failpoints.hit(Failpoint.TOPUP_AFTER_COMMIT)
    topics = frozenset({Topic.MEMBER, Topic.SHIFT, Topic.PENDING, Topic.JOBS})
    return Outcome(done, topics, provisional=True)


def keep_change(till: Till, sale: Sale, customer: Customer | None, write: Transaction) -> None:
    """The change of a sale becomes stored value (找零转存), beside the sale's own event."""
    topup = Topup(
        event_id=EventId(new_id(till)),
        receipt_no=sale.receipt_no,
        at_ms=sale.at_ms,
        business_on=sale.business_on,
        shift_id=sale.shift_id,
        staff_id=sale.staff_id,
        member_id=_member(customer),
        account_id=held(till, customer).account_id,
        minor=sale.change_minor,
        bonus_minor=0,
        tenders=(Tender(TenderKind.CASH, sale.change_minor),),
        source=TopupSource.CHANGE,
        of=sale.event_id,
    )
    _append(till, topup, write)


def _topup(till: Till, session: Session, customer: Customer | None, bonus_minor: int, money: Tender) -> Topup:
    """Everything but its receipt number."""
    now_ms = till.clock.now_ms()
    programme = till.essentials.programme_at(now_ms)
    return Topup(
        event_id=EventId(new_id(till)),
        receipt_no="",
        at_ms=now_ms,
        business_on=business_on(now_ms, programme.zone, programme.business_day_starts),
        shift_id=session.shift.shift_id,
        staff_id=session.staff_id,
        member_id=_member(customer),
        account_id=held(till, customer).account_id,
        minor=money.minor or 0,
        bonus_minor=bonus_minor,
        tenders=(money,),
    )


def _write(till: Till, topup: Topup, given: Offer, slip: Receipt, write: Transaction) -> ToppedUp:
    seq = _append(till, topup, write)
    facts: dict[str, str | int] = {"seq": seq, "receipt_no": topup.receipt_no}
    write.add_audit(AuditEntry(topup.at_ms, "topup", topup.staff_id, facts))
    job = NewJob(topup.event_id, "topup", till.renderer.render(slip), paper_model.to_json(slip))
    return ToppedUp(
        event_id=topup.event_id,
        receipt_no=topup.receipt_no,
        minor=topup.minor,
        bonus_minor=topup.bonus_minor,
        balance_minor=given.after_minor,
        job_id=write.add_job(job),
    )


def _append(till: Till, topup: Topup, write: Transaction) -> int:
    """The event with its overlay; its seq."""
    event = sealed(till, topup_fact(topup), write.head())
    write.append(event, (Effect(topup.account_id, None, topup.minor + topup.bonus_minor, Moved.OTHER),))
    return event.seq
