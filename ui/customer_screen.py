"""Where the customer's window stands: on the second monitor, or in a window where there is only one. UI thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QApplication

from ui.presenters.customer import CustomerPresenter
from ui.views.common import Shown, Ui
from ui.views.customer import CustomerWindow

NONE, SECOND, WINDOW = "none", "second", "window"
SIZE_PX = (1024, 600)
S = TypeVar("S")


def second_of(screens: Sequence[S], primary: S) -> S | None:
    """The monitor the cashier does not look at; the first of several."""
    return next((screen for screen in screens if screen is not primary), None)


class CustomerScreen(QObject):
    """Keeps the window on its monitor while monitors come and go. `mode` as the set-up says (`display.screen`)."""

    def __init__(self, app: QApplication, mode: str, presenter: CustomerPresenter) -> None:
        super().__init__(app)
        self._app, self._mode, self._presenter = app, mode, presenter
        self._ui: Ui | None = None
        self.window: CustomerWindow | None = None
        app.screenAdded.connect(self._screens_changed)
        app.screenRemoved.connect(self._screens_changed)

    def show(self, ui: Ui) -> None:
        """Build the window in this look, in place of any before; nothing where it has no monitor to stand on."""
        self.hide()
        self._ui = ui
        second = second_of(self._app.screens(), self._app.primaryScreen())
        if self._mode == NONE or (second is None and self._mode != WINDOW):
            return
        self.window = window = CustomerWindow(ui)
        window.rated.connect(self._presenter.rate)
        window.answered.connect(self._presenter.answer)
        self._presenter.attach(Shown(window.show_state))
        self._stand(window, second)

    def hide(self) -> None:
        """No window any more."""
        window, self.window = self.window, None
        if window is not None:
            self._presenter.detach()
            window.close()
            window.deleteLater()

    def _stand(self, window: CustomerWindow, second: QScreen | None) -> None:
        if second is None:
            window.setWindowFlag(Qt.WindowType.WindowStaysOnBottomHint)  # never over what the cashier works with
            room = self._app.primaryScreen().availableGeometry()
            area = QRect(QPoint(0, 0), QSize(*SIZE_PX).boundedTo(room.size()))
            area.moveBottomRight(room.bottomRight())
            window.setGeometry(area)
            window.show()
            return
        window.setGeometry(second.geometry())
        window.setWindowState(Qt.WindowState.WindowFullScreen)  # showFullScreen would ask for the keyboard
        window.show()

    def _screens_changed(self, _screen: QScreen) -> None:
        if self._ui is not None and not QGuiApplication.closingDown():
            self.show(self._ui)
