"""Health checks of one device: asked once, answered once, by whoever knows first."""

from __future__ import annotations

import threading

from devices.events import CheckLevel, Emit, HealthChecked, StatusUpdate


class HealthChecks:
    """The check under way, if there is one; any thread."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._lock = threading.Lock()
        self._level: CheckLevel | None = None

    def begin(self, level: CheckLevel) -> None:
        """A check that is answered later; it takes the place of one begun before."""
        with self._lock:
            self._level = level

    def answer(self, status: StatusUpdate) -> None:
        """Answer the check under way. Nothing without one."""
        with self._lock:
            level, self._level = self._level, None
        if level is not None:
            self.say(level, status)

    def say(self, level: CheckLevel, status: StatusUpdate) -> None:
        """Answer a check that was never begun: what it asks for is known at once."""
        self._emit(HealthChecked(status.device, level, status.health, status.code, status.facts))
