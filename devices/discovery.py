"""What is plugged into this machine: each source is asked on a thread of its own and given up when it hangs.

The address offered names the device by what it is (vendor, product, serial number, socket), never by its port.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app import logs
from devices.transport.address import HID_SCANNERS
from devices.transport.hid import Backend, list_hid
from devices.transport.serial import PortInfo, list_ports
from devices.transport.usblp import list_usb_printers

SOURCE_S_MAX = 5.0


class Wire(StrEnum):
    """How the device is connected."""

    SERIAL = "serial"
    HID = "hid"
    USB_PRINTER = "usb_printer"


@dataclass(frozen=True, slots=True)
class Found:
    """A device that is here: `address` is what the settings would say, `label` what it calls itself (may be empty).

    `port` is its name today, for people only.
    """

    wire: Wire
    address: str
    label: str = ""
    port: str = ""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found, and the sources that failed or did not answer in time."""

    found: tuple[Found, ...]
    silent: tuple[str, ...] = ()


Ask = Callable[[], Sequence[Found]]


def serial_ports(lister: Callable[[], Sequence[PortInfo]] = list_ports) -> list[Found]:
    """Serial ports. One that says nothing of who is behind it can only be called by its port's name."""
    return [Found(Wire.SERIAL, address_of(port), port.label, port.name) for port in lister()]


def address_of(port: PortInfo) -> str:
    """The address that finds this device again in whatever socket, or, without a serial number, in this one."""
    if port.vid is None or port.pid is None:
        return f"serial:{port.name}"
    identity = f"usb:{port.vid:04x}:{port.pid:04x}"
    if port.serial_no:
        return f"{identity}:{port.serial_no}"
    return f"{identity}#{port.location}" if port.location else identity


def hid_scanners(backend: Backend | None = None) -> list[Found]:
    """HID-POS scanners. DeviceError `hid_missing`."""
    return [
        Found(
            Wire.HID, ":".join(filter(None, (f"hid:{one.vid:04x}:{one.pid:04x}", one.serial_no))), one.label, one.name
        )
        for one in list_hid(HID_SCANNERS, backend)
    ]


def usb_printers(lister: Callable[[], Sequence[PortInfo]] = list_usb_printers) -> list[Found]:
    """Printers of the USB printer class; nothing on other systems than Linux."""
    return [Found(Wire.USB_PRINTER, printer_address(port), port.label, port.name) for port in lister()]


def printer_address(port: PortInfo) -> str:
    """As `address_of`, for a printer."""
    named = address_of(port)
    return f"usblp:{port.name}" if port.vid is None or port.pid is None else f"usblp:{named.removeprefix('usb:')}"


SOURCES: Mapping[str, Ask] = {"serial": serial_ports, "hid": hid_scanners, "usb_printer": usb_printers}


def discover(sources: Mapping[str, Ask] = SOURCES, timeout_s: float = SOURCE_S_MAX) -> Discovery:
    """Ask all sources at once. Waits `timeout_s` at most: never on the UI thread."""
    answers: queue.Queue[tuple[str, Sequence[Found] | None]] = queue.Queue()
    for name, ask in sources.items():
        threading.Thread(target=_ask, args=(name, ask, answers), name=f"discover-{name}", daemon=True).start()
    found: dict[str, Sequence[Found] | None] = {}
    end_s = time.monotonic() + timeout_s
    while len(found) < len(sources):
        try:
            name, what = answers.get(timeout=max(0.0, end_s - time.monotonic()))
        except queue.Empty:
            break
        found[name] = what
    heard = [one for name in sources for one in found.get(name) or ()]
    silent = tuple(name for name in sources if found.get(name) is None)
    return Discovery(tuple(dict.fromkeys(heard)), silent)


def _ask(name: str, ask: Ask, answers: queue.Queue[tuple[str, Sequence[Found] | None]]) -> None:
    try:
        answers.put((name, ask()))
    except Exception as error:  # noqa: BLE001  thread top: a driver's bug is a silent source
        logs.event("devices", "discovery_failed", source=name, error=type(error).__name__)
        answers.put((name, None))
