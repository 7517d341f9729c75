"""Points as money: how many this basket takes, the hold head office is asked for, and giving it back.

A hold is written to till.db before head office is asked and ends by exactly one fact: the sale that uses it, or
`hold_released` (protocol.md, fine print 8). Without a clear answer it is released at once: points are never taken
twice, and none stay away without being listed. `ask` waits for the network and never runs on the store thread.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.events import hold_released_fact
from app.domain.programme.document import Programme, Redeem
from app.domain.sale import Tender, TenderKind
from app.domain.spending import Hold, HoldState, Spend
from app.errors import Refusal
from app.failpoints import Failpoint
from app.ids import AccountId, EventId
from app.services import checkout, rules
from app.services.checkout import Cart, Quote
from app.services.ports import AuditEntry, HeadOfficeLink, HoldAnswer, HoldOutcome, Transaction
from app.services.till import Outcome, Session, Till, Topic, new_id, sealed
from app.services.views import whole

ASK_TIMEOUT_S = 6.0
"""How long a cashier waits for head office before the points are left alone."""


class Limit(StrEnum):
    """What stops more points on this basket."""

    BALANCE = "balance"
    SHARE = "share"
    RECEIPT = "receipt"
    GOODS = "goods"


@dataclass(frozen=True, slots=True)
class Room:
    """How many points this basket takes, in whole points; `least` and `step` as the programme says.

    `balance` is what the member has as far as this till knows; head office decides when it is asked.
    """

    balance: int
    most: int
    most_minor: int
    least: int
    step: int
    limit: Limit
    share_percent: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What `points` whole points do to this sale: before and after, for the screen."""

    points: int
    minor: int
    before: Quote
    after: Quote


@dataclass(frozen=True, slots=True)
class Ask:
    """A hold that is in till.db and may now be asked for."""

    hold: Hold
    minor: int


def check(till: Till, cart: Cart) -> AccountId:
    """The account points would come from. Refusal `redeem_not_offered`, `redeem_no_member`, `redeem_no_account`,
    `redeem_merging`, `cart_empty`, and `redeem_offline` while head office does not answer: this till was lent none."""
    _redeem(till)
    if cart.customer is None:
        raise Refusal("redeem_no_member")
    if not cart.basket.lines:
        raise Refusal("cart_empty")
    if cart.customer.account_id is None:
        raise Refusal("redeem_no_account")
    if cart.customer.view.merging:
        raise Refusal("redeem_merging")
    if not till.head_office.is_online():
        raise Refusal("redeem_offline")
    return cart.customer.account_id


def room(till: Till, cart: Cart) -> Room:
    """How many points this basket takes. Refusal as in `check`, `redeem_no_room` when it takes none."""
    check(till, cart)
    computed = rules.compute(till, cart.basket, cart.customer, (Tender(TenderKind.POINTS, max_points=True),))
    programme, redeem = computed.programme, _redeem(till)
    tender = computed.outcome.tenders[0]
    most, balance = tender.points or 0, max(0, computed.balance or 0)
    if not most:
        raise Refusal("redeem_no_room", usable=whole(balance, programme), least=whole(redeem.min_points, programme))
    return Room(
        balance=whole(balance, programme),
        most=whole(most, programme),
        most_minor=tender.minor or 0,
        least=whole(redeem.min_points, programme),
        step=max(1, whole(redeem.step_points, programme)),
        limit=_limit(redeem, most, balance, computed.result.payable_minor),
        share_percent=redeem.max_share_percent,
    )


def preview(till: Till, cart: Cart, points: int) -> Preview:
    """What so many whole points would do. Refusal of the programme: `below_minimum`, `not_a_step`, `over_share`,
    `insufficient_points`; and as in `check`."""
    spend = _priced(till, cart, points)
    bare = replace(cart, spend=None)
    return Preview(points, spend.minor, checkout.quote(till, bare), checkout.quote(till, replace(cart, spend=spend)))


