"""A scanner that sends bytes: serial port, USB-CDC or TCP. Read on its own thread, reopened when it was unplugged."""

from __future__ import annotations

from collections.abc import Callable

from app.clock import Clock
from app.domain.card import CardScheme
from app.errors import DeviceError
from devices.events import DataEvent, Emit, Health, Source
from devices.lifecycle import Lifecycle, Stage
from devices.scanner.framing import Frame, Framer
from devices.scanner.router import route_frame
from devices.transport.address import Opener
from devices.transport.port import Transport
from devices.worker import DeviceWorker, Hooks, Lease, Pace

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


class SerialScanner:
    """UnifiedPOS verbs from any thread; events come on the scanner's own thread.

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
        self.life = Lifecycle(name, emit)
        self._open_transport = open_transport
        self._scheme = scheme
        self._emit = emit
        self._clock = clock
        hooks = Hooks(open=self._open_session, opened=self._opened, lost=self._lost, hung=self._hung)
        self._worker: DeviceWorker[_Session] = DeviceWorker(name, hooks, pace)

    def open(self) -> None:
        self.life.move(Stage.OPENED)

    def claim(self) -> None:
        """Take the port; it is opened on the scanner's thread, and again whenever it is lost."""
        self.life.move(Stage.CLAIMED)
        self._worker.start()

    def enable(self) -> None:
        """From now on scans are delivered; before, they are counted as errors and not delivered."""
        self.life.move(Stage.ENABLED)

    def disable(self) -> None:
        self.life.move(Stage.CLAIMED)

    def release(self) -> None:
        """Let go of the port for good."""
        self.life.move(Stage.OPENED)
        self._worker.stop()

    def close(self) -> None:
        self.life.move(Stage.CLOSED)

    def start(self) -> None:
        """open, claim, enable."""
        self.open()
        self.claim()
        self.enable()

    def stop(self) -> None:
        """disable, release, close."""
        self.disable()
        self.release()
        self.close()

    def _open_session(self, lease: Lease) -> _Session:
        return _Session(self._open_transport(), lease, self._clock, self._deliver)

    def _opened(self) -> None:
        self.life.count("reconnects")
        self.life.say(Health.OK)

    def _lost(self, error: DeviceError) -> None:
        self.life.count("errors")
        self.life.say(Health.OFFLINE, error)

    def _hung(self) -> None:
        self.life.count("abandoned")
        self.life.say(Health.ERROR, DeviceError("device_hung", device=self.life.name))

    def _deliver(self, frame: Frame) -> None:
        if self.life.stage is not Stage.ENABLED:
            self.life.count("errors")
            return
        routed = route_frame(frame, self._scheme)
        self.life.count("data")
        self._emit(
            DataEvent(
                self.life.name, Source.SERIAL, routed.text, routed.kind, routed.symbology, at_ms=self._clock.now_ms()
            )
        )
