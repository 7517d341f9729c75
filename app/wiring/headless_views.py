"""What a headless till is asked and only reads: today's figures, and why a basket or a receipt has its points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.staff import Capability
from app.errors import Refusal
from app.ids import EventId
from app.services import today, why
from app.services.checkout import Cart
from app.services.till import Session, Till
from app.services.why import Why
from app.wiring.headless_shift import approved
from app.wiring.script import Step

Answer = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class HeadlessViews:
    """`on_store` runs a job on the store thread and waits for it."""

    till: Till
    on_store: Callable[[Callable[[], Any]], Any]

    def today(self, step: Step, session: Session) -> Answer:
        """The day so far; `approver` and `approver_pin` for somebody who may not see it alone."""
        till = self.till

        def job() -> today.Today:
            return today.today(till, session, approved(till, session, step, Capability.REPORTS, "report"))

        shown = self.on_store(job)
        figures = shown.figures
        return {
            "business_on": shown.business_on,
            "store": shown.store,
            "sales": figures.sales,
            "net_minor": figures.net_minor,
            "members": figures.members,
            "enrolments": figures.enrolments,
            "points_issued": shown.points_issued,
            "waiting": shown.waiting,
        }

    def why(self, cart: Cart, last: EventId | None) -> Answer:
        """Of the basket; with an empty one of the last receipt."""
        if cart.basket.lines:
            return _told(self.on_store(lambda: why.of_basket(self.till, cart)))
        if last is None:
            raise Refusal("receipt_unknown")
        return _told(self.on_store(lambda: why.of_receipt(self.till, last)))


def _told(shown: Why) -> Answer:
    rules = [
        {"rule": one.rule, "points": one.points, "refused": one.refused.reason.value if one.refused else ""}
        for one in shown.rules
    ]
    return {"points": shown.points, "receipt_no": shown.receipt_no, "rules": rules}
