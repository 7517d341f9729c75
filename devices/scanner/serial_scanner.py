"""A scanner that sends bytes: serial port, USB-CDC or TCP. Read on its own thread, reopened when it was unplugged."""

from __future__ import annotations

from collections.abc import Callable

from app.clock import Clock
from app.domain.card import CardScheme
from devices.device import Device
from devices.events import Emit, Source
from devices.lifecycle import Stage
from devices.scanner.framing import Frame, Framer
from devices.scanner.router import route_frame, scan_event
from devices.transport.address import Opener
from devices.transport.port import Transport
from devices.worker import Lease, Pace

READ_S = 0.1


class _Session:
    """One connection: bytes in, frames out."""

    def __init__(self, transport: Transport, lease: Lease, clock: Clock, deliver: Callable[[Frame], None]) -> None:
        self._transport = transport
        self._lease = lease
        self._clock = clock
        self._deliver = deliver
        self._framer = Framer()

    def tick(self) -> float:
        wait_s = self._framer.wait_s(self._clock.monotonic_s())
        data = self._transport.read(READ_S if wait_s is None else min(READ_S, wait_s))
        now_s = self._clock.monotonic_s()
        frames = self._framer.feed(data, now_s) if data else self._framer.idle(now_s)
        if self._lease.held:
            for frame in frames:
                self._deliver(frame)
        return 0.0

    def close(self) -> None:
        self._transport.close()


class SerialScanner(Device[_Session]):
    """One scanner. Before `enable`, scans are counted as errors and not delivered.

    A half-read frame is dropped with its connection: what is left of a code is not a code.
    """

    def __init__(
        self,
        name: str,
        open_transport: Opener,
        scheme: CardScheme,
        *,
        emit: Emit,
        clock: Clock,
        pace: Pace | None = None,
    ) -> None:
        super().__init__(name, emit, pace)
        self._open_transport = open_transport
        self._scheme = scheme
        self._emit = emit
        self._clock = clock

    def _open_session(self, lease: Lease) -> _Session:
        return _Session(self._open_transport(), lease, self._clock, self._deliver)

    def _deliver(self, frame: Frame) -> None:
        if self.life.stage is not Stage.ENABLED:
            self.life.count("errors")
            return
        routed = route_frame(frame, self._scheme)
        self.life.count("data")
        self._emit(scan_event(self.life.name, Source.SERIAL, routed, self._clock.now_ms()))