def begin(till: Till, session: Session, cart: Cart, points: int) -> Ask:
    """Write down the hold that is about to be asked for; durable when it returns. Refusal as in `preview`."""
    spend = _priced(till, cart, points)
    now_ms = till.clock.now_ms()
    member_id = cart.customer.member_id if cart.customer else None
    hold = Hold(new_id(till), spend.account_id, spend.points, now_ms, HoldState.ASKED, member_id)
    with till.book.begin() as write:
        write.add_hold(hold)
        write.add_audit(AuditEntry(now_ms, "hold_asked", session.staff_id, {"hold": hold.hold_id}))
        write.commit()
    till.failpoints.hit(Failpoint.HOLD_AFTER_WRITTEN)
    return Ask(hold, spend.minor)


def ask(link: HeadOfficeLink, asked: Ask) -> HoldAnswer:
    """Ask head office, for at most ASK_TIMEOUT_S. On any thread but the store's."""
    hold = asked.hold
    return link.hold(hold.hold_id, hold.account_id, hold.points, timeout_s=ASK_TIMEOUT_S)


def settle(till: Till, asked: Ask, answer: HoldAnswer) -> Outcome[Spend]:
    """The answer becomes points the cart may pay with, or the hold is released.

    Refusal, when the release is durable: `hold_too_few`, `hold_refused`, `hold_unanswered`.
    """
    till.failpoints.hit(Failpoint.HOLD_AFTER_ANSWER)
    hold = asked.hold
    if answer.outcome is HoldOutcome.HELD:
        with till.book.begin() as write:
            write.move_hold(hold.hold_id, HoldState.HELD)
            write.commit()
        return Outcome(Spend(hold.hold_id, hold.account_id, hold.points, asked.minor), frozenset(), provisional=False)
    give_back(till, hold.hold_id)
    if answer.outcome is HoldOutcome.INSUFFICIENT:
        programme = _programme(till)
        usable, needed = whole(answer.available, programme), whole(hold.points, programme)
        raise Refusal("hold_too_few", usable=usable, needed=needed)
    raise Refusal("hold_refused" if answer.outcome is HoldOutcome.REFUSED else "hold_unanswered")


def give_back(till: Till, hold_id: str) -> Outcome[None]:
    """Points are not spent after all: `hold_released`, durable when it returns. Refusal `hold_gone` when it ended."""
    with till.book.begin() as write:
        _release(till, write, hold_id)
        write.commit()
    till.failpoints.hit(Failpoint.HOLD_AFTER_RELEASE)
    return Outcome(None, frozenset({Topic.PENDING}), provisional=True)


def recover(till: Till) -> int:
    """At start: no cart is open, so every hold left by a crash is released; how many. One transaction."""
    left = till.book.open_holds()
    if left:
        with till.book.begin() as write:
            for hold in left:
                _release(till, write, hold.hold_id)
            write.commit()
    return len(left)


def _release(till: Till, write: Transaction, hold_id: str) -> None:
    write.move_hold(hold_id, HoldState.RELEASED)
    write.append(sealed(till, hold_released_fact(EventId(new_id(till)), till.clock.now_ms(), hold_id), write.head()))


def _priced(till: Till, cart: Cart, points: int) -> Spend:
    """So many whole points as a spend of this cart, checked by the programme, without a hold yet."""
    account_id = check(till, cart)
    programme = _programme(till)
    scaled = points * 10**programme.points_scale
    if scaled <= 0:
        raise Refusal("below_minimum", points=points, least=whole(_redeem(till).min_points, programme))
    limits = room(till, cart)
    if points > limits.balance:
        raise Refusal("insufficient_points", usable=limits.balance, needed=points)
    computed = rules.compute(till, cart.basket, cart.customer, (Tender(TenderKind.POINTS, points=scaled),))
    return Spend("", account_id, scaled, computed.outcome.tenders[0].minor or 0)


def _limit(redeem: Redeem, most: int, balance: int, payable_minor: int) -> Limit:
    """Which limit the most runs into: the first that one more step would break."""
    more = most + redeem.step_points
    if more > balance:
        return Limit.BALANCE
    if redeem.max_points is not None and more > redeem.max_points:
        return Limit.RECEIPT
    return Limit.SHARE if redeem.value(more) > payable_minor * redeem.max_share_percent // 100 else Limit.GOODS


def _redeem(till: Till) -> Redeem:
    redeem = _programme(till).redeem
    if redeem is None:
        raise Refusal("redeem_not_offered")
    return redeem


def _programme(till: Till) -> Programme:
    return till.essentials.programme_at(till.clock.now_ms())
