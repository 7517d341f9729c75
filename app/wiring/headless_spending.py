"""The steps of a headless till that spend points or take goods back: redeem, keep_points, return, undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from app.domain.sale import Tender
from app.domain.spending import POINTS_FOLLOW
from app.domain.staff import Capability
from app.errors import Refusal
from app.services import blind_returns, holding, redemption, returns, returns_elsewhere, stored_value, tray
from app.services.checkout import Cart
from app.services.redemption import Room
from app.services.returns import Found, Returned
from app.services.till import Session, Till
from app.services.tray import Tray
from app.wiring.headless_shift import approved
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
            bare = replace(cart, spend=None)
            self.give_back(cart, bare)
            cart = bare
        room: Room = self.on_store(lambda: redemption.room(till, cart))
        points = step.number("points", room.most)
        asked = self.on_store(lambda: redemption.begin(till, session, cart, points))
        answer = holding.ask(till.head_office, asked.hold)
        try:
            return replace(cart, spend=self.on_store(lambda: redemption.settle(till, asked, answer)).value)
        except Refusal:
            till.head_office.release(asked.hold.hold_id)
            raise

    def take(self, step: Step, session: Session, cart: Cart) -> Cart:
        """The cart with the coupon of that id, or the reward of that name, held for it."""
        till, name = self.till, step.text("id")
        begin = tray.begin_reward if step.text("kind") == "reward" else tray.begin_coupon
        asked = self.on_store(lambda: begin(till, session, cart, name))
        answer = holding.ask(till.head_office, asked.hold)
        try:
            taken = self.on_store(lambda: tray.settle(till, asked, answer)).value
        except Refusal:
            till.head_office.release(asked.hold.hold_id)
            raise
        after: Cart = self.on_store(lambda: tray.take(till, cart, taken))
        return after

    def stored_value(self, step: Step, session: Session, cart: Cart) -> Tender:
        """So much stored value of the cart's member, held for the payment."""
        till, minor = self.till, step.number("minor")
        hold = self.on_store(lambda: stored_value.begin(till, session, cart.customer, minor))
        answer = holding.ask(till.head_office, hold)
        try:
            tender: Tender = self.on_store(lambda: stored_value.settle(till, hold, answer)).value
        except Refusal:
            till.head_office.release(hold.hold_id)
            raise
        return tender

    def give_back(self, before: Cart, after: Cart) -> None:
        """End the holds of a cart that the next one does not have."""
        for hold_id in before.hold_ids:
            if hold_id not in after.hold_ids:
                self.on_store(partial(holding.give_back, self.till, hold_id))
                self.till.head_office.release(hold_id)

    def returned(self, step: Step, session: Session) -> Returned:
        """`receipt`: code or number; `lines` `[{"line": 0, "qty": 1}]`, without it everything that is left."""
        till = self.till
        if step.items("typed"):
            return self._blind(step, session)
        found = self._found(step.text("receipt"))
        wanted = _wanted(step, found)
        done: Returned = self.on_store(lambda: returns.confirm(till, session, found, wanted)).value
        return done

    def _blind(self, step: Step, session: Session) -> Returned:
        """Lines typed from the paper, as `2 1 49.90`, of a receipt head office does not answer for."""
        till, wanted = self.till, returns_elsewhere.sought(step.text("receipt"))
        lines = tuple(blind_returns.read_line(str(text)) for text in step.items("typed"))

        def job() -> Returned:
            approval = approved(till, session, step, Capability.BLIND_RETURN, POINTS_FOLLOW)
            if approval is None:
                raise Refusal("approval_needed")
            return blind_returns.confirm(till, session, wanted, lines, approval).value

        done: Returned = self.on_store(job)
        return done

    def _found(self, receipt: str) -> Found:
        till = self.till
        try:
            found: Found = self.on_store(lambda: returns.find(till, receipt))
        except Refusal as error:
            if error.code != "receipt_elsewhere":
                raise
            wanted = returns_elsewhere.sought(receipt)
            answer = returns_elsewhere.ask(till.head_office, wanted)
            found = self.on_store(lambda: returns_elsewhere.found(till, wanted, answer))
        return found

    def undone(self, session: Session) -> Returned:
        """The last sale of the shift, taken back."""
        done: Returned = self.on_store(lambda: returns.undo(self.till, session)).value
        return done


def shown_tray(found: Tray) -> dict[str, object]:
    """What the member has for the cart, for the answer."""
    return {
        "coupons": [
            {"id": one.coupon_id, "fits": one.why is None, "minor": one.minor, "last_on": one.last_on}
            for one in found.coupons
        ],
        "rewards": [
            {"id": one.id, "fits": one.why is None, "minor": one.minor, "points": one.points} for one in found.rewards
        ],
        "stored_minor": found.stored_minor,
    }


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
