"""Metric 3: last scanner byte → painted member ÷ a bare repaint of the same window, a million members in the cache."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from app.services.demo_members import card_number
from devices.simulated.scanner import PtyScanner
from tests.benchmarks.data import MEMBERS, fresh_copy, till_of
from tests.benchmarks.harness import Effort, Row, Samples, compare
from tests.benchmarks.window import Counter, at_the_counter

QUICK = Effort(blocks=30, calls=10)
FULL = Effort(blocks=60, calls=60)
NOTE = "from the scanner's write on a pty to the window's pixels (offscreen platform, 1366×768)"


class Painted(QObject):
    """Sees the window's pixels brought up to date while a certain card's customer is on screen."""

    def __init__(self, counter: Counter) -> None:
        super().__init__()
        self._counter = counter
        self._card = ""
        self.seen = False

    def expect(self, card: str) -> None:
        self._card, self.seen = card, False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's name. The event is handled right after this, before `pump` returns."""
        window = self._counter.window
        if event.type() is QEvent.Type.UpdateRequest and watched in (window, window.windowHandle()):
            self.seen = self.seen or self._counter.card == self._card
        return False


def measure(*, quick: bool) -> Sequence[Row]:
    """p50 and p99 over random members."""
    found: list[Samples] = []
    with PtyScanner() as scanner:

        def sample(counter: Counter) -> None:
            found.append(_sample(counter, scanner, QUICK if quick else FULL))

        at_the_counter(fresh_copy(till_of(MEMBERS), "till-window"), f"serial:{scanner.name}", sample)
    note = f"{NOTE}; in processor time {found[0].processor_ratio:.2f}"
    return (
        found[0].row("3", "scan → painted member, 1M, p50", at=0.5, target=2.5, note=note),
        found[0].row("3", "scan → painted member, 1M, p99", at=0.99, target=4.0),
    )


def _sample(counter: Counter, scanner: PtyScanner, effort: Effort) -> Samples:
    rng, painted = Random(3), Painted(counter)
    QApplication.instance().installEventFilter(painted)

    def ours() -> object:
        card = card_number(rng.randrange(MEMBERS))
        painted.expect(card)
        scanner.scan(card)
        while not painted.seen:
            counter.pump()
        return card

    def bound() -> object:
        counter.window.repaint()
        return None

    try:
        return compare(ours, bound, effort)
    finally:
        QApplication.instance().removeEventFilter(painted)
