"""The last sale taken back whole: F6 asks, a second F6 does it."""

from __future__ import annotations

from app.domain.money import on_screen
from app.i18n import mark
from app.services import returns
from app.services.returns import Returned
from app.services.till import Outcome
from ui.presenters.base import Desk
from ui.presenters.counter import CounterPresenter
from ui.theme.names import Role


class LastSaleUndo:
    """Its question stands on the counter, where any other key or scan puts it away."""

    def __init__(self, desk: Desk, counter: CounterPresenter) -> None:
        self._desk, self._counter = desk, counter

    def possible(self) -> bool:
        """Nothing is being sold, and the last sale may still be taken back."""
        last = self._counter.last_sale()
        until_ms = last.undo_until_ms if last is not None else None
        return self._counter.state.empty and until_ms is not None and self._desk.clock.now_ms() < until_ms

    def press(self) -> None:
        """Ask; asked already, do it."""
        counter, last = self._counter, self._counter.last_sale()
        if last is None or not self.possible():
            return
        if not counter.state.undoing:
            text = mark(
                "Press F6 again to take the last sale of ¥{amount} back, with its points. Any other key keeps it."
            )
            amount = on_screen(last.summary.payable_minor)
            counter.ask_undo(self._desk.say(text, Role.ATTENTION, amount=amount))
            return
        counter.keep()
        till, session = self._desk.till, self._desk.session()
        self._desk.tasks.run(lambda: returns.undo(till, session), self._undone, counter.refuse)

    def _undone(self, outcome: Outcome[Returned]) -> None:
        self._desk.sounds.ok()
        text = self._desk.speech.tr("Taken back, ¥{amount} to return", amount=on_screen(outcome.value.refund_minor))
        self._desk.toast(text)
        self._desk.changed(outcome.changed)
