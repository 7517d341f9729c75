"""Every device of the till with what it is doing, tried by a person: a test page, a drawer pulse, a test scan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.staff import Approval, Capability
from app.errors import GuitaiError
from app.services import drawer
from ui.presenters.approval import ApprovalPresenter
from ui.presenters.base import Desk, Notice, Presenter
from ui.presenters.device_setup_state import What
from ui.presenters.devices import TYPING_SCANNER, Checked, CheckLevel, DeviceCard, DeviceKind, Devices, Health

TEST_KEY, CHECK_KEY, SETUP_KEY = "t", "c", "s"


@dataclass(frozen=True, slots=True)
class DeviceHealthState:
    """`asked`: a check of the chosen device that is not answered yet. `fresh`: its answer came while this was open."""

    open: bool = False
    devices: tuple[DeviceCard, ...] = ()
    chosen: int = 0
    asked: CheckLevel | None = None
    fresh: bool = False
    notice: Notice | None = None

    @property
    def card(self) -> DeviceCard | None:
        """The chosen device."""
        return self.devices[self.chosen] if self.chosen < len(self.devices) else None


class DeviceHealthPresenter(Presenter[DeviceHealthState]):
    """`left` is told when it closes, `sets_up` what shall be set up.

    While a test scan is awaited, the next scan of any scanner is its answer.
    """

    def __init__(
        self, desk: Desk, devices: Devices, *, left: Callable[[], None], sets_up: Callable[[What], None]
    ) -> None:
        super().__init__(DeviceHealthState())
        self._desk, self._devices, self._left, self._sets_up = desk, devices, left, sets_up
        self._before: Checked | None = None
        self._scan_owed = False
        self.approval = ApprovalPresenter(desk)

    def detach(self) -> None:
        """See Presenter; the approval's sheet goes with the view."""
        super().detach()
        self.approval.detach()

    def open(self, name: str = "") -> None:
        """Show them all, that of the name first."""
        cards = self._devices.cards()
        chosen = next((place for place, card in enumerate(cards) if card.name == name), 0)
        self._become(DeviceHealthState(open=True, devices=cards, chosen=chosen))

    def close(self) -> None:
        """Another screen is up: nothing is awaited any more."""
        self._scan_owed = False
        self.approval.cancel()
        if self.state.open:
            self._become(DeviceHealthState())

    def back(self) -> None:
        """Esc: stop waiting for a test, else leave."""
        if self.state.asked is not None:
            self._scan_owed = False
            self._become(replace(self.state, asked=None))
        else:
            self._left()

    def choose(self, place: int) -> None:
        """Look at another device; what was asked of this one is not waited for."""
        if 0 <= place < len(self.state.devices):
            self._scan_owed = False
            self._become(replace(self.state, chosen=place, asked=None, fresh=False, notice=None))

    def move(self, step: int) -> None:
        """↑ and ↓."""
        self.choose(self.state.chosen + step)

    def char(self, char: str) -> bool:
        """A character of the keyboard; True when it means something here."""
        if self.approval.state.open:
            if char.isdigit() and char.isascii():
                self.approval.digit(char)
            return True
        if char.isdigit() and char.isascii() and char != "0":
            self.choose(int(char) - 1)
            return True
        action = {TEST_KEY: self.test, CHECK_KEY: self.check, SETUP_KEY: self.set_up}.get(char.lower())
        if action is not None:
            action()
        return action is not None

    def test(self) -> None:
        """T: a test page, the drawer, the next scan."""
        card = self.state.card
        if card is None or not card.testable or self.state.asked is not None:
            return
        if card.kind is DeviceKind.DRAWER:
            self._drawer(card.name)
        else:
            self._scan_owed = card.kind is DeviceKind.SCANNER
            self._ask(card.name, CheckLevel.INTERACTIVE)

    def check(self) -> None:
        """C: ask the device how it is."""
        card = self.state.card
        if card is not None and card.health is not Health.NONE and self.state.asked is None:
            self._ask(card.name, CheckLevel.EXTERNAL)

    def set_up(self) -> None:
        """S: look for devices, and set up one of the chosen kind."""
        card = self.state.card
        if card is None or card.kind is not DeviceKind.SCANNER:
            self._sets_up(What.PRINTER)
        else:
            self._sets_up(What.TYPING if card.name == TYPING_SCANNER else What.SCANNER)

    def takes(self, code: str) -> bool:  # noqa: ARG002  its card tells what the scan was
        """Whether a scan answers the test and goes nowhere else."""
        taken, self._scan_owed = self._scan_owed, False
        if taken:
            self._desk.sounds.ok()
        return taken

    def devices_changed(self) -> None:
        """A device has other news than before."""
        if not self.state.open:
            return
        before = self.state.card
        self._become(replace(self.state, devices=self._devices.cards()))
        card = self.state.card
        if card is not None and before is not None and (card.health, card.code) != (before.health, before.code):
            self._become(replace(self.state, fresh=False))  # the answer was of another state
        if self.state.asked is None or card is None or card.checked is None or card.checked is self._before:
            return
        if card.checked.health is not Health.OK:
            self._scan_owed = False  # none came
            self._desk.sounds.refused()
        self._become(replace(self.state, asked=None, fresh=True))

    def _ask(self, name: str, level: CheckLevel) -> None:
        """Ask the device of that name; who looks at another one meanwhile waits for nothing."""
        card = self.state.card
        if card is not None and card.name == name:
            self._before = card.checked
            self._become(replace(self.state, asked=level, fresh=False, notice=None))
        self._devices.check(name, level)
        self.devices_changed()

    def _drawer(self, name: str) -> None:
        """Whoever may not open it without a sale finds somebody who may, as on F8."""
        till, session = self._desk.till, self._desk.session()

        def act(approval: Approval | None) -> None:
            self._desk.tasks.run(
                lambda: drawer.note_no_sale(till, session, approval),
                lambda _: self._ask(name, CheckLevel.INTERACTIVE),
                self._refuse,
            )

        if Capability.NO_SALE in session.may:
            act(None)
        else:
            self.approval.ask(Capability.NO_SALE, drawer.TRIED, act)

    def _refuse(self, error: GuitaiError) -> None:
        self._become(replace(self.state, notice=self._desk.refuse(error)))
