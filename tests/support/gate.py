"""A door in a device's connection: the call a test arms it for goes in and does not come out until the test says so."""

from __future__ import annotations

import threading
import time

from devices.device import Device
from devices.transport.address import Opener
from devices.transport.port import Transport
from devices.worker import Session

WAIT_S = 20.0


class Gate:
    """An Opener whose connections hang once, in the call it is armed for: open, read, write or close.

    `threads`: the names of all threads that ever made a call.
    """

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._armed = ""
        self._lock = threading.Lock()
        self.entered = threading.Event()
        self.door = threading.Event()
        self.threads: set[str] = set()

    def __call__(self) -> Transport:
        self.enter("open")
        return GatedTransport(self._opener(), self)

    def arm(self, call: str) -> None:
        """The next `call` hangs."""
        with self._lock:
            self._armed = call

    def enter(self, call: str) -> None:
        """What every call does first."""
        with self._lock:
            self.threads.add(threading.current_thread().name)
            hangs = self._armed == call
            if hangs:
                self._armed = ""
        if hangs:
            self.entered.set()
            self.door.wait()

    def bite(self, device: Device[Session]) -> None:
        """The armed call is in: its time is over now, as the watchdog sees it."""
        assert self.entered.wait(WAIT_S)
        worker = device._worker
        with worker._lock:
            assert worker._lease is not None
            worker._lease.deadline_s = time.monotonic()
            worker._lock.notify_all()


class GatedTransport:
    """A connection behind the door."""

    def __init__(self, inner: Transport, gate: Gate) -> None:
        self._inner = inner
        self._gate = gate

    @property
    def two_way(self) -> bool:
        return self._inner.two_way

    @property
    def replies_outlive(self) -> bool:
        return self._inner.replies_outlive

    def write(self, data: bytes, timeout_s: float) -> int:
        self._gate.enter("write")
        return self._inner.write(data, timeout_s)

    def read(self, timeout_s: float) -> bytes:
        self._gate.enter("read")
        return self._inner.read(timeout_s)

    def close(self) -> None:
        self._gate.enter("close")
        self._inner.close()
