"""The life of a device in UnifiedPOS words: CLOSED → OPENED → CLAIMED → ENABLED, its health and its statistics."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import IntEnum

from app import logs
from app.errors import DeviceError
from devices.events import Emit, Health, StatusUpdate


class Stage(IntEnum):
    """How far a device is; each verb moves one step."""

    CLOSED = 0
    OPENED = 1
    CLAIMED = 2
    ENABLED = 3


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counters since the program started; never content."""

    data: int = 0
    output: int = 0
    errors: int = 0
    reconnects: int = 0
    abandoned: int = 0


class Lifecycle:
    """Stage, health and counters of one device; any thread. Says a change of health once, through `emit`."""

    def __init__(self, name: str, emit: Emit) -> None:
        self.name = name
        self._emit = emit
        self._lock = threading.Lock()
        self._stage = Stage.CLOSED
        self._said = StatusUpdate(name, Health.OFFLINE)
        self._counts = dict.fromkeys(Statistics.__dataclass_fields__, 0)

    @property
    def stage(self) -> Stage:
        return self._stage

    @property
    def status(self) -> StatusUpdate:
        """The last health said."""
        return self._said

    @property
    def statistics(self) -> Statistics:
        with self._lock:
            return Statistics(**self._counts)

    def move(self, wanted: Stage) -> None:
        """One step up or down. DeviceError `device_order` when the step skips a stage."""
        with self._lock:
            if abs(wanted - self._stage) != 1:
                raise DeviceError("device_order", device=self.name, stage=self._stage.name, wanted=wanted.name)
            self._stage = wanted

    def count(self, counter: str) -> None:
        """Add one to a field of Statistics."""
        with self._lock:
            self._counts[counter] += 1

    def say(self, health: Health, error: DeviceError | None = None) -> None:
        """The health now, and why; a StatusUpdate is emitted only when it differs from the last one said."""
        update = (
            StatusUpdate(self.name, health)
            if error is None
            else StatusUpdate(self.name, health, error.code, error.facts)
        )
        with self._lock:
            if update == self._said:
                return
            self._said = update
        logs.event("devices", "health", device=self.name, health=health.value, code=update.code)
        self._emit(update)
