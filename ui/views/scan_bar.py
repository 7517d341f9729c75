"""The scan field in the top bar: typing goes to the find presenter, what scans did is shown in it."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from ui.presenters.base import Notice
from ui.presenters.counter_screen import CounterScreen
from ui.presenters.find import FindState
from ui.theme.names import ScanState
from ui.views.common import Ui
from ui.widgets.scan_field import ScanField

SOURCES = ("counter", "pay", "enrol", "redeem", "tray", "top_up", "return")


class Scans(Protocol):
    """What of a screen's state the field shows. A refusal counts `refused` up and has its words in `notice`."""

    @property
    def refused(self) -> int: ...
    @property
    def notice(self) -> Notice | None: ...


class ScanBar(ScanField):
    """`wants_focus` when F2 asked for the keyboard."""

    wants_focus = Signal()

    def __init__(self, ui: Ui) -> None:
        tr = ui.tr
        super().__init__(
            ui.theme,
            hint=tr("Scan, or type phone tail, name, initials"),
            name=tr("Scan or search"),
            keyboard_name=tr("On-screen keys"),
        )
        self._ui = ui
        self._screen: CounterScreen | None = None
        self._seen = dict.fromkeys(SOURCES, (0, 0))
        self._points_at: tuple[str, Notice | None] | None = None  # whose sentence below the field speaks of
        self._focus_asked = 0
        self.edit.installEventFilter(self)

    def attach(self, screen: CounterScreen) -> None:
        """Send typing to this counter."""
        self._screen = screen
        self._focus_asked = screen.find.state.focus
        state = screen.cart.state
        self._seen = {**dict.fromkeys(SOURCES, (0, 0)), "counter": (state.flash, state.refused)}
        self.edited.connect(screen.find.typed)
        self.keyboard_asked.connect(screen.find.toggle_keyboard)
        self.show_find(screen.find.state)

    def show_find(self, state: FindState) -> None:
        """The text as the presenter has it."""
        if state.text != self.text():
            self.edit.setText(state.text)
            self.show_ready()
        self.edit.allow_ime(state.ime)
        self.keyboard.setEnabled(state.enabled)
        self.set_hint(self._hint(state))
        if state.focus != self._focus_asked:
            self._focus_asked = state.focus
            self.wants_focus.emit()

    def _hint(self, state: FindState) -> str:
        tr = self._ui.tr
        if not state.scans:
            return tr("No scan goes to the receipt while a device is set up")
        if state.enabled:
            return tr("Scan, or type phone tail, name, initials")
        return tr("Scans go on; or type a code and press Enter")

    def show_scans(self, source: str, state: Scans, *, flash: int = 0, text: str = "") -> None:
        """Counters of recognised and refused scans of one source; a change is shown once.

        A refusal points at the sentence below, so it is over as soon as that sentence is.
        """
        before = self._seen[source]
        self._seen[source] = (flash, state.refused)
        if state.refused > before[1]:
            self._points_at = (source, state.notice)
            self.show_refused("" if self.text() else self._ui.tr("See the sentence below"))
        elif flash > before[0]:
            self.show_recognised("" if self.text() else text)
        elif self._points_at is not None and self._points_at[0] == source and self._points_at[1] != state.notice:
            self._points_at = None
            if self.state is ScanState.REFUSED:
                self.show_ready()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Characters that mean something else than text never reach the edit."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or self._screen is None:
            return super().eventFilter(watched, event)
        screen, text = self._screen, event.text()
        if event.key() == Qt.Key.Key_Backspace:
            return screen.find.state.enabled and screen.backspace()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not screen.find.state.enabled and self.text():
                screen.find.enter()
                return True
            return False
        return bool(text) and text.isprintable() and screen.char(text)
