"""The pole display as a device: shows the last picture it was given, and again whenever it was away.

It takes bytes and says nothing: that it is plugged in is known from the line alone.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from app.domain.receipt import Align, Receipt, Text
from devices.device import Device
from devices.display.cd5220 import BEGIN, picture
from devices.events import CheckLevel, Emit, StatusUpdate
from devices.transport.address import Opener
from devices.transport.port import Transport, lost
from devices.worker import Lease, Pace

IDLE_S = 1.0
WRITE_S = 0.1
TAKES_S_MAX = 2.0
"""A display that takes nothing for so long is lost: its line is opened anew."""
TEST_S = 5.0
TEST = Receipt((Text("Guitai 柜台", Align.CENTRE), Text("0123456 ￥12.50，。")))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A picture; each has a number of its own, so that the same one is written again when it is asked for again."""

    number: int
    data: bytes


class DisplaySession:
    """One connection: writes the picture that is wanted when it is not the one that stands there."""

    def __init__(self, transport: Transport, owner: PoleDisplay, lease: Lease) -> None:
        self._transport = transport
        self._owner = owner
        self._lease = lease
        self._shown = 0
        self._test_until_s = 0.0

    def begin(self) -> None:
        """Reset the display. DeviceError `device_lost`."""
        self._write(BEGIN)

    def test(self) -> None:
        """Show the test picture for a while. DeviceError `device_lost`."""
        self._write(picture(TEST))
        self._shown, self._test_until_s = 0, time.monotonic() + TEST_S

    def tick(self) -> float:
        """The picture that is wanted, once; a read says whether the line is still there. DeviceError `device_lost`."""
        self._transport.read(0.0)
        left_s = self._test_until_s - time.monotonic()
        wanted = self._owner.wanted
        if wanted.number == self._shown:
            return IDLE_S
        if left_s > 0:
            return min(left_s, IDLE_S)
        self._write(wanted.data)
        if self._lease.held:
            self._shown = wanted.number
            self._owner.life.count("output")
        return 0.0

    def close(self) -> None:
        self._transport.close()

    def _write(self, data: bytes) -> None:
        end_s = time.monotonic() + TAKES_S_MAX
        while data and self._lease.held:
            data = data[self._transport.write(data, WRITE_S) :]
            if data and time.monotonic() >= end_s:
                raise lost(self._owner.life.name)


class PoleDisplay(Device[DisplaySession]):
    """`show` from any thread; only the newest picture is ever written."""

    def __init__(self, name: str, open_transport: Opener, *, emit: Emit, pace: Pace | None = None) -> None:
        super().__init__(name, emit, pace)
        self._open_transport = open_transport
        self._lock = threading.Lock()
        self._wanted = _Wanted(0, b"")

    @property
    def wanted(self) -> _Wanted:
        """What is to be seen; number 0: nothing yet."""
        with self._lock:
            return self._wanted

    def show(self, receipt: Receipt) -> None:
        """Its first two blocks, from now on. Never blocks."""
        data = picture(receipt)
        with self._lock:
            self._wanted = _Wanted(self._wanted.number + 1, data)
        self._worker.poke()

    def _check(self, session: DisplaySession, level: CheckLevel) -> StatusUpdate | None:
        """INTERACTIVE shows a test picture for five seconds; below that a display cannot be asked anything."""
        if level is CheckLevel.INTERACTIVE:
            session.test()
        return self.life.status

    def _open_session(self, lease: Lease) -> DisplaySession:
        session = DisplaySession(self._open_transport(), self, lease)
        try:
            session.begin()
        except BaseException:
            session.close()
            raise
        return session
