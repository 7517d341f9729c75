"""The UI process without its event loop: start, look, devices, wedge, faults, second start."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.clock import ManualClock
from app.domain.card import CardScheme
from app.domain.receipt import JobState
from app.errors import GuitaiError, StoreError
from app.resources import resources
from app.services.till import Till
from app.workers import Worker
from devices.events import DataEvent, DeviceEvent
from devices.scanner.wedge import WedgeScanner
from tests.support.demo_people import DEMO_PIN
from tests.support.fakes import FakeTill, fake_till
from tests.support.stage import StageDevices
from ui.application import Start, TillApplication, install_excepthook, run
from ui.input import InputFilter
from ui.preferences import keep_look, load_look
from ui.presenters.devices import Wedge
from ui.presenters.keys import Screen
from ui.presenters.look import Look
from ui.presenters.shell import IDLE_LOCK_S
from ui.tasks import StoreTasks


class Process:
    """A UI process over a fake till, its store thread real."""

    def __init__(self, app: QApplication, qtbot: QtBot, folder: Path, customer_screen: str = "none") -> None:
        self.fake: FakeTill = fake_till()
        self.devices = StageDevices()
        self.worker = Worker("store")
        self.look_file = folder / "look.json"
        self.failure: StoreError | None = None
        self.start = Start(
            open_till=self._open,
            worker=self.worker,
            devices=self.devices,
            clock=self.fake.clock,
            resources=resources(),
            preferences=self.look_file,
            version="0.1.0",
            customer_screen=customer_screen,
        )
        keep_look(self.look_file, Look("en", volume=0))
        self.till = TillApplication(app, self.start)
        self._qtbot = qtbot

    def _open(self) -> Till:
        if self.failure is not None:
            raise self.failure
        return self.fake.till

    def until(self, holds: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(holds, timeout=30_000)

    def open(self) -> Process:
        self.till.open()
        self.until(lambda: bool(self.till.shell.sign_on.state.people))
        return self

    def sign_on(self) -> Process:
        for digit in DEMO_PIN:
            self.till.shell.sign_on.digit(digit)
        self.till.shell.sign_on.enter()
        self.until(lambda: self.till.shell.state.screen is Screen.COUNTER)
        return self

    @property
    def units(self) -> int:
        assert self.till.shell.till is not None
        return self.till.shell.till.counter.cart.state.cart.basket.units

    def close(self) -> None:
        window = self.till.window
        self.till.close()
        self.till.close()
        if window is not None:
            window.close()
            window.deleteLater()
        self.worker.close()
        self.till.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def process(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Process]:
    made = Process(qapp, qtbot, tmp_path)
    yield made
    made.close()


def test_the_window_is_up_before_the_files_and_devices_start_after_them(process: Process) -> None:
    process.till.open()
    assert process.till.window is not None
    assert process.till.window.isVisible()
    assert process.devices.listener is None
    process.until(lambda: process.devices.listener is not None)
    assert process.till.shell.state.place is not None


@pytest.mark.qt_log_ignore("does not support raise")
def test_a_scan_from_a_device_thread_reaches_the_receipt(process: Process) -> None:
    process.open().sign_on()
    listener = process.devices.listener
    assert listener is not None
    other = Worker("scanner")
    code = process.fake.essentials.products[0].barcodes[0]
    other.submit(lambda: listener.scanned(code)).result()
    process.until(lambda: process.units == 1)
    other.submit(lambda: listener.job_changed(1, JobState.SENT)).result()
    other.submit(listener.devices_changed).result()
    other.submit(listener.raise_window).result()
    process.until(lambda: process.till.window is not None and process.till.window.isVisible())
    other.close()


def test_a_switch_of_language_theme_and_size_builds_new_screens_and_is_kept(process: Process) -> None:
    process.open().sign_on()
    listener = process.devices.listener
    assert listener is not None
    listener.scanned(process.fake.essentials.products[0].barcodes[0])
    process.until(lambda: process.units == 1)
    process.till.shell.lock()
    first = process.till.window
    assert first is not None
    for what in ("language", "theme", "scale"):
        first.look_asked.emit(what)
    process.until(lambda: process.till.window is not first)
    assert process.till.window is not None
    assert process.till.window.sign_on.title.text() == "已锁定"
    assert load_look(process.look_file, Look()) == Look("zh_CN", "dark", 125, 0)
    process.sign_on()
    assert process.units == 1


def test_the_customers_window_opens_behind_the_till_follows_its_look_and_ends_with_it(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    process = Process(qapp, qtbot, tmp_path, "window")
    try:
        process.open().sign_on()
        customer = process.till.customer
        assert customer is not None
        first = customer.window
        assert first is not None
        assert first.isVisible()
        process.until(lambda: first.stack.currentWidget() is first.welcome)
        process.till.shell.lock()
        assert process.till.window is not None
        process.till.window.look_asked.emit("language")
        process.until(lambda: customer.window is not first)
        assert customer.window is not None
        assert customer.window.windowTitle() == "顾客屏"
    finally:
        process.close()
    assert customer.window is None


def test_a_customer_who_touches_their_screen_does_not_keep_the_till_unlocked(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    process = Process(qapp, qtbot, tmp_path, "window")
    try:
        process.open().sign_on()
        process.fake.clock.advance_s(IDLE_LOCK_S)
        assert process.till.customer is not None
        assert process.till.customer.window is not None
        qtbot.mouseClick(process.till.customer.window, Qt.MouseButton.LeftButton)
        process.till.shell.tick()
        assert process.till.shell.state.screen is Screen.SIGN_ON
    finally:
        process.close()


def test_a_look_that_cannot_be_kept_is_used_all_the_same(process: Process, tmp_path: Path) -> None:
    process.open()
    process.look_file.unlink()
    process.look_file.mkdir()
    process.till.look.next_theme()
    assert process.till.look.state.theme == "dark"


def test_a_failed_start_is_said_and_tried_again_from_the_screen(process: Process) -> None:
    process.failure = StoreError("till_in_use")
    process.till.open()
    process.until(lambda: process.till.shell.state.screen is Screen.RECOVERY)
    window = process.till.window
    assert window is not None
    assert window.recovery is not None
    process.failure = None
    window.recovery.retry.click()
    process.until(lambda: bool(process.till.shell.sign_on.state.people))


def test_a_fault_becomes_a_sentence_and_never_a_stack_trace(
    process: Process, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    install_excepthook(process.till)
    sys.excepthook(ValueError, ValueError("x"), None)
    process.open().sign_on()
    sys.excepthook(ValueError, ValueError("x"), None)
    assert process.till.shell.till is not None
    notice = process.till.shell.till.counter.cart.state.notice
    assert notice is not None
    assert "(B-90)" in notice.text
    assert "ValueError" not in notice.text
    assert [record.name for record in caplog.records] == ["guitai.ui", "guitai.ui"]


def test_run_ends_with_the_window(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    process = Process(qapp, qtbot, tmp_path)
    hook = sys.excepthook

    class Closing(StageDevices):
        """Closes the window as soon as devices may start."""

        def start(self, listener: object) -> None:
            for window in qapp.topLevelWidgets():
                if window.isVisible():
                    window.close()

    devices = Closing()
    start = Start(
        open_till=lambda: process.fake.till,
        worker=process.worker,
        devices=devices,
        clock=process.fake.clock,
        resources=resources(),
        preferences=process.look_file,
        version="0.1.0",
    )
    try:
        assert run(start) == 0
    finally:
        sys.excepthook = hook
        process.close()
    assert devices.closed


# ---- the way off the UI thread


def test_a_job_that_fails_for_no_known_reason_is_logged_and_refused_as_a_fault(
    qapp: QApplication, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    worker = Worker("store")
    tasks = StoreTasks(worker)
    refused: list[GuitaiError] = []

    def broken() -> None:
        raise ValueError("x")

    tasks.run(broken, lambda _none: None, refused.append)
    qtbot.waitUntil(lambda: bool(refused))
    assert refused[0].code == "program_fault"
    assert caplog.records
    worker.close()


def test_answers_after_the_end_reach_nobody(qapp: QApplication, qtbot: QtBot) -> None:
    worker = Worker("store")
    tasks = StoreTasks(worker)
    heard: list[int] = []
    tasks.run(lambda: 1, heard.append, lambda _error: None)
    tasks.close()
    worker.close()
    QApplication.processEvents()
    assert heard == []


# ---- the wedge


class Wedged:
    """A line edit behind the filter, with the real wedge machine."""

    def __init__(self, app: QApplication, qtbot: QtBot) -> None:
        self.clock = ManualClock(0)
        self.heard: list[str] = []
        self.active = 0
        self.filter = InputFilter(app, self.clock, self._active)
        wedge: Wedge = WedgeScanner[object]("wedge", CardScheme(), emit=self._emit, clock=self.clock)
        self.filter.set_wedge(wedge)
        self.edit = QLineEdit()
        qtbot.addWidget(self.edit)
        self.edit.show()
        self.edit.activateWindow()
        self.edit.setFocus()
        qtbot.waitUntil(lambda: app.focusWidget() is self.edit)

    def _active(self) -> None:
        self.active += 1

    def _emit(self, event: DeviceEvent) -> None:
        assert isinstance(event, DataEvent)
        self.heard.append(event.text)

    def type(self, text: str, gap_s: float) -> None:
        for char in text:
            self.clock.advance_s(gap_s)
            key = Qt.Key.Key_Return if char == "\r" else Qt.Key(ord(char.upper()))
            QApplication.sendEvent(self.edit, QKeyEvent(QEvent.Type.KeyPress, key, NONE, char))


NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def wedged(qapp: QApplication, qtbot: QtBot) -> Iterator[Wedged]:
    made = Wedged(qapp, qtbot)
    yield made
    made.filter.close()


def test_a_burst_of_keys_is_a_scan_and_reaches_no_widget(wedged: Wedged) -> None:
    wedged.type("6901234500010\r", 0.01)
    assert wedged.heard == ["6901234500010"]
    assert wedged.edit.text() == ""
    assert wedged.active == 14


def test_slow_typing_stays_typing(wedged: Wedged) -> None:
    wedged.type("zxf", 0.5)
    wedged.type("\r", 0.5)
    assert wedged.edit.text() == "zxf"
    assert wedged.heard == []


def test_a_held_key_is_typed_when_nothing_follows(wedged: Wedged, qtbot: QtBot) -> None:
    wedged.type("z", 0.5)
    assert wedged.edit.text() == ""
    qtbot.waitUntil(lambda: wedged.edit.text() == "z")


def test_a_button_pressed_with_a_held_key_does_not_stay_down(wedged: Wedged, qtbot: QtBot) -> None:
    button = QPushButton("x")
    qtbot.addWidget(button)
    button.show()
    button.activateWindow()
    button.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is button)
    pressed: list[bool] = []
    button.clicked.connect(lambda: pressed.append(True))
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert pressed == []
    qtbot.waitUntil(lambda: pressed == [True])
    assert not button.isDown()


def test_bare_modifiers_and_typing_without_a_wedge_pass(wedged: Wedged) -> None:
    shift = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Shift, NONE, "")
    assert wedged.filter.eventFilter(wedged.edit, shift) is False
    wedged.filter.set_wedge(None)
    wedged.type("zx", 0.01)
    assert wedged.edit.text() == "zx"
    wedged.filter._flush()


# ---- what is kept of the look


@pytest.mark.parametrize("kept", ["", "[]", "{", '{"theme": 5, "scale_percent": 101, "volume": 300, "language": "xx"}'])
def test_a_broken_look_file_is_as_good_as_none(tmp_path: Path, kept: str) -> None:
    path = tmp_path / "look.json"
    path.write_text(kept)
    assert load_look(path, Look("en")) == Look("en")


def test_a_look_is_kept_whole(tmp_path: Path) -> None:
    path = tmp_path / "look.json"
    look = Look("en", "contrast", 150, 0)
    keep_look(path, look)
    assert load_look(path, Look()) == look
    assert json.loads(path.read_text())["scale_percent"] == 150
    assert load_look(tmp_path / "none.json", Look()) == Look()
