"""The life of a device in UnifiedPOS words: CLOSED → OPENED → CLAIMED → ENABLED, its health and its statistics."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Final

from app import logs
from app.errors import DeviceError
from devices.events import Emit, ErrorEvent, Health, StatusUpdate


class Stage(IntEnum):
    """How far a device is; each verb moves one step."""

    CLOSED = 0
    OPENED = 1
    CLAIMED = 2
    ENABLED = 3


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counters since the program started; never content.

    `data`: scans. `output`: jobs, pulses. `errors`: those that failed. `reconnects`: connections after the first.
    `abandoned`: calls that hung and were left behind. `connected_s`: whole seconds with a connection.
    """

    data: int = 0
    output: int = 0
    errors: int = 0
    reconnects: int = 0
    abandoned: int = 0
    connected_s: int = 0

    @property
    def hours(self) -> int:
        """Whole hours with a connection."""
        return self.connected_s // 3600

    def __add__(self, other: Statistics) -> Statistics:
        """Those of one device before and after it rested."""
        return Statistics(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


class Lifecycle:
    """Stage, health and counters of one device; any thread. Says a change of health once, through `emit`."""

    _UNTIMED: Final = ("data", "output", "errors", "reconnects", "abandoned")

    def __init__(self, name: str, emit: Emit) -> None:
        self.name = name
        self._emit = emit
        self._lock = threading.Lock()
        self._stage = Stage.CLOSED
        self._said = StatusUpdate(name, Health.OFFLINE)
        self._counts = dict.fromkeys(self._UNTIMED, 0)
        self._was_connected = False
        self._since_s: float | None = None
        self._connected_s = 0.0

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
            now_s = time.monotonic()
            running_s = 0.0 if self._since_s is None else now_s - self._since_s
            return Statistics(**self._counts, connected_s=int(self._connected_s + running_s))

    def is_connected(self) -> bool:
        """Whether there is a connection; a printer without paper has one."""
        with self._lock:
            return self._since_s is not None

    def move(self, wanted: Stage) -> None:
        """One step up or down. DeviceError `device_order` when the step skips a stage."""
        with self._lock:
            if abs(wanted - self._stage) != 1:
                raise DeviceError("device_order", device=self.name, stage=self._stage.name, wanted=wanted.name)
            self._stage = wanted

    def start(self) -> None:
        """CLOSED → ENABLED, for a device without a thread of its own."""
        for stage in (Stage.OPENED, Stage.CLAIMED, Stage.ENABLED):
            self.move(stage)
        self.say(Health.OK)

    def stop(self) -> None:
        """ENABLED → CLOSED."""
        for stage in (Stage.CLAIMED, Stage.OPENED, Stage.CLOSED):
            self.move(stage)

    def count(self, counter: str) -> None:
        """Add one to a counter of Statistics."""
        with self._lock:
            self._counts[counter] += 1

    def connected(self) -> None:
        """A connection begins; the first is no reconnect."""
        with self._lock:
            if self._was_connected:
                self._counts["reconnects"] += 1
            self._was_connected, self._since_s = True, time.monotonic()

    def disconnected(self) -> None:
        """The connection, if there was one, is over."""
        with self._lock:
            if self._since_s is not None:
                self._connected_s += time.monotonic() - self._since_s
                self._since_s = None

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

    def failed(self, error: DeviceError) -> None:
        """Say an error, whatever the health is. A connection that fails is no failed job: `reconnects` counts those."""
        self._emit(ErrorEvent(self.name, error.code, error.facts))
