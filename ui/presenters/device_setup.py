"""Setting up a device step by step: find it, try it, answer what came out, keep it. Left early, nothing has changed.

Everything that waits for a device runs away from the UI thread; the screens follow `Devices.trial`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from app.errors import GuitaiError
from ui.presenters.base import Desk, Notice, Presenter
from ui.presenters.device_setup_state import COLUMNS, DOTS, KINDS, OFF, TEXT, Answers, Page, SetupState, What
from ui.presenters.device_trial import Completion, FoundDevice, Sent, Sheet, Trials
from ui.theme.names import Role

DO_KEY, AGAIN_KEY, SEARCH_KEY, NONE_KEY = "p", "a", "s", "0"
PORT_DEFAULT = 9100
PROFILES = {
    (32, Completion.ID): "epson-58",
    (42, Completion.ID): "epson-76",
    (48, Completion.ID): "epson-80",
    (32, Completion.PAPER): "escpos-58",
    (42, Completion.PAPER): "escpos-76",
    (48, Completion.PAPER): "escpos-80",
    (32, Completion.NONE): "one-way-58",
    (42, Completion.NONE): "one-way-76",
    (48, Completion.NONE): "one-way-80",
}
_HOST = re.compile(r"(?P<host>[0-9A-Za-z.-]+\.[0-9A-Za-z.-]+|localhost)(?::(?P<port>[0-9]+))?")


def as_address(typed: str) -> str:
    """An address as devices.toml wants it: a bare host is a network address, of a printer's usual port."""
    found = _HOST.fullmatch(typed.strip())
    return f"tcp://{found['host']}:{found['port'] or PORT_DEFAULT}" if found else typed.strip()


