"""Heartbeat of the screen's thread while every device hangs: how late a timer of 10 ms comes, beside an idle till.

Not a ratio of ours to a bound, but a proof beside the figure: eight devices whose driver never comes back, each
asked for everything a screen can ask, and the same timer without them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QElapsedTimer, Qt, QTimer

from app.clock import SystemClock
from app.domain.card import CardScheme
from devices.events import CheckLevel
from devices.registry import Registry
from devices.scanner.scanner import ScannerSetup
from devices.scanner.serial_scanner import SerialScanner
from devices.transport.port import Transport
from devices.worker import Pace
from tests.benchmarks.harness import Row, figure

DEVICES = 8
BEAT_MS = 10
HUNG_AFTER_S = 0.05


def measure(*, quick: bool) -> Sequence[Row]:
    """p50 of the lateness with hanging devices and without, the worst of both in the note."""
    beats = 300 if quick else 3_000
    idle = _lateness_us(beats, lambda: None)
    door = threading.Event()

    def hang() -> Transport:
        door.wait()
        raise OSError("the driver came back")

    pace = Pace(call_s_max=HUNG_AFTER_S)
    setups = [
        ScannerSetup(f"hung{no}", CardScheme(), lambda _event: None, SystemClock(), pace) for no in range(DEVICES)
    ]
    devices = Registry(SerialScanner(setup, hang) for setup in setups)

    def ask() -> None:
        for device in devices:
            device.check_health(CheckLevel.EXTERNAL)
        devices.reports()

    devices.start_all()
    try:
        hanging = _lateness_us(beats, ask)
        begun_s = time.monotonic()
        devices.stop_all()
        closed_s = time.monotonic() - begun_s
    finally:
        door.set()
    note = (
        f"{DEVICES} devices that never answer, each asked at every beat; worst {max(hanging) / 1e3:.1f} ms, "
        f"without devices p50 {sorted(idle)[len(idle) // 2] / 1e3:.2f} ms, worst {max(idle) / 1e3:.1f} ms; "
        f"closing them all took {closed_s:.2f} s"
    )
    return (figure("–", "lateness of the screen's 10 ms timer while every device hangs", hanging, note),)


def _lateness_us(beats: int, ask: Callable[[], None]) -> list[float]:
    """How late each beat came."""
    application = QCoreApplication.instance() or QCoreApplication(["bench"])
    timer, clock, late = QTimer(), QElapsedTimer(), []

    def beat() -> None:
        late.append(max(0.0, clock.nsecsElapsed() / 1e3 - BEAT_MS * 1e3))
        ask()
        clock.restart()
        if len(late) == beats:
            application.quit()

    timer.timeout.connect(beat)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    clock.start()
    timer.start(BEAT_MS)
    application.exec()
    timer.stop()
    return late
