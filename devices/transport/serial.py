"""Serial and USB-CDC ports by pyserial: exclusive, no DSR/DTR, found by what the device is, not by its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import DeviceError
from devices.transport.port import READ_BYTES_MAX, lost, unreachable

WRITE_BYTES_MAX = 256
BAUD_DEFAULT = 9600


@dataclass(frozen=True, slots=True)
class PortInfo:
    """A port the machine has now: its name today, and who is behind it."""

    name: str
    vid: int | None = None
    pid: int | None = None
    serial_no: str | None = None
    location: str | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is wanted: what is None does not matter. A port's name is the last resort (a pty, an old COM port)."""

    vid: int | None = None
    pid: int | None = None
    serial_no: str | None = None
    location: str | None = None
    name: str | None = None

    def fits(self, port: PortInfo) -> bool:
        wanted = (self.vid, self.pid, self.serial_no, self.location, self.name)
        there = (port.vid, port.pid, port.serial_no, port.location, port.name)
        return any(part is not None for part in wanted) and all(
            part is None or part == other for part, other in zip(wanted, there, strict=True)
        )


Lister = Callable[[], Sequence[PortInfo]]


def list_ports() -> Sequence[PortInfo]:
    """The machine's serial ports. ptys are not among them: name them in an Identity, or inject another lister."""
    from serial.tools import list_ports as system  # lazy: pyserial is imported on the device's thread only

    return [
        PortInfo(one.device, one.vid, one.pid, one.serial_number, one.location, one.product or "")
        for one in system.comports()
    ]


class SerialTransport:
    """An open port."""

    two_way = True
    replies_outlive = True

    def __init__(self, device: str, port: Any) -> None:  # pyserial has no types
        self._device = device
        self._port = port

    def write(self, data: bytes, timeout_s: float) -> int:
        """At most WRITE_BYTES_MAX at a time (a quarter of a second at 9600 baud)."""
        import serial

        try:
            if self._port.write_timeout != timeout_s:  # setting it talks to the driver
                self._port.write_timeout = timeout_s
            return int(self._port.write(data[:WRITE_BYTES_MAX]) or 0)
        except serial.SerialTimeoutException:
            return 0
        except OSError as error:  # SerialException is one
            raise lost(self._device, error) from error

    def read(self, timeout_s: float) -> bytes:
        """One byte when it comes, and with it what else has come."""
        try:
            if self._port.timeout != timeout_s:
                self._port.timeout = timeout_s
            first = bytes(self._port.read(1))
            waiting = self._port.in_waiting if first else 0
            return first + (bytes(self._port.read(min(waiting, READ_BYTES_MAX - 1))) if waiting else b"")
        except (OSError, TypeError) as error:  # pyserial raises TypeError when the port vanishes inside a read
            raise lost(self._device, error if isinstance(error, OSError) else None) from error

    def close(self) -> None:
        try:
            self._port.close()
        except OSError:  # the port is gone already: there is nothing to let go
            return


def open_serial(
    device: str, identity: Identity, *, baud: int = BAUD_DEFAULT, lister: Lister = list_ports
) -> SerialTransport:
    """Open the first port that fits. DeviceError `device_missing` (not plugged in) or `device_unreachable`."""
    import serial  # lazy: imported on the device's thread only

    found = [port.name for port in lister() if identity.fits(port)]
    name = found[0] if found else identity.name
    if name is None:
        raise DeviceError("device_missing", device=device)
    try:
        port = serial.Serial(name, baud, timeout=0, exclusive=True, dsrdtr=False, rtscts=False)
    except OSError as error:
        raise unreachable(device, error) from error
    except ValueError as error:
        raise unreachable(device) from error
    return SerialTransport(device, port)
