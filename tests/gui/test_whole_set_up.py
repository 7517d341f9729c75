"""A printer and a scanner set up on the real window by keys alone, a plug pulled in the middle, and used at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.config import DEVICES_FILE
from app.domain.receipt import JobState
from app.wiring import till_ui
from devices.simulated.paper import TextRow
from devices.simulated.printer import SimulatedPrinter
from devices.simulated.scanner import PtyScanner
from tests.gui.test_whole_till import Day, key
from tests.support import tills
from ui import application
from ui.presenters.device_setup_state import Page, SetupState
from ui.presenters.device_trial import Sent
from ui.presenters.keys import Screen
from ui.presenters.open_till import OpenTill


def typed(*keys: Qt.Key | str) -> None:
    """Keys one after another; a text letter by letter."""
    for one in keys:
        for part in one if isinstance(one, str) else (one,):
            key(part)


class SetUp:
    """The window's till, and what its set-up shows."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened: list[application.TillApplication] = []
        open_window = application.TillApplication.open

        def remember(till: application.TillApplication) -> None:
            self.opened.append(till)
            open_window(till)

        monkeypatch.setattr(application.TillApplication, "open", remember)
        self.day = Day(lambda: self.opened[0])

    @property
    def till(self) -> OpenTill:
        till = self.opened[0].shell.till
        assert till is not None
        return till

    @property
    def state(self) -> SetupState:
        return self.till.setup.state

    def at(self, page: Page, *, sent: Sent | None = None, here: bool = True) -> bool:
        """Whether the set-up is there, idle, its device here, and the last sheet or question so."""
        trial = self.state.trial
        right = sent is None or (trial is not None and trial.sent is sent)
        return self.state.page is page and not self.state.busy and trial is not None and trial.here is here and right

    def screen(self, screen: Screen) -> bool:
        return self.opened[0].shell.state.screen is screen

    def sign_on(self) -> None:
        self.day.when(
            "open", lambda: bool(self.opened) and bool(self.opened[0].shell.sign_on.state.people), lambda: None
        )
        self.day.when("pin", lambda: True, lambda: typed(tills.PIN, Qt.Key.Key_Return))
        self.day.when("counter", lambda: self.screen(Screen.COUNTER), lambda: typed(Qt.Key.Key_F12))
        self.day.when("status", lambda: self.screen(Screen.STATUS), lambda: typed("d"))
        self.day.when("devices", lambda: self.screen(Screen.DEVICES), lambda: None)