class DeviceSetupPresenter(Presenter[SetupState]):
    """`left(name)` is told when it is over, with the device it was about. UI thread."""

    def __init__(self, desk: Desk, devices: Trials, *, left: Callable[[str], None]) -> None:
        super().__init__(SetupState())
        self._desk, self._devices, self._left = desk, devices, left

    def open(self, what: What) -> None:
        """Begin: look for what is plugged in."""
        self._become(SetupState(open=True, what=what))
        self.search()

    def close(self) -> None:
        """Another screen is up: as it was before."""
        if self.state.open:
            self._become(SetupState())
            self._desk.tasks.away(self._devices.end_trial, _nothing, self._unheard)

    def cancel(self) -> None:
        """Esc: leave everything as it was."""
        if not self.state.busy:
            what = self.state.what
            self.close()
            self._left(_NAMES[what])

    def choose(self, what: What) -> None:
        """Set up another kind of device; only before one is being tried."""
        if self.state.page is Page.FIND and not self.state.busy:
            self._become(replace(self.state, what=what, notice=None))

    def move(self, step: int) -> None:
        """↑ and ↓: the kind before or after."""
        kinds = tuple(What)
        place = kinds.index(self.state.what) + step
        if 0 <= place < len(kinds):
            self.choose(kinds[place])

    def search(self) -> None:
        """S: what is plugged in now."""
        if self.state.open and self.state.page is Page.FIND and not self.state.searching:
            self._become(replace(self.state, searching=True))
            self._desk.tasks.away(self._devices.search, self._found, self._not_found)

    def typed(self, address: str) -> None:
        """An address instead of something found."""
        self._become(replace(self.state, address=address, notice=None))

    def char(self, char: str) -> bool:
        """A character of the keyboard; True when it means something on this step."""
        if char.isdigit() and char.isascii():
            if char == NONE_KEY:
                self.remove()
            else:
                self.answer(int(char))
            return True
        action = {DO_KEY: self.do, AGAIN_KEY: self.again, SEARCH_KEY: self.search}.get(char.lower())
        if action is not None:
            action()
        return action is not None

    def answer(self, number: int) -> None:
        """A digit: the device with that number, or that answer to what is asked."""
        state, page = self.state, self.state.page
        if state.busy:
            return
        if page is Page.FIND:
            if number <= len(state.offered):
                self._begin(state.offered[number - 1].address)
        elif page is Page.RULER and state.printed:
            self._answer_ruler(number)
        elif page is Page.CHINESE and state.printed:
            self._answer_chinese(number)
        elif page is Page.DRAWER and number <= 2:
            self._answered(replace(state.answers, drawer=number == 1))

    def remove(self) -> None:
        """0: there is no such device at this till."""
        if self.state.page is Page.FIND and not self.state.busy:
            self._become(replace(self.state, without=True, page=Page.KEEP, notice=None))

    def do(self) -> None:
        """P: print the sheet of this step, or ask the printer."""
        trial, page = self.state.trial, self.state.page
        if trial is None or trial.sent is Sent.GOING:
            return
        if page is Page.RULER:
            self._devices.try_sheet(Sheet.RULER, 0)
        elif page is Page.CHINESE:
            self._devices.try_sheet(Sheet.CHINESE, self.state.answers.columns)
        elif page is Page.COMPLETION:
            self._devices.try_probe()
        self.devices_changed()

    def again(self) -> None:
        """A: forget the samples and scan anew."""
        if self.state.page is Page.SAMPLES:
            self._devices.try_again()
            self.devices_changed()

    def next(self) -> None:
        """F10 or Enter: on to the next step, at the last one keep it."""
        state = self.state
        if not state.may_go_on:
            return
        if state.page is Page.FIND:
            self._begin("" if state.what is What.TYPING else as_address(state.address))
        elif state.page is Page.KEEP:
            self._keep()
        else:
            self._go(1)

    def step_back(self) -> None:
        """←: to the step before; the first ends the trial."""
        state = self.state
        if state.busy or state.page is Page.FIND:
            return
        self._go(-1)
        if self.state.page is Page.FIND:
            self._become(replace(self.state, busy=True, trial=None, answers=Answers(), without=False))
            self._desk.tasks.away(self._devices.end_trial, self._ended, self._refuse)

    def takes(self) -> bool:
        """Whether a scan of another scanner is for nobody: always while this is open, in words."""
        self._desk.sounds.refused()
        self._say(
            self._desk.say(
                "A scan came from a scanner that is in use; it was not taken. Finish or press Esc, then scan again",
                Role.ATTENTION,
            )
        )
        return True

    def devices_changed(self) -> None:
        """The device on trial has other news."""
        before, now = self.state.trial, self._devices.trial()
        if self.state.open and before is not None and now is not None and now != before:
            if len(now.scans) > len(before.scans):
                (self._desk.sounds.ok if now.alike else self._desk.sounds.refused)()
            self._become(replace(self.state, trial=now, notice=None))

    def changes(self) -> Mapping[str, str | int | bool]:
        """What would be kept."""
        state = self.state
        trial, answers = state.trial, state.answers
        if state.without:
            return OFF[state.what]
        if trial is None:
            return {}
        if state.what is What.TYPING:
            return {"scanner.wedge": True, **(trial.settings or {})}
        if state.what is What.SCANNER:
            return {"scanner.address": trial.address}
        return {
            "printer.address": trial.address,
            "printer.profile": PROFILES[answers.columns, trial.completion or Completion.NONE],
            "printer.chinese": answers.chinese,
            "drawer.kick": bool(answers.drawer),
        }

    def _answer_ruler(self, number: int) -> None:
        if number <= len(COLUMNS):
            self._answered(replace(self.state.answers, columns=COLUMNS[number - 1]))
        elif number == len(COLUMNS) + 1:
            self._say(
                self._desk.say(
                    "None of them fits. Is it a receipt printer for ESC/POS, and is the paper in straight?",
                    Role.ATTENTION,
                )
            )

    def _answer_chinese(self, number: int) -> None:
        if number <= 2:
            self._answered(replace(self.state.answers, chinese=(TEXT, DOTS)[number - 1]))
        elif number == 3:
            self._say(
                self._desk.say(
                    "Then this printer prints no Chinese. Try another one, or choose A and have receipts in English",
                    Role.ATTENTION,
                )
            )

    def _answered(self, answers: Answers) -> None:
        self._become(replace(self.state, answers=answers, notice=None))
        self._go(1)

    def _go(self, step: int) -> None:
        pages = self.state.pages
        place = pages.index(self.state.page) + step
        self._become(replace(self.state, page=pages[place], notice=None))

    def _begin(self, address: str) -> None:
        kind = KINDS[self.state.what]
        self._become(replace(self.state, busy=True, notice=None))
        self._desk.tasks.away(lambda: self._devices.begin_trial(kind, address), self._begun, self._refuse)

    def _begun(self, _done: None) -> None:
        if self.state.open:
            self._become(replace(self.state, busy=False, trial=self._devices.trial(), answers=Answers()))
            self._go(1)
        else:
            self._desk.tasks.away(self._devices.end_trial, _nothing, self._unheard)

    def _keep(self) -> None:
        changes, name = self.changes(), _NAMES[self.state.what]
        self._become(replace(self.state, busy=True, notice=None))

        def kept(_done: None) -> None:
            if self.state.open:
                self._become(SetupState())
                self._desk.toast(self._desk.speech.tr("Kept. It is in use from now on"))
                self._left(name)

        self._desk.tasks.away(lambda: self._devices.keep(changes), kept, self._refuse)

    def _ended(self, _done: None) -> None:
        self._become(replace(self.state, busy=False))

    def _found(self, found: tuple[FoundDevice, ...]) -> None:
        if self.state.open:
            self._become(replace(self.state, searching=False, found=found))

    def _not_found(self, error: GuitaiError) -> None:
        if self.state.open:
            self._become(replace(self.state, searching=False, notice=self._desk.refuse(error)))

    def _say(self, notice: Notice) -> None:
        self._become(replace(self.state, notice=notice))

    def _refuse(self, error: GuitaiError) -> None:
        if self.state.open:
            self._become(replace(self.state, busy=False, notice=self._desk.refuse(error)))

    def _unheard(self, error: GuitaiError) -> None:
        """It is closed: the status screen says how the devices are."""


_NAMES: Mapping[What, str] = {What.PRINTER: "printer", What.SCANNER: "scanner", What.TYPING: "wedge"}


def _nothing(_done: None) -> None:
    """Nobody waits."""
