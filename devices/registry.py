"""The devices of one till by name: started together, looked at together, and let go of within a bounded time."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from devices.events import CheckLevel, StatusUpdate
from devices.lifecycle import Lifecycle, Stage, Statistics

STOP_ALL_S_MAX = 3.0


class Managed(Protocol):
    """What the registry needs of a device; devices.device.Device has it, and what works behind another device too."""

    @property
    def life(self) -> Lifecycle: ...
    def start(self) -> None:
        """open, claim, enable; returns at once."""
        ...

    def halt(self) -> None:
        """Ask it to end; returns at once."""
        ...

    def stop(self, timeout_s: float) -> None:
        """disable, release, close; waits so long at most."""
        ...

    def check_health(self, level: CheckLevel) -> None:
        """Ask how it is; a HealthChecked event answers. Returns at once."""
        ...


@dataclass(frozen=True, slots=True)
class Report:
    """How one device is now."""

    name: str
    stage: Stage
    status: StatusUpdate
    statistics: Statistics


class Registry:
    """Names are unique; the order is that of adding. Built, changed, closed by one thread at a time, asked by any."""

    def __init__(self, devices: Iterable[Managed]) -> None:
        self._devices = {device.life.name: device for device in devices}

    def __iter__(self) -> Iterator[Managed]:
        return iter(tuple(self._devices.values()))

    def get(self, name: str) -> Managed | None:
        """The device of that name."""
        return self._devices.get(name)

    def put(self, device: Managed) -> None:
        """One more device; the caller starts it."""
        self._devices = {**self._devices, device.life.name: device}

    def take(self, name: str) -> Managed | None:
        """Leave this device out from now on; the caller stops it."""
        device = self._devices.get(name)
        self._devices = {other: one for other, one in self._devices.items() if other != name}
        return device

    def start_all(self) -> None:
        """Open them all; none is waited for."""
        for device in self:
            device.start()

    def stop_all(self, timeout_s: float = STOP_ALL_S_MAX) -> None:
        """Let go of those that were started; together they take `timeout_s` at most, whatever hangs."""
        started = [device for device in self if device.life.stage is Stage.ENABLED]
        for device in started:
            device.halt()
        end_s = time.monotonic() + timeout_s
        for device in started:
            device.stop(max(0.0, end_s - time.monotonic()))

    def check_health(self, name: str, level: CheckLevel) -> None:
        """Ask the device of that name how it is; an unknown one is asked nothing."""
        device = self.get(name)
        if device is not None:
            device.check_health(level)

    def reports(self) -> tuple[Report, ...]:
        """How each of them is now; never asks a device."""
        return tuple(
            Report(device.life.name, device.life.stage, device.life.status, device.life.statistics) for device in self
        )