def test_a_printer_is_set_up_with_its_plug_pulled_and_prints_the_next_receipt(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tills.make(tmp_path / "till")
    (data / "till.toml").write_text("[scanner]\nwedge = false\n")  # these keys come as fast as a scanner's
    printers = [SimulatedPrinter().start()]
    port = printers[0].port
    ours = SetUp(monkeypatch)
    day = ours.day

    def pull() -> None:
        printers.pop().stop()

    def plug_in() -> None:
        printers.append(SimulatedPrinter(port=port).start())

    ours.sign_on()
    day.when("asked", lambda: True, lambda: typed("s"))
    day.when("found", lambda: not ours.state.searching, lambda: typed("a", f"127.0.0.1:{port}", Qt.Key.Key_Return))
    day.when("there", lambda: ours.at(Page.RULER), lambda: typed("p"))
    day.when("ruler", lambda: ours.at(Page.RULER, sent=Sent.DONE), lambda: typed("4"))
    day.when("wrong answer", lambda: ours.state.notice is not None, lambda: typed(Qt.Key.Key_Escape))
    day.when("left", lambda: ours.screen(Screen.DEVICES), lambda: typed("s"))
    day.when("again", lambda: not ours.state.searching, lambda: typed("a", f"127.0.0.1:{port}", Qt.Key.Key_Return))
    day.when("there again", lambda: ours.at(Page.RULER), pull)
    day.when("pulled", lambda: ours.at(Page.RULER, here=False), lambda: typed("p", "3"))
    day.when("not printed", lambda: ours.at(Page.RULER, sent=Sent.HELD, here=False), plug_in)
    day.when("plugged in", lambda: ours.at(Page.RULER), lambda: typed("p"))
    day.when("ruler again", lambda: ours.at(Page.RULER, sent=Sent.DONE), lambda: typed("3", "p"))
    day.when("Chinese", lambda: ours.at(Page.CHINESE, sent=Sent.DONE), lambda: typed("1", "p"))
    day.when("asked it", lambda: ours.at(Page.COMPLETION, sent=Sent.DONE), lambda: typed(Qt.Key.Key_F10, "2"))
    day.when("drawer", lambda: ours.at(Page.KEEP), lambda: typed(Qt.Key.Key_F10))
    day.when("kept", lambda: ours.screen(Screen.DEVICES), lambda: typed(Qt.Key.Key_Escape, Qt.Key.Key_Escape))
    day.when("back", lambda: ours.screen(Screen.COUNTER), lambda: typed("6901234567892", Qt.Key.Key_Return))
    day.when("goods", lambda: ours.till.counter.cart.state.payable, lambda: typed(Qt.Key.Key_F10))
    day.when("payment", lambda: ours.screen(Screen.PAY), lambda: typed(Qt.Key.Key_F10))
    day.when("paper", lambda: ours.till.counter.cart.state.job_state is JobState.CONFIRMED, lambda: None)
    try:
        assert till_ui.run(data, language="zh_CN") == 0
        assert day.stuck == ""
        kept = (data / DEVICES_FILE).read_text(encoding="utf-8")
        assert f'address = "tcp://127.0.0.1:{port}"' in kept
        assert 'profile = "epson-80"' in kept
        lines = [item.text for item in printers[0].paper.items if isinstance(item, TextRow)]
        assert sum(line.startswith("48 ---") for line in lines) == 1
        assert any("小票" in line or "积分" in line for line in lines)
    finally:
        for printer in printers:
            printer.stop()


def test_a_scanner_is_set_up_by_three_scans_and_esc_leaves_the_old_one(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tills.make(tmp_path / "till")
    card = "8800000025093"
    with PtyScanner() as old, PtyScanner() as new:
        (data / "till.toml").write_text(f'[scanner]\naddress = "serial:{old.name}"\nwedge = false\n')
        ours = SetUp(monkeypatch)
        day = ours.day

        def scans() -> int:
            return len(ours.state.trial.scans) if ours.state.trial else 0

        def begin() -> None:
            typed("s")

        def address() -> None:
            typed("a", f"serial:{new.name}", Qt.Key.Key_Return)

        ours.sign_on()
        day.when("scanner", lambda: True, lambda: typed("2", "s"))
        day.when("found", lambda: not ours.state.searching, address)
        day.when("there", lambda: ours.at(Page.SAMPLES), lambda: new.scan(card))
        day.when("one", lambda: scans() == 1, lambda: new.scan("6901234567892"))
        day.when("not alike", lambda: scans() == 2, lambda: typed(Qt.Key.Key_Escape))
        day.when("left", lambda: ours.screen(Screen.DEVICES), lambda: None)
        day.when("old one", lambda: ours.till.devices.state.devices[1].health == "ok", lambda: typed("t"))
        day.when("waits", lambda: ours.till.devices.state.asked is not None, lambda: old.scan(card))
        day.when("test scan", lambda: ours.till.devices.state.fresh, begin)
        day.when("again", lambda: not ours.state.searching, address)
        for count in range(3):
            day.when(
                f"scan {count}", lambda count=count: ours.at(Page.SAMPLES) and scans() == count, lambda: new.scan(card)
            )
        day.when("all", lambda: scans() == 3, lambda: typed(Qt.Key.Key_F10, Qt.Key.Key_F10))
        day.when("kept", lambda: ours.screen(Screen.DEVICES), lambda: None)
        day.when("in use", lambda: ours.till.devices.state.devices[1].health == "ok", lambda: new.scan(card))
        day.when("member", lambda: ours.till.counter.cart.state.cart.customer is not None, lambda: None)
        assert till_ui.run(data, language="en") == 0
        assert day.stuck == ""
        assert f'address = "serial:{new.name}"' in (data / DEVICES_FILE).read_text(encoding="utf-8")
