"""A till ends in order when it is asked to from outside: Ctrl-C, a service manager."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.store.folder import FolderLock
from app.wiring import till_ui
from tests.support import tills


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_window_and_lets_the_folder_go(qapp: QApplication, tmp_path: Path, number: int) -> None:
    data = tills.make(tmp_path / "till")
    before = signal.getsignal(number)
    asked = QTimer(singleShot=True)
    asked.timeout.connect(lambda: os.kill(os.getpid(), number))
    asked.start(0)
    assert till_ui.run(data) == 0
    assert signal.getsignal(number) is before
    FolderLock(data).release()
    assert not (data / "till.db-wal").exists()
