"""The UI process: shows the window first, opens the till behind it, and ends everything in order."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, QRect, Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.clock import Clock
from app.errors import GuitaiError
from app.i18n import load as load_words
from app.services.till import Till
from app.workers import Worker
from ui.customer_screen import NONE, CustomerScreen
from ui.input import InputFilter
from ui.preferences import keep_look, load_look
from ui.presenters.base import Speech
from ui.presenters.device_trial import Trials
from ui.presenters.head_office import NOBODY, HeadOffice
from ui.presenters.look import Look, LookPresenter
from ui.presenters.shell import Outside, Shell
from ui.signals import NewsDesk
from ui.sounds import Sounds
from ui.tasks import StoreTasks
from ui.theme.apply import apply_theme
from ui.theme.theme import Theme, first_scale, open_theme
from ui.views.common import Ui
from ui.views.window import TillWindow

TICK_MS = 1000
PAINTED_MS = 50
"""After so long whatever was to be painted is, and modules may load without keeping the painting waiting."""
SIZE_PX = (1366, 768)
NO_SCREEN = "offscreen"
"""Qt's platform that draws without a screen; the size it says it has means nothing."""


def fills(size_px: tuple[int, int], screen: QRect) -> bool:
    """Whether a window that wants `size_px` (width, height) is to take the whole `screen`."""
    return screen.width() <= size_px[0] or screen.height() <= size_px[1]


@dataclass(frozen=True, slots=True)
class Start:
    """What app.wiring gives the UI process.

    `open_till` runs on the store thread (`worker`) while the first frame is painted; a GuitaiError of it is shown on
    the recovery screen, from where it may be called again; the same goes for `load`, what the sign-on can do without,
    called there when the people are on screen. `devices` are started after both.
    `preferences` is the file of the look; its folder exists. `full_screen` False keeps a window of
    `size_px`, or as large as a screen that has no more room. `customer_screen`: ui.customer_screen;
    `customer_language` empty: that of the till.
    """

    open_till: Callable[[], Till]
    worker: Worker
    devices: Trials
    clock: Clock
    resources: Path
    preferences: Path
    version: str
    head_office: HeadOffice = NOBODY
    load: Callable[[], None] = lambda: None
    full_screen: bool = False
    size_px: tuple[int, int] = SIZE_PX
    customer_screen: str = NONE
    customer_language: str = ""


