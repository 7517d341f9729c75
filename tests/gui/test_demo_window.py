"""The demo's till beside its panel: its language, its end, and the end of the demo."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.wiring import demo_window
from app.wiring.demo_devices import DemoDevices

TILL = """
import pathlib, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(5))
pathlib.Path(sys.argv[1]).write_text(" ".join(sys.argv[2:]))
if "--lang" in sys.argv:
    signal.pause()
sys.exit(7)
"""


@pytest.fixture
def devices(tmp_path: Path) -> Iterator[DemoDevices]:
    made = DemoDevices(tmp_path / "out")
    yield made
    made.close()


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the till that is started instead writes what it was told."""
    file = tmp_path / "told"
    monkeypatch.setattr(
        demo_window, "program", lambda *given: [sys.executable, "-c", TILL, str(file), *map(str, given)]
    )
    return file


def test_a_till_that_is_closed_ends_the_demo_with_its_code(
    qapp: QApplication, devices: DemoDevices, told: Path, tmp_path: Path
) -> None:
    assert demo_window.show_window(tmp_path, devices, "en", chosen=False) == 7
    assert told.read_text() == f"till --data {tmp_path}"


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGTERM to send")
def test_a_demo_that_is_ended_ends_its_till_which_was_told_the_language_asked_for(
    qapp: QApplication, devices: DemoDevices, told: Path, tmp_path: Path
) -> None:
    timer = QTimer()
    timer.timeout.connect(lambda: told.exists() and told.read_text() and os.kill(os.getpid(), signal.SIGTERM))
    timer.start(20)
    assert demo_window.show_window(tmp_path, devices, "zh_CN", chosen=True) == 5
    timer.stop()
    assert told.read_text() == f"till --data {tmp_path} --lang zh_CN"
