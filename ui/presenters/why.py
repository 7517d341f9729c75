"""Why these points, of the receipt being built or of the last one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.errors import GuitaiError
from app.ids import EventId
from app.services import why
from app.services.checkout import Cart
from app.services.why import Why
from ui.presenters.base import Desk, Notice, Presenter


@dataclass(frozen=True, slots=True)
class WhyState:
    """`why` None while it is worked out, or when it cannot be (then `notice` says so)."""

    open: bool = False
    why: Why | None = None
    notice: Notice | None = None


class WhyPresenter(Presenter[WhyState]):
    """`left` is told when it closes."""

    def __init__(self, desk: Desk, *, left: Callable[[], None]) -> None:
        super().__init__(WhyState())
        self._desk, self._left = desk, left

    def of_basket(self, cart: Cart) -> None:
        """The receipt being built, as it is now."""
        till = self._desk.till
        self._ask(lambda: why.of_basket(till, cart))

    def of_receipt(self, event_id: EventId) -> None:
        """A receipt of this till."""
        till = self._desk.till
        self._ask(lambda: why.of_receipt(till, event_id))

    def back(self) -> None:
        """Esc."""
        self._become(WhyState())
        self._left()

    def _ask(self, job: Callable[[], Why]) -> None:
        self._become(WhyState(open=True))
        self._desk.tasks.run(job, self._answered, self._refuse)

    def _answered(self, answer: Why) -> None:
        if self.state.open:
            self._become(replace(self.state, why=answer))

    def _refuse(self, error: GuitaiError) -> None:
        self._become(replace(self.state, notice=self._desk.refuse(error)))
