"""A second person agrees at this till: who, their PIN, and then the one action it was asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.staff import PIN_DIGITS_MAX, Approval, Capability
from app.errors import GuitaiError
from app.services import approvals
from app.services.signon import StaffChoice
from ui.presenters.base import Desk, Notice, Presenter
from ui.presenters.keys import Key


@dataclass(frozen=True, slots=True)
class ApprovalState:
    """`length`: digits typed, never which. `people` may approve what is asked; nobody: nobody can."""

    open: bool = False
    capability: Capability = Capability.ADJUST
    people: tuple[StaffChoice, ...] = ()
    chosen: int = 0
    length: int = 0
    checking: bool = False
    notice: Notice | None = None


class ApprovalPresenter(Presenter[ApprovalState]):
    """Asks once for one action; Esc asks nobody any more."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(ApprovalState())
        self._desk = desk
        self._pin, self._reason = "", ""
        self._then: Callable[[Approval], None] = _nothing

    def ask(self, capability: Capability, reason: str, then: Callable[[Approval], None]) -> None:
        """Show who may approve; `then` receives the approval."""
        self._pin, self._reason, self._then = "", reason, then
        self._become(ApprovalState(open=True, capability=capability))
        till, session = self._desk.till, self._desk.session()
        self._desk.tasks.run(lambda: approvals.approvers(till, session, capability), self._listed, self._refuse)

    def actions(self) -> dict[Key, Callable[[], None]]:
        """What the keys mean while it is asked."""
        return {
            Key.ESC: self.cancel,
            Key.ENTER: self.sign,
            Key.F10: self.sign,
            Key.LEFT: lambda: self.choose(self.state.chosen - 1),
            Key.UP: lambda: self.choose(self.state.chosen - 1),
            Key.RIGHT: lambda: self.choose(self.state.chosen + 1),
            Key.DOWN: lambda: self.choose(self.state.chosen + 1),
        }

    def choose(self, place: int) -> None:
        """Another person; what was typed is gone."""
        if 0 <= place < len(self.state.people) and not self.state.checking:
            self._pin = ""
            self._become(replace(self.state, chosen=place, length=0, notice=None))

    def digit(self, digit: str) -> None:
        """One more digit of the PIN."""
        if not self.state.checking and len(self._pin) < PIN_DIGITS_MAX:
            self._pin += digit
            self._become(replace(self.state, length=len(self._pin), notice=None))

    def delete(self) -> None:
        """The last digit again."""
        self._pin = self._pin[:-1]
        self._become(replace(self.state, length=len(self._pin)))

    def sign(self) -> None:
        """Enter: check the PIN of the person chosen."""
        state, pin, reason = self.state, self._pin, self._reason
        if state.checking or not pin or not state.people:
            return
        till, session, by = self._desk.till, self._desk.session(), state.people[state.chosen].staff_id
        self._pin = ""
        self._become(replace(state, checking=True, length=0, notice=None))
        self._desk.tasks.run(
            lambda: approvals.approve(till, session, state.capability, reason, by=by, pin=pin),
            self._approved,
            self._refuse,
        )

    def cancel(self) -> None:
        """Esc: nothing is done."""
        if not self.state.checking:
            self._pin, self._then = "", _nothing
            self._become(ApprovalState())

    def _listed(self, people: tuple[StaffChoice, ...]) -> None:
        self._become(replace(self.state, people=people))

    def _approved(self, approval: Approval) -> None:
        then, self._then = self._then, _nothing
        self._become(ApprovalState())
        then(approval)

    def _refuse(self, error: GuitaiError) -> None:
        self._become(replace(self.state, checking=False, notice=self._desk.refuse(error)))


def _nothing(_approval: Approval) -> None:
    """Nobody asked."""
