"""HID devices by hidapi, found by what they are. On Linux over hidraw: libusb would take them from the kernel."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Protocol

from app.errors import DeviceError
from devices.transport.port import lost, unreachable
from devices.transport.serial import Identity, PortInfo

REPORT_BYTES_MAX = 64


class Backend(Protocol):
    """What is used of hidapi's Python module."""

    def enumerate(self) -> Sequence[Mapping[str, Any]]: ...
    def device(self) -> Any: ...


def hidapi() -> Backend:
    """The system's hidapi. Lazy: it is imported on a device's thread, and where it is missing only HID is."""
    try:
        import hid

        found: Backend = import_module("hidraw") if sys.platform == "linux" else hid
    except ImportError as error:
        raise DeviceError("hid_missing") from error
    return found


def list_hid(usage_page: int, backend: Backend | None = None) -> list[PortInfo]:
    """HID devices of that usage page; `name` is the system's path. DeviceError `hid_missing`."""
    there = (backend or hidapi()).enumerate()
    return [
        PortInfo(
            one["path"].decode(),
            one["vendor_id"],
            one["product_id"],
            one["serial_number"] or None,
            None,
            one["product_string"] or "",
        )
        for one in there
        if one["usage_page"] == usage_page
    ]


class HidTransport:
    """An open HID device; each read gives one input report. Nothing is ever written."""

    two_way = False
    replies_outlive = False

    def __init__(self, device: str, handle: Any) -> None:  # hidapi has no types
        self._device = device
        self._handle = handle

    def write(self, data: bytes, timeout_s: float) -> int:  # noqa: ARG002  no report of ours is defined
        return 0

    def read(self, timeout_s: float) -> bytes:
        """One report; hidapi takes 0 as «do not wait»."""
        try:
            return bytes(self._handle.read(REPORT_BYTES_MAX, int(timeout_s * 1000)))
        except (OSError, ValueError) as error:
            raise lost(self._device, error if isinstance(error, OSError) else None) from error

    def close(self) -> None:
        self._handle.close()


def open_hid(device: str, identity: Identity, usage_page: int, backend: Backend | None = None) -> HidTransport:
    """Open the first that fits. DeviceError `hid_missing`, `device_missing` or `device_unreachable`."""
    backend = backend or hidapi()
    found = next((one for one in list_hid(usage_page, backend) if identity.fits(one)), None)
    if found is None:
        raise DeviceError("device_missing", device=device)
    handle = backend.device()
    try:
        handle.open_path(found.name.encode())
    except OSError as error:
        raise unreachable(device, error) from error
    return HidTransport(device, handle)
