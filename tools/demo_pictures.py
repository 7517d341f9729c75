"""`make demo`, after its day: the till's window drawn offscreen on the demo's files, and its receipts as PDF.

`python -m tools.demo_pictures CHAIN_FOLDER OUTPUT_FOLDER`. Real window and files, head office and a printer beside it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.clock import SystemClock
from app.domain.receipt import from_json
from app.resources import resources
from app.services.demo_members import card_number
from app.services.demo_products import demo_products
from app.store import connect, keys
from app.store.connect import TILL
from app.store.folder import TILL_FILE
from app.version import VERSION
from app.wiring.chain_here import HeadOfficeProcess
from app.wiring.demo import DEMO_PIN, PEOPLE
from app.wiring.demo_chain import DemoChain
from app.wiring.till import read_config
from app.wiring.till_ui import LOOK_FILE, UiTill, WindowDevices, prefer
from app.wiring.window_sync import WindowHeadOffice
from devices.simulated.printer import SimulatedPrinter
from ui.application import Start, TillApplication
from ui.documents.paper_file import write_pdf
from ui.presenters.keys import Screen
from ui.theme.theme import open_theme

SIZE = (1366, 768)
POLL_MS = 25
POLLS_MAX = 2_400
COLUMNS = 48
PAPER_MM, EDGE_MM = 80.0, 4.0
DOTS_PER_INCH = 600
MM_PER_INCH = 25.4


class Pictures:
    """Steps at the window, each when its condition holds; a picture after some of them."""

    def __init__(self, till: TillApplication, output: Path) -> None:
        self._till, self._output = till, output
        self._steps: list[tuple[str, Callable[[], bool], Callable[[], None]]] = []
        self._polls = 0
        self.stuck = ""
        self._last = QImage()
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)

    def when(self, name: str, holds: Callable[[], bool], act: Callable[[], None]) -> None:
        self._steps.append((name, holds, act))

    def begin(self) -> None:
        self._timer.start(POLL_MS)

    def calm(self) -> bool:
        """Whether the window looks as it did at the last look."""
        window, before = self._till.window, self._last
        if window is not None:
            self._last = window.grab().toImage()
        return before == self._last

    def take(self, name: str) -> None:
        """A picture of the window as it stands."""
        window = self._till.window
        if window is not None:
            window.grab().save(str(self._output / f"screen-{name}.png"))

    def _look(self) -> None:
        self._polls += 1
        name, holds, act = self._steps[0]
        if holds():
            self._steps.pop(0)
            act()
        elif self._polls > POLLS_MAX:
            self.stuck = name
            self._steps.clear()
        if not self._steps:
            self._timer.stop()
            if self._till.window is not None:
                self._till.window.close()


def press(*wanted: Qt.Key) -> None:
    """Keys where the focus is."""
    for one in wanted:
        target = QApplication.focusWidget() or QApplication.activeWindow()
        if target is not None:
            QTest.keyClick(target, one)


def screens(folder: Path, output: Path) -> str:
    """Sign on, identify the member of the pictures, a basket, payment; the name of the step that hung, or nothing."""
    app = QApplication(["guitai"])
    config = read_config(folder, os.environ)
    till = UiTill(folder, config, SystemClock())
    till.lock()
    prefer(folder / LOOK_FILE, config, language="zh_CN", theme="light")
    start = Start(
        open_till=till.open,
        worker=till.store,
        devices=WindowDevices(till, folder),
        clock=SystemClock(),
        resources=resources(),
        preferences=folder / LOOK_FILE,
        version=VERSION,
        head_office=WindowHeadOffice(lambda: till.sync),
    )
    window = TillApplication(app, start)
    try:
        window.open()
        if window.window is not None:
            window.window.resize(*SIZE)
        day = Pictures(window, output)
        _day(day, window, lambda: till.sync is not None and till.sync.news.status.get("phase") == "idle")
        day.begin()
        app.exec()
        return day.stuck
    finally:
        window.close()
        till.close()


def _day(day: Pictures, window: TillApplication, online: Callable[[], bool]) -> None:
    shell = window.shell

    def on(screen: Screen) -> Callable[[], bool]:
        return lambda: shell.state.screen is screen

    def typed(code: str) -> None:
        """As fast as a keyboard scanner types."""
        press(*(Qt.Key(ord(one)) for one in code), Qt.Key.Key_Return)

    def signed_on() -> None:  # digit by digit: a burst of keys is a scan
        people = [one.staff_no for one in shell.sign_on.state.people]
        shell.sign_on.choose(people.index(PEOPLE[0][0]))
        for digit in DEMO_PIN:
            shell.sign_on.digit(digit)
        shell.sign_on.enter()

    def lines(count: int) -> Callable[[], bool]:
        return lambda: shell.till is not None and len(shell.till.counter.cart.state.cart.basket.lines) == count

    def named() -> bool:
        return shell.till is not None and shell.till.counter.cart.state.cart.customer is not None

    day.when("open", lambda: bool(shell.sign_on.state.people), lambda: day.take("1-sign-on"))
    day.when("pin", lambda: True, signed_on)
    day.when("counter", on(Screen.COUNTER), lambda: None)
    day.when("head office", online, lambda: None)
    day.when("calm", day.calm, lambda: day.take("2-counter"))
    day.when("card", lambda: True, lambda: typed(card_number(0)))
    day.when("member", named, lambda: day.take("3-member"))
    for count, one in enumerate(demo_products()[:3]):
        day.when(f"line {count}", lines(count), lambda code=one.barcodes[0]: typed(code))  # type: ignore[misc] # bound now
    day.when("basket", lines(3), lambda: day.take("4-basket"))
    day.when("payment", lambda: True, lambda: press(Qt.Key.Key_F10))
    day.when("pay", on(Screen.PAY), lambda: day.take("5-payment"))
    day.when("back", lambda: True, lambda: press(Qt.Key.Key_Escape))
    day.when("counter again", on(Screen.COUNTER), lambda: None)


def receipts(folder: Path, output: Path) -> int:
    """Every receipt the till has printed as a PDF of its own size; how many."""
    theme = open_theme(resources())
    db = connect.connect(folder / TILL_FILE, keys.load(folder, os.environ).key(TILL_FILE), TILL)
    try:
        models = [str(row[0]) for row in db.execute("SELECT model FROM print_job ORDER BY job_id")]
    finally:
        db.close()
    for number, model in enumerate(models, start=1):
        file = output / f"receipt-{number:04d}.pdf"
        write_pdf(from_json(model), file, columns=COLUMNS, font=theme.mono_font(16))
    return len(models)


def main(arguments: list[str]) -> int:
    chain, output = DemoChain(Path(arguments[0]).absolute()), Path(arguments[1])
    output.mkdir(parents=True, exist_ok=True)
    printer = SimulatedPrinter().start()
    office = HeadOfficeProcess(chain.head_office, chain.port)
    try:
        (chain.till / "till.toml").write_text(f'[printer]\naddress = "tcp://127.0.0.1:{printer.port}"\n')
        stuck = screens(chain.till, output)
    finally:
        office.stop()
        printer.stop()
    made = receipts(chain.till, output)
    print(f"{len(list(output.glob('screen-*.png')))} screenshots, {made} receipts as PDF in {output}")
    if stuck:
        print(f"The window stood still at: {stuck}", file=sys.stderr)
    return 1 if stuck else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
