"""Printers of the USB printer class as Linux offers them (/dev/usb/lp*, driver usblp): they can be written and answer.

Written here and not through libusb: the kernel holds the printer already, and taking it away needs root. What the
driver does (drivers/usb/class/usblp.c): one process at a time, EINVAL when a one-way printer is read, ENODEV when it
is unplugged, and closing throws away what the printer has not taken.
"""

from __future__ import annotations

import errno
import os
import select
from collections.abc import Callable, Sequence
from pathlib import Path

from app.errors import DeviceError
from devices.transport.port import READ_BYTES_MAX, lost, unreachable
from devices.transport.serial import Identity, PortInfo

NODES = Path("/sys/class/usbmisc")
WRITE_BYTES_MAX = 1024
DRAIN_S_MAX = 1.0

PrinterLister = Callable[[], Sequence[PortInfo]]


class UsblpTransport:
    """An open printer node, never blocking."""

    replies_outlive = True

    def __init__(self, device: str, descriptor: int, *, two_way: bool) -> None:
        self._device = device
        self._descriptor = descriptor
        self._two_way = two_way
        self._wrote = False

    @property
    def two_way(self) -> bool:
        return self._two_way

    def write(self, data: bytes, timeout_s: float) -> int:
        """At most WRITE_BYTES_MAX at a time, so that the caller looks for replies between slices."""
        try:
            _, ready, _ = select.select([], [self._descriptor], [], timeout_s)
            taken = os.write(self._descriptor, data[:WRITE_BYTES_MAX]) if ready else 0
        except BlockingIOError:
            return 0
        except OSError as error:
            raise lost(self._device, error) from error
        self._wrote = self._wrote or taken > 0
        return taken

    def read(self, timeout_s: float) -> bytes:
        """Nothing, at once, from a one-way printer. An empty answer of the printer counts as none."""
        if not self._two_way:
            return b""
        try:
            ready, _, _ = select.select([self._descriptor], [], [], timeout_s)
            data = os.read(self._descriptor, READ_BYTES_MAX) if ready else b""
        except BlockingIOError:
            return b""
        except OSError as error:
            raise lost(self._device, error) from error
        if ready and not data:
            if _hung_up(self._descriptor):
                raise lost(self._device)
            select.select([], [], [], timeout_s)  # some printers answer nothing all the time: do not ask in a circle
        return data

    def close(self) -> None:
        """Wait until the printer has what was written: the driver drops the rest."""
        try:
            if self._wrote:
                select.select([], [self._descriptor], [], DRAIN_S_MAX)
            os.close(self._descriptor)
        except OSError:  # unplugged: there is nothing to let go
            return


def open_usblp(device: str, identity: Identity, *, lister: PrinterLister | None = None) -> UsblpTransport:
    """Open the first printer that fits. DeviceError `device_missing` (not plugged in) or `device_unreachable`."""
    found = [port.name for port in (lister or list_usb_printers)() if identity.fits(port)]
    name = found[0] if found else identity.name
    if name is None:
        raise DeviceError("device_missing", device=device)
    try:
        descriptor = os.open(name, os.O_RDWR | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
    except OSError as error:
        raise unreachable(device, error) from error
    return UsblpTransport(device, descriptor, two_way=_answers(descriptor))


def _hung_up(descriptor: int) -> bool:
    """Whether the other end is gone: an unplugged node may read as empty before it reads as an error."""
    poll = select.poll()
    poll.register(descriptor, 0)
    return any(found & (select.POLLHUP | select.POLLERR) for _, found in poll.poll(0))


def _answers(descriptor: int) -> bool:
    """Whether the printer can be read at all; what it said before is for nobody."""
    try:
        os.read(descriptor, READ_BYTES_MAX)
    except OSError as error:
        return error.errno != errno.EINVAL
    return True


def list_usb_printers(root: Path = NODES) -> Sequence[PortInfo]:
    """The printers that are plugged in, with what they call themselves; none on other systems."""
    return [_printer(node) for node in sorted(root.glob("lp*"))]


def _printer(node: Path) -> PortInfo:
    interface = node / "device"
    usb = interface.resolve().parent
    return PortInfo(
        name=f"/dev/usb/{node.name}",
        vid=_hex(_line(usb / "idVendor")),
        pid=_hex(_line(usb / "idProduct")),
        serial_no=_line(usb / "serial") or None,
        location=usb.name if _line(usb / "idVendor") else None,
        label=_label(_line(interface / "ieee1284_id")),
    )


def _line(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def _hex(text: str) -> int | None:
    try:
        return int(text, 16)
    except ValueError:
        return None


def _label(ieee1284: str) -> str:
    """Maker and model of the printer's own description, `MFG:…;MDL:…;`."""
    parts = dict(part.strip().partition(":")[::2] for part in ieee1284.split(";"))
    maker, model = (
        parts.get(long) or parts.get(short) or "" for long, short in (("MANUFACTURER", "MFG"), ("MODEL", "MDL"))
    )
    return f"{maker} {model}".strip()
