"""A device with a thread of its own: UnifiedPOS verbs, and its health when it is lost, hangs, comes back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic

from app.errors import DeviceError
from devices.events import Emit, Health
from devices.lifecycle import Lifecycle, Stage
from devices.worker import DeviceWorker, Hooks, Lease, Pace, S


class Device(ABC, Generic[S]):
    """Verbs from any thread, none of them waits for the device; events come on the device's own thread."""

    def __init__(self, name: str, emit: Emit, pace: Pace | None = None) -> None:
        self.life = Lifecycle(name, emit)
        self._pace = pace
        self._worker = self._new_worker()

    def open(self) -> None:
        """CLOSED → OPENED."""
        self.life.move(Stage.OPENED)

    def claim(self) -> None:
        """OPENED → CLAIMED: connect on the device's thread, and again whenever the connection is lost."""
        self.life.move(Stage.CLAIMED)
        self._worker.start()

    def enable(self) -> None:
        """CLAIMED → ENABLED: from now on it works for the till."""
        self.life.move(Stage.ENABLED)
        self._worker.poke()

    def disable(self) -> None:
        """ENABLED → CLAIMED."""
        self.life.move(Stage.CLAIMED)

    def release(self) -> None:
        """CLAIMED → OPENED: let go of the connection, for good."""
        self.life.move(Stage.OPENED)
        self._worker.stop()
        self._worker = self._new_worker()

    def close(self) -> None:
        """OPENED → CLOSED."""
        self.life.move(Stage.CLOSED)

    def start(self) -> None:
        """open, claim, enable in one: enabled before the first byte is read, so that no waiting scan is dropped."""
        self.open()
        self.life.move(Stage.CLAIMED)
        self.enable()
        self._worker.start()

    def stop(self) -> None:
        """disable, release, close."""
        self.disable()
        self.release()
        self.close()

    @abstractmethod
    def _open_session(self, lease: Lease) -> S:
        """Connect, on the device's thread. DeviceError when that fails."""

    def _new_worker(self) -> DeviceWorker[S]:
        hooks = Hooks(open=self._open_session, opened=self._opened, lost=self._lost, hung=self._hung)
        return DeviceWorker(self.life.name, hooks, self._pace)

    def _opened(self) -> None:
        self.life.count("reconnects")
        self.life.say(Health.OK)

    def _lost(self, error: DeviceError) -> None:
        self.life.count("errors")
        self.life.say(Health.OFFLINE, error)

    def _hung(self) -> None:
        self.life.count("abandoned")
        self.life.say(Health.ERROR, DeviceError("device_hung", device=self.life.name))