class TillApplication(QObject):
    """Everything of the UI process but the event loop. Main thread."""

    def __init__(self, app: QApplication, start: Start) -> None:
        super().__init__(app)
        self._app, self._start = app, start
        app.setQuitOnLastWindowClosed(False)  # the till's window says when it ends; a new look closes one as well
        self._look = load_look(start.preferences, self._first_look())
        self._speech = Speech(load_words(start.resources / "locale", self._look.language))
        self.sounds = Sounds(start.resources / "sounds", self._look.volume)
        self.tasks = StoreTasks(start.worker)
        outside = Outside(self.tasks, self.sounds, self._speech, start.clock, start.devices, start.head_office)
        self.shell = Shell(outside)
        self.news = NewsDesk(self.shell)
        self.news.raised.connect(self._to_front)
        self.look = LookPresenter(self._look, self._relook)
        self.input = InputFilter(app, start.clock, self.shell.active)
        self.window: TillWindow | None = None
        self.customer: CustomerScreen | None = None
        self._ticker = QTimer(self, interval=TICK_MS)
        self._ticker.timeout.connect(self.shell.tick)
        self._closed = False

    def open(self) -> None:
        """Show the sign-on frame, then open the till behind it."""
        self.window = self._build()
        self.shell.on_open = self._start_devices
        self.shell.load = self._start.load
        self.shell.later = lambda work: QTimer.singleShot(PAINTED_MS, self, work)
        self.shell.start(self._start.open_till)
        self._ticker.start()

    def close(self) -> None:
        """Stop devices, sounds and timers; once. The store thread is the caller's."""
        if self._closed:
            return
        self._closed = True
        self._ticker.stop()
        self.tasks.close()
        self.input.close()
        if self.customer is not None:
            self.customer.hide()
        self._start.devices.close()
        self.sounds.close()

    def show_fault(self) -> None:
        """An error nobody expected: words where somebody works, the rest is in the log."""
        error = GuitaiError("program_fault")
        if self.shell.till is not None:
            self.shell.till.counter.cart.refuse(error)

    def _first_look(self) -> Look:
        screen = self._app.primaryScreen()
        size, width_mm = screen.size(), screen.physicalSize().width()
        return Look(scale_percent=round(100 * first_scale(size.width(), size.height(), width_mm)))

    def _theme(self) -> Theme:
        return open_theme(self._start.resources, self._look.theme, self._look.scale_percent / 100)

    def _build(self) -> TillWindow:
        theme = self._theme()
        apply_theme(self._app, theme)
        window = TillWindow(Ui(theme, self._speech.tr), self.shell, self._look, self._start.version)
        window.look_asked.connect(self._look_asked)
        window.again.connect(lambda: self.shell.start(self._start.open_till))
        window.closed.connect(self._app.quit)
        if self._start.full_screen:
            window.showFullScreen()
        else:
            window.resize(*self._start.size_px)
            self._show_fitting(window)
        window.activateWindow()
        return window

    def _show_fitting(self, window: TillWindow) -> None:
        """As large as the screen where the screen has no more room than the window wants."""
        screen = self._app.primaryScreen().availableGeometry()
        if self._app.platformName() != NO_SCREEN and fills(self._start.size_px, screen):
            window.setGeometry(screen)  # a kiosk has no window manager that would do it
            window.showMaximized()
        else:
            window.show()

    def _look_asked(self, what: str) -> None:
        look = self.look
        {
            "language": look.next_language,
            "theme": look.next_theme,
            "scale": look.next_scale,
            "volume": look.next_volume,
        }[what]()

    def _relook(self, look: Look) -> None:
        before, self._look = self._look, look
        self._speech.tr = load_words(self._start.resources / "locale", look.language)
        if look.volume != before.volume:
            self.sounds.set_volume(look.volume)
            self.sounds.ok()
        QTimer.singleShot(0, self._rebuild)
        try:
            keep_look(self._start.preferences, look)
        except OSError as error:
            logging.getLogger("guitai.ui").warning("look not kept errno=%s", error.errno)

    def _rebuild(self) -> None:
        """New views for the new look; the presenters keep everything. After the event that asked for it."""
        old = self.window
        if old is None:
            return
        size = old.size()
        old.closed.disconnect()
        self.window = self._build()
        if not self._start.full_screen:
            self.window.resize(size)
        old.hide()
        old.deleteLater()
        self._show_customer()

    def _start_devices(self) -> None:
        """The till is open: scanners, printer, wedge. Not before: a scan needs somebody to answer it."""
        self._start.devices.start(self.news)
        self._start.head_office.start(self.news)
        self.input.set_wedge(self._start.devices.wedge())
        if self.shell.till is not None and self._start.customer_screen != NONE:
            self.customer = CustomerScreen(self._app, self._start.customer_screen, self.shell.till.customer)
            self._show_customer()

    def _show_customer(self) -> None:
        """The customer's screen in the till's theme, and in the language of the receipts."""
        if self.customer is not None:
            language = self._start.customer_language or self._look.language
            self.customer.show(Ui(self._theme(), load_words(self._start.resources / "locale", language)))

    def _to_front(self) -> None:
        if self.window is not None:
            self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
            self.window.raise_()
            self.window.activateWindow()


def install_excepthook(till: TillApplication) -> None:
    """Faults end in the log and as a sentence on the screen, never as a stack trace."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        logging.getLogger("guitai.ui").critical("fault", exc_info=(kind, error, trace))
        till.show_fault()

    sys.excepthook = hook


def run(start: Start, argv: Sequence[str] = ()) -> int:
    """The UI process until its window is closed; the exit code. Main thread."""
    app = QApplication.instance() or QApplication(["guitai", *argv])
    if not isinstance(app, QApplication):
        raise RuntimeError("a Qt application without windows is running")
    app.setApplicationName("guitai")
    till = TillApplication(app, start)
    install_excepthook(till)
    # Ctrl-C and a service manager end the till in order, within a tick.
    before = {number: signal.signal(number, lambda *_: app.quit()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        till.open()
        return int(app.exec())
    finally:
        till.close()
        for number, handler in before.items():
            signal.signal(number, handler)
