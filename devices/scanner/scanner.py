"""What every scanner with a thread of its own has in common: scans become events, and a test scan is waited for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.clock import Clock
from app.domain.card import CardScheme
from devices.device import Device
from devices.events import CheckLevel, Emit, Health, Source, StatusUpdate
from devices.lifecycle import Stage
from devices.scanner.router import Routed, scan_event
from devices.worker import Pace, S

TEST_SCAN_S_MAX = 30.0


@dataclass(frozen=True, slots=True)
class ScannerSetup:
    """What a scanner needs of the till."""

    name: str
    scheme: CardScheme
    emit: Emit
    clock: Clock
    pace: Pace | None = None
    test_scan_s_max: float = TEST_SCAN_S_MAX


class Scanner(Device[S]):
    """Before `enable`, scans are counted as errors and not delivered."""

    source: ClassVar[Source]

    def __init__(self, setup: ScannerSetup) -> None:
        super().__init__(setup.name, setup.emit, setup.pace)
        self.setup = setup
        self._test_until_s: float | None = None

    def deliver(self, routed: Routed) -> None:
        """One scan, on the device's thread."""
        if self.life.stage is not Stage.ENABLED:
            self.life.count("errors")
            return
        self.life.count("data")
        self._emit(scan_event(self.life.name, self.source, routed, self.setup.clock.now_ms()))
        self._test_over(self.life.status)

    def pulse(self) -> None:
        """Time goes on, on the device's thread: a test scan that does not come is given up."""
        if self._test_until_s is not None and self.setup.clock.monotonic_s() >= self._test_until_s:
            self._test_over(StatusUpdate(self.life.name, Health.WARN, "scanner_silent"))

    def check_health(self, level: CheckLevel) -> None:
        """INTERACTIVE: the next scan answers, 30 s of silence do as well. From now on, not from the next idle moment of
        its thread: a scan in between would be lost."""
        lost = (Health.OFFLINE, Health.ERROR)
        if level is not CheckLevel.INTERACTIVE or self.life.status.health in lost:
            super().check_health(level)
            return
        self._test_until_s = self.setup.clock.monotonic_s() + self.setup.test_scan_s_max
        self._checks.begin(level)
        if self.life.status.health in lost:  # between the look and the beginning
            self._test_over(self.life.status)

    def _test_over(self, status: StatusUpdate) -> None:
        self._test_until_s = None
        self._checks.answer(status)
