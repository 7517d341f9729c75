"""A device with a thread of its own: UnifiedPOS verbs, and its health when it is lost, hangs, comes back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic

from app.errors import DeviceError
from devices.events import CheckLevel, Emit, Health, StatusUpdate
from devices.health import HealthChecks
from devices.lifecycle import Lifecycle, Stage
from devices.worker import STOP_S_MAX, DeviceWorker, Hooks, Lease, Pace, S


class Device(ABC, Generic[S]):
    """Verbs from any thread, none of them waits for the device; events come on the device's own thread."""

    def __init__(self, name: str, emit: Emit, pace: Pace | None = None) -> None:
        self.life = Lifecycle(name, emit)
        self._emit = emit
        self._pace = pace
        self._checks = HealthChecks(emit)
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

    def release(self, timeout_s: float = STOP_S_MAX) -> None:
        """CLAIMED → OPENED: let go of the connection, for good."""
        self.life.move(Stage.OPENED)
        self._worker.stop(timeout_s)
        self.life.disconnected()
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

    def halt(self) -> None:
        """Ask the thread to end, without waiting: all devices are halted before one is waited for."""
        self._worker.halt()

    def stop(self, timeout_s: float = STOP_S_MAX) -> None:
        """disable, release, close; waits `timeout_s` at most for a device that hangs."""
        if self.life.stage is Stage.ENABLED:
            self.disable()
        self.release(timeout_s)
        self.close()

    def check_health(self, level: CheckLevel) -> None:
        """Ask how the device is; a HealthChecked event answers, at the latest when the watchdog has bitten.

        INTERNAL, and any level while there is no connection, answers from what is known. Never blocks.
        """
        status = self.life.status
        if level is CheckLevel.INTERNAL or not self.life.is_connected():
            self._checks.say(level, status)
        elif not self._worker.submit(lambda session: self._check_now(session, level)):
            self._checks.say(level, StatusUpdate(self.life.name, Health.WARN, "device_busy"))

    def _check_now(self, session: S, level: CheckLevel) -> None:
        self._checks.begin(level)
        found = self._check(session, level)
        if found is not None:
            self._checks.answer(found)

    def _check(self, session: S, level: CheckLevel) -> StatusUpdate | None:  # noqa: ARG002  for those who can ask
        """On the device's thread: ask the device itself (EXTERNAL), or begin what a person watches (INTERACTIVE).

        None: `_checks.answer` follows. A device without a question of its own is as it last said.
        """
        return self.life.status

    @abstractmethod
    def _open_session(self, lease: Lease) -> S:
        """Connect, on the device's thread. DeviceError when that fails."""

    def _new_worker(self) -> DeviceWorker[S]:
        hooks = Hooks(open=self._open_session, opened=self._opened, lost=self._lost, hung=self._hung)
        return DeviceWorker(self.life.name, hooks, self._pace)

    def _opened(self) -> None:
        self.life.connected()
        self.life.say(Health.OK)

    def _lost(self, error: DeviceError) -> None:
        self._gone(Health.OFFLINE, error)

    def _hung(self) -> None:
        self.life.count("abandoned")
        self._gone(Health.ERROR, DeviceError("device_hung", device=self.life.name))

    def _gone(self, health: Health, error: DeviceError) -> None:
        self.life.disconnected()
        self.life.failed(error)
        self.life.say(health, error)
        self._checks.answer(self.life.status)
