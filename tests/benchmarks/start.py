"""Metric 10: cold start → the window answers, a million members ÷ a bare PySide6 window with one field.

Both are processes of their own, timed from outside: from starting them to the line they write.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

from tests.benchmarks.data import MEMBERS, fresh_copy, till_of
from tests.benchmarks.harness import BLOCKS_MIN, ROOT, Row, Samples

BLOCKS_FULL = 60
END_S = 60.0
READY = "ready"
NOTE = "ready: sign-on painted with the staff read from till.db, both files open; the PIN hash is not part of it"
BARE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

class Window(QWidget):
    def paintEvent(self, event):
        QTimer.singleShot(0, ready)

def ready():
    print("ready", flush=True)
    app.quit()

app = QApplication(["bare"])
window = Window()
QVBoxLayout(window).addWidget(QLineEdit())
window.resize(1366, 768)
window.show()
app.exec()
"""
OURS = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from app.wiring import till_ui
from ui import application

open_window = application.TillApplication.open

def remember(till):
    def look():
        if till.shell.sign_on.state.people:
            timer.stop()
            till.window.repaint()
            print("ready", flush=True)
            till.window.close()
    open_window(till)
    timer = till.bench_timer = QTimer()
    timer.timeout.connect(look)
    timer.start(1)

application.TillApplication.open = remember
till_ui.run(Path(sys.argv[1]))
"""


def measure(*, quick: bool) -> Sequence[Row]:
    """One start a block; pairs in random order."""
    folder = fresh_copy(till_of(MEMBERS), "till-start")
    sides = {"ours": (OURS, str(folder)), "bound": (BARE, "")}
    times: dict[str, list[tuple[int, ...]]] = {"ours": [], "bound": []}
    for arguments in sides.values():
        _start(*arguments)  # compiled modules and warm files, as on a till that was started before
    rng = Random(10)
    for _ in range(BLOCKS_MIN if quick else BLOCKS_FULL):
        for side in rng.sample(sorted(sides), 2):
            times[side].append((_start(*sides[side]),))
    samples = Samples(tuple(times["ours"]), tuple(times["bound"]))
    return (samples.row("10", "cold start → window answers, 1M", at=0.5, target=1.6, note=NOTE),)


def _start(script: str, argument: str) -> int:
    """Nanoseconds from starting the process to its line; its end is waited for, not timed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    started = time.perf_counter_ns()
    with subprocess.Popen(
        [sys.executable, "-c", script, argument], stdout=subprocess.PIPE, text=True, env=environment, cwd=Path(ROOT)
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        ended = time.perf_counter_ns()
        process.wait(END_S)
    if line.strip() != READY:
        raise RuntimeError("the window did not come up")
    return ended - started
