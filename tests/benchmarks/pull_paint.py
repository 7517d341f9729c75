"""Metric 4: last scanner byte → painted member while the till pulls at full rate ÷ the same while it pulls nothing.

The window and its sync process are the real ones; head office is a process that repeats pages of changed rows as fast
as they are asked for. Beside it the longest time Qt's loop did not come round during a pull.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.clock import SystemClock
from app.services.demo_members import card_number
from app.store import keys
from app.store.enrolled import key_for_enrolment
from app.store.folder import TILL_FILE
from app.store.migrate import TILL_LINE, open_current
from app.store.syncing import TillSync
from devices.simulated.scanner import PtyScanner
from tests.benchmarks.data import GROWTH, fresh_copy, till_of
from tests.benchmarks.delta import SEEN, deltas
from tests.benchmarks.harness import Call, Effort, Row, compare
from tests.benchmarks.paint import Painted
from tests.benchmarks.pull import MEMBERS_QUICK, ROWS_MAX, opened
from tests.benchmarks.replay_server import Replay, replaying
from tests.benchmarks.window import Counter, at_the_counter

EFFORT = Effort(blocks=30, calls=5)
ROUNDS = {10_000: 8, 100_000: 4, 1_000_000: 2}
"""Pages of every bucket, by the till's members: fewer rows are pulled sooner."""
BEAT_MS = 2
PUT_HEAD_OFFICE = "INSERT OR REPLACE INTO head_office VALUES (1, ?, ?, ?)"
NOTE = "worst gap of the window's loop during a pull {gap:.0f} ms; in processor time {processor:.2f}"


def measure(*, quick: bool) -> Sequence[Row]:
    """Every size of till."""
    return [row for members in ((MEMBERS_QUICK,) if quick else GROWTH) for row in _measured(members)]


def _measured(members: int) -> Sequence[Row]:
    """p50 over random members; a block is of scans during a pull, or of scans in silence."""
    folder = fresh_copy(till_of(members), "till-pulls", whole=True)
    with opened(folder) as (cache, _):
        pages = deltas(cache, rounds=ROUNDS[members], rows_max=ROWS_MAX)
    rows: list[Row] = []
    with replaying(folder, pages) as replay, PtyScanner() as scanner:
        _enrol(folder, replay.address)

        def sample(counter: Counter) -> None:
            rows.append(_sample(counter, scanner, replay, members))

        at_the_counter(folder, f"serial:{scanner.name}", sample)
    return rows


def _enrol(folder: Path, address: str) -> None:
    """The till as if it had been enrolled there and had loaded everything."""
    ring, name = key_for_enrolment(keys.load(folder, os.environ), None)
    till = open_current(folder / TILL_FILE, ring.key(TILL_FILE), TILL_LINE)
    till.execute(PUT_HEAD_OFFICE, (address, "", name))
    till.close()
    store = TillSync(folder, keys.load(folder, os.environ), SystemClock(), lambda _: None)
    store.store_version(SEEN, 0)
    store.close()


def _sample(counter: Counter, scanner: PtyScanner, replay: Replay, members: int) -> Row:
    rng, painted, beat = Random(4), Painted(counter), Beat()
    QApplication.instance().installEventFilter(painted)

    def scan() -> object:
        card = card_number(rng.randrange(members))
        painted.expect(card)
        scanner.scan(card)
        while not painted.seen:
            counter.pump()
        return card

    def during() -> object:
        return scan()

    def silence() -> object:
        return scan()

    def before(side: Call) -> None:
        replay.idle()
        beat.counts = side is during
        if side is during:
            replay.busy()
        beat.start()

    try:
        samples = compare(during, silence, EFFORT, before=before)
    finally:
        QApplication.instance().removeEventFilter(painted)
    note = NOTE.format(gap=beat.worst_ms, processor=samples.processor_ratio)
    metric = f"scan → painted during a pull ÷ idle, {members // 1000}k, p50"
    return samples.row("4", metric, at=0.5, target=1.5, note=note)


class Beat:
    """Sees how long Qt's loop was away while `counts`."""

    def __init__(self) -> None:
        self.counts = False
        self.worst_ms = 0.0
        self._last = 0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT_MS)

    def start(self) -> None:
        """What was before does not count."""
        self._last = time.perf_counter_ns()

    def _beat(self) -> None:
        now = time.perf_counter_ns()
        if self.counts:
            self.worst_ms = max(self.worst_ms, (now - self._last) / 1e6)
        self._last = now
