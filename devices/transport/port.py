"""What every way to a device offers: a bounded write that says how much was taken, a bounded read, a close."""

from __future__ import annotations

from typing import Protocol

from app.errors import DeviceError

READ_BYTES_MAX = 4096


class Transport(Protocol):
    """An open connection; used by one thread. Opening is a function of the module that implements it."""

    @property
    def two_way(self) -> bool:
        """Whether the device can answer."""
        ...

    @property
    def replies_outlive(self) -> bool:
        """Whether an answer to an old question can still arrive after closing and opening again (a serial line)."""
        ...

    def write(self, data: bytes, timeout_s: float) -> int:
        """Bytes taken from the front of `data`, 0 when the device takes none in time. DeviceError `device_lost`."""
        ...

    def read(self, timeout_s: float) -> bytes:
        """What came, at most READ_BYTES_MAX; empty when nothing did in time. DeviceError `device_lost`."""
        ...

    def close(self) -> None:
        """Give everything written to the device, then let go; never raises, never takes more than two seconds."""
        ...


def lost(device: str, error: OSError | None = None) -> DeviceError:
    """The connection to `device` is gone; the system's error number goes to the log by way of the facts."""
    return DeviceError("device_lost", device=device, errno=(error.errno or 0) if error else 0)


def unreachable(device: str, error: OSError | None = None) -> DeviceError:
    """The device cannot be opened."""
    return DeviceError("device_unreachable", device=device, errno=(error.errno or 0) if error else 0)
