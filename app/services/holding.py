"""Asking head office to keep something for a sale: points, stored value, one coupon; and giving it back.

A hold is written to till.db before head office is asked and ends by exactly one fact: the sale that uses it, or
`hold_released` (protocol.md, fine print 8). Without a clear answer it is released at once: nothing is taken twice, and
nothing stays away without being listed. `ask` waits for the network and never runs on the store thread.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.events import hold_released_fact
from app.domain.spending import Hold, HoldState
from app.errors import Refusal
from app.failpoints import Failpoint
from app.ids import AccountId, EventId, MemberId
from app.services.ports import AuditEntry, HeadOfficeLink, HoldAnswer, HoldOutcome, Transaction
from app.services.till import Outcome, Session, Till, Topic, new_id, sealed

ASK_TIMEOUT_S = 6.0
"""How long a cashier waits for head office before the right is left alone."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall be kept: an amount of an account, or (`points` 1) the coupon of it."""

    account_id: AccountId
    points: int
    member_id: MemberId | None = None
    coupon_id: str | None = None


@dataclass(frozen=True, slots=True)
class Codes:
    """What to say when head office keeps nothing: not enough there, not given out, no answer."""

    refused: str
    unanswered: str


def begin(till: Till, session: Session, wanted: Wanted) -> Hold:
    """Write down the hold that is about to be asked for; durable when it returns."""
    now_ms = till.clock.now_ms()
    hold = Hold(
        new_id(till),
        wanted.account_id,
        wanted.points,
        now_ms,
        HoldState.ASKED,
        wanted.member_id,
        wanted.coupon_id,
    )
    with till.book.begin() as write:
        write.add_hold(hold)
        write.add_audit(AuditEntry(now_ms, "hold_asked", session.staff_id, {"hold": hold.hold_id}))
        write.commit()
    till.failpoints.hit(Failpoint.HOLD_AFTER_WRITTEN)
    return hold


def ask(link: HeadOfficeLink, hold: Hold) -> HoldAnswer:
    """Ask head office, for at most ASK_TIMEOUT_S. On any thread but the store's."""
    return link.hold(hold, timeout_s=ASK_TIMEOUT_S)


def settle(till: Till, hold: Hold, answer: HoldAnswer, codes: Codes) -> int | None:
    """Take the answer: None when it is held; otherwise it is released, durably, and `codes` say why.

    When there was not enough, what there is comes back instead: the caller says it in its own unit.
    """
    till.failpoints.hit(Failpoint.HOLD_AFTER_ANSWER)
    if answer.outcome is HoldOutcome.HELD:
        with till.book.begin() as write:
            write.move_hold(hold.hold_id, HoldState.HELD)
            write.commit()
        return None
    give_back(till, hold.hold_id)
    if answer.outcome is HoldOutcome.INSUFFICIENT:
        return answer.available
    raise Refusal(codes.refused if answer.outcome is HoldOutcome.REFUSED else codes.unanswered)


def give_back(till: Till, hold_id: str) -> Outcome[None]:
    """It is not used after all: `hold_released`, durable when it returns. Refusal `hold_gone` when it ended."""
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
