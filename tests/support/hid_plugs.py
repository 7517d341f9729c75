"""HID scanners without USB: what hidapi would show and read, report bytes as their makers print them."""

from __future__ import annotations

import queue
from typing import Any

from devices.scanner.hid_report import SCANNED_DATA
from devices.transport.address import HID_SCANNERS


def report(data: bytes, symbology: bytes = b"]Q0", *, goes_on: bool = False) -> bytes:
    """A report as the manuals print it."""
    head = bytes((SCANNED_DATA, len(data))) + symbology
    return head + data.ljust(56, b"\0") + b"s\0" + bytes((goes_on,))


class Port:
    """One device: every handle that is open on it gets every report, as with hidraw."""

    def __init__(self) -> None:
        self.open: list[queue.Queue[bytes | None]] = []

    def put(self, data: bytes | None) -> None:
        for line in self.open:
            line.put(data)


class Plugs:
    """hidapi with devices of a test: what is plugged in, and what each sends (None: the plug is pulled)."""

    def __init__(self) -> None:
        self.there: list[dict[str, Any]] = []
        self.lines: dict[bytes, Port] = {}
        self.refuses = False

    def plug(self, path: bytes, usage_page: int = HID_SCANNERS) -> None:
        self.lines[path] = Port()
        self.there.append(
            {"path": path, "vendor_id": 0x0DB5, "product_id": 0x0139, "serial_number": "S1", "product_string": "LSR110"}
            | {"usage_page": usage_page}
        )

    def unplug(self, path: bytes) -> None:
        self.there = [one for one in self.there if one["path"] != path]
        self.lines[path].put(None)

    def enumerate(self) -> list[dict[str, Any]]:
        return self.there

    def device(self) -> Handle:
        return Handle(self)


class Handle:
    """One open device of hidapi."""

    def __init__(self, plugs: Plugs) -> None:
        self._plugs = plugs
        self._line: queue.Queue[bytes | None] | None = None

    def open_path(self, path: bytes) -> None:
        if self._plugs.refuses:
            raise OSError("open failed")
        self._line = queue.Queue()
        self._plugs.lines[path].open.append(self._line)

    def read(self, _size: int, timeout_ms: int) -> list[int]:
        if self._line is None:
            raise ValueError("not open")
        try:
            data = self._line.get(timeout=timeout_ms / 1000)
        except queue.Empty:
            return []
        if data is None:
            raise OSError("read error")
        return list(data)

    def close(self) -> None:
        self._line = None
