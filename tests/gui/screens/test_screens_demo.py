"""The demo's control panel on screen: every button does what it says to the simulated devices."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.i18n import ENGLISH
from app.resources import resources
from app.wiring.demo_devices import DemoDevices
from devices.printer.escpos import drawer_pulse
from ui.demo_window import SIZE_PX, PanelStart, run_panel
from ui.presenters.demo_panel import Code, DemoPanelPresenter, Fault
from ui.theme.apply import apply_theme
from ui.theme.theme import open_theme
from ui.views.common import Shown, Ui
from ui.views.demo_panel import DemoPanel

RECEIPT = drawer_pulse(2) + b"\x1b@\x1c&" + "小票\n".encode("gbk") * 60 + b"\x1dVB\x00\x1dr\x01"


class OnScreen:
    """A panel on screen over real simulated devices."""

    def __init__(self, app: QApplication, qtbot: QtBot, folder: Path) -> None:
        self.qtbot, self.devices = qtbot, DemoDevices(folder)
        theme = open_theme(resources())
        apply_theme(app, theme)
        self.presenter = DemoPanelPresenter(self.devices)
        self.panel = DemoPanel(Ui(theme, ENGLISH), self.presenter)
        self.presenter.attach(Shown(self.panel.show_state))
        self.panel.resize(900, 760)
        self.panel.show()

    def line(self, place: int) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.devices.ports[place]), timeout=10)

    def prints(self) -> None:
        with self.line(0) as line:
            line.sendall(RECEIPT)
            assert line.recv(1)
        self.presenter.tick()


@pytest.fixture
def shown(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[OnScreen]:
    made = OnScreen(qapp, qtbot, tmp_path / "out")
    yield made
    made.panel.close()
    made.panel.deleteLater()
    made.devices.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.mark.parametrize("fault", Fault)
def test_each_fault_has_a_button_that_switches_it_on_and_off(shown: OnScreen, fault: Fault) -> None:
    button = shown.panel.faults[fault]
    shown.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.chosen
    assert shown.devices.look().faults == {fault}
    shown.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.chosen
    assert shown.devices.look().faults == frozenset()


def test_paper_grows_at_its_end_and_the_drawer_is_pushed_in(shown: OnScreen) -> None:
    assert not shown.panel.push.isEnabled()
    shown.prints()
    first = shown.panel.paper.height()
    shown.prints()
    assert shown.panel.paper.height() > first
    bar = shown.panel.area.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    assert (shown.panel.drawer.text(), shown.panel.pulses.text()) == ("The drawer is open", "times opened: 2")
    shown.qtbot.mouseClick(shown.panel.push, Qt.MouseButton.LeftButton)
    assert shown.panel.drawer.text() == "The drawer is shut"


@pytest.mark.parametrize("code", Code)
def test_each_code_has_a_button_that_scans_it(shown: OnScreen, code: Code) -> None:
    with shown.line(1) as line, line.makefile("rb") as codes:
        shown.qtbot.mouseClick(shown.panel.codes[code], Qt.MouseButton.LeftButton)
        assert codes.readline().strip().isdigit()


def test_the_pole_display_is_shown_as_it_stands(shown: OnScreen) -> None:
    with shown.line(2) as line:
        line.sendall(b"\x0c\x1bQA" + "合计".encode("gbk") + b"\r\x1bQB12.50\r")

        def both() -> bool:
            shown.presenter.tick()
            return [label.text() for label in shown.panel.pole] == ["合计", "12.50"]

        shown.qtbot.waitUntil(both)


def test_a_centred_word_stands_in_the_middle_of_the_pole(shown: OnScreen) -> None:
    line = shown.panel.pole[1]
    line.setText(" " * 6 + "欢迎光临" + " " * 6)
    words = [place for place, char in line.places() if char != " "]
    assert words[0].left() == line.width() - 1 - words[-1].right()
    assert not line.grab().isNull()


def test_the_panel_fits_a_small_screen_and_cuts_no_word_there(shown: OnScreen) -> None:
    shown.prints()
    shown.panel.resize(*SIZE_PX)
    QApplication.processEvents()
    assert (shown.panel.width(), shown.panel.height()) == SIZE_PX
    for line in shown.panel.pole:
        line.setText("张" * 10)
    QApplication.processEvents()
    for label in (shown.panel.drawer, shown.panel.pulses):
        assert label.width() >= label.fontMetrics().horizontalAdvance(label.text())


def test_the_panel_runs_until_the_till_has_ended(qapp: QApplication, tmp_path: Path) -> None:
    devices = DemoDevices(tmp_path / "out")
    looks = iter((True, True, False))
    run_panel(PanelStart(devices, resources(), "zh_CN", lambda: next(looks)))
    assert next(looks, None) is None
    devices.close()


def test_a_signal_ends_the_panel_and_is_then_whose_it_was(qapp: QApplication, tmp_path: Path) -> None:
    devices, before = DemoDevices(tmp_path / "out"), signal.getsignal(signal.SIGTERM)
    asked: list[bool] = []

    def running() -> bool:
        asked.append(True)
        os.kill(os.getpid(), signal.SIGTERM)
        return True

    keep = QTimer()
    keep.start(50)
    run_panel(PanelStart(devices, resources(), "en", running))
    assert asked
    assert signal.getsignal(signal.SIGTERM) == before
    devices.close()
