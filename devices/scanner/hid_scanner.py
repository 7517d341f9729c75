"""A HID-POS scanner (usage page 0x8C): reports instead of bytes, everything else as with a serial one."""

from __future__ import annotations

from devices.events import Source
from devices.scanner.hid_report import ReportReader
from devices.scanner.router import route_hid
from devices.scanner.scanner import Scanner, ScannerSetup
from devices.transport.address import Opener
from devices.transport.port import Transport
from devices.worker import Lease

READ_S = 0.1


class HidSession:
    """One connection: reports in, scans out."""

    def __init__(self, transport: Transport, owner: HidScanner, lease: Lease) -> None:
        self._transport = transport
        self._owner = owner
        self._lease = lease
        self._reader = ReportReader()

    def tick(self) -> float:
        """What came until now, at most READ_S of waiting."""
        report = self._transport.read(READ_S)
        now_s = self._owner.setup.clock.monotonic_s()
        scan = self._reader.feed(report, now_s) if report else self._reader.idle(now_s)
        if self._lease.held:
            if scan is not None:
                self._owner.deliver(route_hid(scan, self._owner.setup.scheme))
            self._owner.pulse()
        return 0.0

    def close(self) -> None:
        self._transport.close()


class HidScanner(Scanner[HidSession]):
    """One scanner. A code whose rest did not come is said as unknown: a part of a code is not a code."""

    source = Source.HID

    def __init__(self, setup: ScannerSetup, open_transport: Opener) -> None:
        super().__init__(setup)
        self._open_transport = open_transport

    def _open_session(self, lease: Lease) -> HidSession:
        return HidSession(self._open_transport(), self, lease)
