"""Metric 10: cold start → the window answers, a million members ÷ a bare PySide6 window with one field.

Both are processes of their own with the same Python, options and compiled modules, timed from outside: from starting
them to the line they write, which says how much processor time they took. Ours is the command `guitai till`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import median

from tests.benchmarks.data import MEMBERS, fresh_copy, till_of
from tests.benchmarks.harness import BLOCKS_MIN, ROOT, Row, Samples

BLOCKS_FULL = 60
END_S = 60.0
READY = "ready"
LOADED = "loaded"
NOTE = "ready: sign-on painted with the staff read from till.db, both files open, keys taken; the PIN hash is not part"
LOADED_NOTE = "and the counter behind it built, devices started: what a PIN typed at once would wait for"
BARE = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

class Window(QWidget):
    def paintEvent(self, event):
        QTimer.singleShot(0, ready)

def ready():
    print("ready", time.process_time_ns(), flush=True)
    app.quit()

app = QApplication(["bare"])
window = Window()
QVBoxLayout(window).addWidget(QLineEdit())
window.resize(1366, 768)
window.show()
app.exec()
"""
OURS = """
import sys, time
from contextlib import contextmanager
from app.cli import main
from app.wiring import quiet_start

collector_rests = quiet_start.collector_rests

@contextmanager
def watched():
    with collector_rests():
        from app.wiring import till_ui
        from ui import application
        from PySide6.QtCore import QTimer
        open_window = application.TillApplication.open

        def open_and_look(till):
            def people():
                if till.shell.sign_on.state.people:
                    timer.stop()
                    till.window.repaint()
                    print("ready", time.process_time_ns(), flush=True)
                    timer.timeout.disconnect()
                    timer.timeout.connect(loaded)
                    timer.start(1)

            def loaded():
                if not till.shell.state.starting:
                    timer.stop()
                    print("loaded", time.process_time_ns(), flush=True)
                    till.window.close()

            open_window(till)
            timer = till.bench_timer = QTimer()
            timer.timeout.connect(people)
            timer.start(1)

        application.TillApplication.open = open_and_look
        yield

quiet_start.collector_rests = watched
main(["till", "--data", sys.argv[1]])
"""


@dataclass(frozen=True, slots=True)
class Start:
    """One start in nanoseconds: on the wall and on the processor until ready, on the wall until all is loaded."""

    ready_ns: int
    processor_ns: int
    loaded_ns: int


def measure(*, quick: bool) -> Sequence[Row]:
    """One start a block; pairs in random order."""
    folder = fresh_copy(till_of(MEMBERS), "till-start")
    sides = {"ours": (OURS, str(folder)), "bound": (BARE, "")}
    starts: dict[str, list[Start]] = {"ours": [], "bound": []}
    for arguments in sides.values():
        _start(*arguments)  # compiled modules and warm files, as on a till that was started before
    rng = Random(10)
    for _ in range(BLOCKS_MIN if quick else BLOCKS_FULL):
        for side in rng.sample(sorted(sides), 2):
            starts[side].append(_start(*sides[side]))
    busy = median(a.processor_ns / b.processor_ns for a, b in zip(starts["ours"], starts["bound"], strict=True))
    bound = tuple((one.ready_ns,) for one in starts["bound"])
    ready = Samples(tuple((one.ready_ns,) for one in starts["ours"]), bound)
    loaded = Samples(tuple((one.loaded_ns,) for one in starts["ours"]), bound)
    note = f"{NOTE}; in processor time {busy:.2f}"
    return (
        ready.row("10", "cold start → window answers, 1M", at=0.5, target=1.6, note=note),
        loaded.row("10", "cold start → all loaded, 1M", at=0.5, target=None, note=LOADED_NOTE),
    )


def _start(script: str, argument: str) -> Start:
    """Start a process and read its lines; its end is waited for, not timed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    seen: dict[str, tuple[int, int]] = {}
    started = time.perf_counter_ns()
    with subprocess.Popen(
        [sys.executable, "-c", script, argument],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            name, _, processor = line.partition(" ")
            seen[name] = (time.perf_counter_ns() - started, int(processor))
        process.wait(END_S)
    if READY not in seen:
        raise RuntimeError("the window did not come up")
    ready_ns, processor_ns = seen[READY]
    return Start(ready_ns, processor_ns, seen.get(LOADED, seen[READY])[0])
