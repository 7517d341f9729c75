"""The steps of a headless till that spend points or take goods back: redeem, keep_points, return, undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.errors import Refusal
from app.services import redemption, returns
from app.services.checkout import Cart
from app.services.redemption import Room
from app.services.returns import Found, Returned
from app.services.till import Session, Till
from app.wiring.script import Step

OnStore = Callable[[Callable[[], Any]], Any]


@dataclass(frozen=True, slots=True)
class HeadlessSpending:
    """`on_store` runs a job on the store thread; head office is asked on the caller's."""

    till: Till
    on_store: OnStore

    def redeem(self, step: Step, session: Session, cart: Cart) -> Cart:
        """The cart with the points named, or the most, held for it. Refusal as in app.services.redemption."""
        till = self.till
        if cart.spend is not None:
            cart = self.keep(cart)
        room: Room = self.on_store(lambda: redemption.room(till, cart))
        points = step.number("points", room.most)
        asked = self.on_store(lambda: redemption.begin(till, session, cart, points))
        answer = redemption.ask(till.head_office, asked)
        try:
            return replace(cart, spend=self.on_store(lambda: redemption.settle(till, asked, answer)).value)
        except Refusal:
            till.head_office.release(asked.hold.hold_id)
            raise

    def keep(self, cart: Cart) -> Cart:
        """The cart without points; what was held is given back."""
        spend = cart.spend
        if spend is not None:
            self.on_store(lambda: redemption.give_back(self.till, spend.hold_id))
            self.till.head_office.release(spend.hold_id)
        return replace(cart, spend=None)

    def returned(self, step: Step, session: Session) -> Returned:
        """`receipt`: code or number; `lines` `[{"line": 0, "qty": 1}]`, without it everything that is left."""
        till = self.till
        found: Found = self.on_store(lambda: returns.find(till, step.text("receipt")))
        wanted = _wanted(step, found)
        done: Returned = self.on_store(lambda: returns.confirm(till, session, found, wanted)).value
        return done

    def undone(self, session: Session) -> Returned:
        """The last sale of the shift, taken back."""
        done: Returned = self.on_store(lambda: returns.undo(self.till, session)).value
        return done


def told(done: Returned) -> dict[str, object]:
    """A return for the answer."""
    return {
        "done": True,
        "receipt_no": done.receipt_no,
        "event_id": done.event_id,
        "refund_minor": done.refund_minor,
        "points_reversed": done.reversed,
        "points_restored": done.restored,
        "job_id": done.job_id,
    }


def _wanted(step: Step, found: Found) -> Mapping[int, int]:
    left = {number: line.qty - line.returned for number, line in enumerate(found.bought.purchase.lines)}
    if not step.items("lines"):
        return left
    wanted: dict[int, int] = {}
    for one in step.items("lines"):
        if not (isinstance(one, dict) and type(one.get("line")) is int and type(one.get("qty")) is int):
            raise Refusal("return_form", line=step.line)
        if one["line"] < 0 or one["qty"] < 1:
            raise Refusal("return_form", line=step.line)
        wanted[one["line"]] = wanted.get(one["line"], 0) + one["qty"]
    return wanted
