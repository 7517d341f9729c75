"""Today: the figures of the day, opened from F8 and read from this till's own data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.staff import Approval
from app.errors import GuitaiError
from app.services import today
from app.services.till import Outcome
from app.services.today import Today
from ui.presenters.base import Desk, Notice, Presenter


@dataclass(frozen=True, slots=True)
class TodayState:
    """`shown` None while it is read."""

    open: bool = False
    shown: Today | None = None
    printing: bool = False
    notice: Notice | None = None


class TodayPresenter(Presenter[TodayState]):
    """`left` is told when it closes."""

    def __init__(self, desk: Desk, *, left: Callable[[], None]) -> None:
        super().__init__(TodayState())
        self._desk, self._left = desk, left

    def open(self, approval: Approval | None = None) -> None:
        """Read the day; `approval` for somebody who may not see it alone."""
        till, session = self._desk.till, self._desk.session()
        self._become(TodayState(open=True))
        self._desk.tasks.run(lambda: today.today(till, session, approval), self._read, self._refuse)

    def char(self, char: str) -> bool:
        """P prints; True when the key means something."""
        if char.lower() != "p":
            return False
        self.print()
        return True

    def print(self) -> None:
        """What is shown goes to the printer, once for each time it is asked."""
        till, session, shown = self._desk.till, self._desk.session(), self.state.shown
        if shown is not None and not self.state.printing:
            self._become(replace(self.state, printing=True, notice=None))
            self._desk.tasks.run(lambda: today.print_today(till, session, shown), self._printed, self._refuse)

    def back(self) -> None:
        """Esc."""
        self._become(TodayState())
        self._left()

    def _read(self, shown: Today) -> None:
        if self.state.open:
            self._become(replace(self.state, shown=shown))

    def _printed(self, outcome: Outcome[int]) -> None:
        self._become(replace(self.state, printing=False))
        self._desk.toast(self._desk.speech.tr("The figures go to the printer"))
        self._desk.changed(outcome.changed)

    def _refuse(self, error: GuitaiError) -> None:
        self._become(replace(self.state, printing=False, notice=self._desk.refuse(error)))
