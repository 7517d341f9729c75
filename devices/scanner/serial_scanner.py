"""A scanner that sends bytes: serial port, USB-CDC or TCP. Read on its own thread, reopened when it was unplugged."""

from __future__ import annotations

from devices.events import Source
from devices.scanner.framing import Framer
from devices.scanner.router import route_frame
from devices.scanner.scanner import Scanner, ScannerSetup
from devices.transport.address import Opener
from devices.transport.port import Transport
from devices.worker import Lease

READ_S = 0.1


class SerialSession:
    """One connection: bytes in, frames out."""

    def __init__(self, transport: Transport, owner: SerialScanner, lease: Lease) -> None:
        self._transport = transport
        self._owner = owner
        self._lease = lease
        self._framer = Framer()

    def tick(self) -> float:
        """What came until now, at most READ_S of waiting."""
        clock = self._owner.setup.clock
        wait_s = self._framer.wait_s(clock.monotonic_s())
        data = self._transport.read(READ_S if wait_s is None else min(READ_S, wait_s))
        now_s = clock.monotonic_s()
        frames = self._framer.feed(data, now_s) if data else self._framer.idle(now_s)
        if self._lease.held:
            for frame in frames:
                self._owner.deliver(route_frame(frame, self._owner.setup.scheme))
            self._owner.pulse()
        return 0.0

    def close(self) -> None:
        self._transport.close()


class SerialScanner(Scanner[SerialSession]):
    """One scanner. A half-read frame is dropped with its connection: what is left of a code is not a code."""

    source = Source.SERIAL

    def __init__(self, setup: ScannerSetup, open_transport: Opener) -> None:
        super().__init__(setup)
        self._open_transport = open_transport

    def _open_session(self, lease: Lease) -> SerialSession:
        return SerialSession(self._open_transport(), self, lease)
