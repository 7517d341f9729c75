"""The real window over a till of a million members: opened, signed on, and handed to whoever measures."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app.wiring import till_ui
from tests.support import tills
from ui import application
from ui.presenters.keys import Screen
from ui.views.window import TillWindow

POLL_MS = 5
WAIT_S = 60.0
SCANNER_FILE = "till.toml"


class Counter:
    """What a measurement needs of the open till. Main thread."""

    def __init__(self, till: application.TillApplication, window: TillWindow) -> None:
        self.till = till
        self.window = window

    @property
    def card(self) -> str | None:
        """The card of the customer on screen."""
        opened = self.till.shell.till
        customer = opened.counter.cart.state.cart.customer if opened is not None else None
        return None if customer is None else customer.card

    def pump(self) -> None:
        """Let Qt do the next thing it has to do, waiting for it if need be."""
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


@contextmanager
def remembered() -> Iterator[list[application.TillApplication]]:
    """The applications that open a window meanwhile."""
    opened: list[application.TillApplication] = []
    open_window = application.TillApplication.open

    def remember(till: application.TillApplication) -> None:
        opened.append(till)
        open_window(till)

    setattr(application.TillApplication, "open", remember)  # noqa: B010  a method for the length of a measurement
    try:
        yield opened
    finally:
        setattr(application.TillApplication, "open", open_window)  # noqa: B010


def at_the_counter(folder: Path, scanner: str, measure: Callable[[Counter], None]) -> None:
    """Open the till in its window, sign on, and call `measure` with the idle counter on screen."""
    (folder / SCANNER_FILE).write_text(f'[scanner]\naddress = "{scanner}"\nwedge = false\n', encoding="utf-8")
    failed: list[BaseException] = []
    begun_s = time.monotonic()

    def look() -> None:
        shell = opened[0].shell
        if time.monotonic() - begun_s > WAIT_S:  # a till that does not open must not keep the bench for ever
            timer.stop()
            failed.append(RuntimeError(f"no counter after {WAIT_S:.0f} s: {shell.state.fatal}"))
            QApplication.quit()
        if not shell.sign_on.state.people:
            return
        if shell.state.screen is Screen.SIGN_ON and not shell.sign_on.state.checking and not shell.sign_on.state.pin:
            for digit in tills.PIN:
                shell.sign_on.digit(digit)
            shell.sign_on.enter()
        elif shell.state.screen is Screen.COUNTER:
            timer.stop()
            window = opened[0].window
            assert window is not None
            try:
                measure(Counter(opened[0], window))
            except BaseException as error:  # noqa: BLE001  inside Qt's slot: it is raised again below
                failed.append(error)
            window.close()

    application_ = QApplication.instance() or QApplication(["bench"])
    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(POLL_MS)
    with remembered() as opened:
        till_ui.run(folder)
    sys.excepthook = sys.__excepthook__
    del application_
    if failed:
        raise failed[0]
