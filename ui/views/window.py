"""The till's one window: sign-on, recovery, or the top bar with the screen that is up. Built anew for another look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLayout, QStackedLayout, QWidget

from ui.presenters.keys import Key, Screen
from ui.presenters.look import Look
from ui.presenters.shell import Shell, ShellState
from ui.presenters.toasts import ToastState
from ui.views.common import Shown, Ui
from ui.views.sign_on import SignOnView
from ui.widgets.focus import FocusRing

if TYPE_CHECKING:
    from ui.presenters.open_till import OpenTill
    from ui.views.recovery import RecoveryView
    from ui.views.work import WorkView

KEYS = {
    Qt.Key.Key_F1: Key.F1,
    Qt.Key.Key_F2: Key.F2,
    Qt.Key.Key_F3: Key.F3,
    Qt.Key.Key_F4: Key.F4,
    Qt.Key.Key_F5: Key.F5,
    Qt.Key.Key_F6: Key.F6,
    Qt.Key.Key_F7: Key.F7,
    Qt.Key.Key_F8: Key.F8,
    Qt.Key.Key_F9: Key.F9,
    Qt.Key.Key_F10: Key.F10,
    Qt.Key.Key_F11: Key.F11,
    Qt.Key.Key_F12: Key.F12,
    Qt.Key.Key_Escape: Key.ESC,
    Qt.Key.Key_Return: Key.ENTER,
    Qt.Key.Key_Enter: Key.ENTER,
    Qt.Key.Key_Up: Key.UP,
    Qt.Key.Key_Down: Key.DOWN,
    Qt.Key.Key_Left: Key.LEFT,
    Qt.Key.Key_Right: Key.RIGHT,
    Qt.Key.Key_Question: Key.WHY,
}
SMALLEST = (1024, 768)


class TillWindow(QWidget):
    """Shows the shell. `look_asked(what)`, `again` after a failed start, `closed` when it is closed."""

    look_asked = Signal(str)
    again = Signal()
    closed = Signal()

    def __init__(self, ui: Ui, shell: Shell, look: Look, version: str) -> None:
        super().__init__()
        self._ui, self._shell = ui, shell
        self.setWindowTitle(ui.tr("Guitai"))
        self.setAccessibleName(ui.tr("Guitai"))
        self.setProperty("ground", "base")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._stack = QStackedLayout(self)
        self._stack.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # the screen decides, not the words
        self.sign_on = SignOnView(ui, look, version)
        self.sign_on.look_asked.connect(self.look_asked)
        self._stack.addWidget(self.sign_on)
        self.recovery: RecoveryView | None = None
        self.work: WorkView | None = None
        self._screen: Screen | None = None
        self._silent = look.volume == 0
        self.ring = FocusRing(ui.theme, self)
        self.sign_on.attach(shell.sign_on)
        shell.toasts.attach(Shown(self._toast))
        self._toasts_seen = shell.toasts.state.number
        shell.attach(Shown(self.show_shell))

    def show_shell(self, state: ShellState) -> None:
        """The screen that is up and the frame around it."""
        self.sign_on.show_shell(state)
        till = self._shell.till
        if till is not None and self.work is None:
            self._build_work(till)
        if state.fatal is not None and state.screen is Screen.RECOVERY:
            self._recovery().show_error(state.fatal)
        if self.work is not None:
            self.work.show_shell(state)
        page: QWidget = self.sign_on
        if state.screen is Screen.RECOVERY and self.recovery is not None:
            page = self.recovery
        elif state.screen is not Screen.SIGN_ON and self.work is not None:
            page = self.work
        self._stack.setCurrentWidget(page)
        if state.screen is not self._screen:
            self._screen = state.screen
            self._focus()

    def _build_work(self, till: OpenTill) -> None:
        from ui.views.work import WorkView  # lazy: the sign-on frame is painted without it

        self.work = WorkView(self._ui, till)
        self.work.scan.set_silent(self._silent)
        self.work.pressed.connect(self._pressed)
        self._stack.addWidget(self.work)

    def _recovery(self) -> RecoveryView:
        if self.recovery is None:
            from ui.views.recovery import RecoveryView  # lazy: hardly ever needed

            self.recovery = RecoveryView(self._ui)
            self.recovery.again.connect(self.again)
            self.recovery.leave.connect(self.close)
            self._stack.addWidget(self.recovery)
        return self.recovery

    def _focus(self) -> None:
        if self._screen is Screen.SIGN_ON:
            self.sign_on.setFocus()
        elif self._screen is not Screen.RECOVERY and self.work is not None:
            self.work.focus_screen()

    def _pressed(self, action: str) -> None:
        self._shell.key(Key(action))

    def _toast(self, state: ToastState) -> None:
        if self.work is not None and state.number != self._toasts_seen:
            self._toasts_seen = state.number
            self.work.show_toast(state.text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key nobody took: the shell knows what it means on this screen."""
        key = KEYS.get(Qt.Key(event.key()))
        if key is None or not self._shell.key(key):
            super().keyPressEvent(event)
            if self.work is not None and self._screen is Screen.COUNTER:
                self.work.type_through(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The ring lies over everything."""
        super().resizeEvent(event)
        self.ring.raise_()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The program ends with its window."""
        super().closeEvent(event)
        self.closed.emit()
