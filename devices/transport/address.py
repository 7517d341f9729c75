"""Where a device is, one line: `tcp://host:port`, `serial:NAME@baud`, `usb:vid:pid`, `hid:vid:pid`, `file:PATH`;
printers also `usblp:vid:pid`, `usblp:/dev/usb/lp0`, `winspool:NAME`.

After `vid:pid` the serial number may follow (`:A12`), or the socket it must be in (`#1-2.3`), and behind `usb:` the
speed of the line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.errors import ConfigError
from devices.transport.file import open_file
from devices.transport.hid import open_hid
from devices.transport.port import Transport
from devices.transport.serial import BAUD_DEFAULT, Identity, Lister, list_ports, open_serial
from devices.transport.tcp import open_tcp
from devices.transport.usblp import open_usblp
from devices.transport.winspool import open_winspool

_TCP = re.compile(r"tcp://(?P<host>\[[0-9a-fA-F:]+\]|[^:/\s]+):(?P<port>[0-9]+)/?")
_SERIAL = re.compile(r"serial:(?P<name>[^@]+)(?:@(?P<baud>[0-9]+))?")
_USB = re.compile(
    r"usb:(?P<vid>[0-9a-fA-F]{4}):(?P<pid>[0-9a-fA-F]{4})"
    r"(?::(?P<serial>[^@#]+))?(?:#(?P<location>[^@]+))?(?:@(?P<baud>[0-9]+))?"
)
_USBLP = re.compile(
    r"usblp:(?:(?P<vid>[0-9a-fA-F]{4}):(?P<pid>[0-9a-fA-F]{4})(?::(?P<serial>[^#]+))?(?:#(?P<location>.+))?"
    r"|(?P<name>/.+))"
)
_WINSPOOL = re.compile(r"winspool:(?P<name>.+)")
_HID = re.compile(r"hid:(?P<vid>[0-9a-fA-F]{4}):(?P<pid>[0-9a-fA-F]{4})(?::(?P<serial>.+))?")
_FILE = re.compile(r"file:(?P<path>.+)")

HID_SCANNERS = 0x8C
"""USB usage page of bar code scanners."""

Opener = Callable[[], Transport]


@dataclass(frozen=True, slots=True)
class Address:
    """A checked address; `text` is what the settings say. `printer`: one of usblp; `spool`: one of the spooler."""

    text: str
    host: str = ""
    port: int = 0
    identity: Identity | None = None
    baud: int = BAUD_DEFAULT
    path: Path | None = None
    printer: Identity | None = None
    spool: str = ""
    hid: bool = False


def parse(text: str) -> Address:
    """The address in `text`. ConfigError `device_address`, `device_port`."""
    if found := _TCP.fullmatch(text):
        port = int(found["port"])
        if 0 < port < 65536:
            return Address(text, host=found["host"].strip("[]"), port=port)
        raise ConfigError("device_port", port=found["port"])
    elif found := _SERIAL.fullmatch(text):
        return Address(text, identity=Identity(name=found["name"]), baud=int(found["baud"] or BAUD_DEFAULT))
    elif found := _USB.fullmatch(text):
        identity = Identity(int(found["vid"], 16), int(found["pid"], 16), found["serial"], found["location"])
        return Address(text, identity=identity, baud=int(found["baud"] or BAUD_DEFAULT))
    elif found := _USBLP.fullmatch(text):
        vid, pid = (int(found[part], 16) if found[part] else None for part in ("vid", "pid"))
        return Address(text, printer=Identity(vid, pid, found["serial"], found["location"], found["name"]))
    elif found := _WINSPOOL.fullmatch(text):
        return Address(text, spool=found["name"])
    elif found := _HID.fullmatch(text):
        identity = Identity(int(found["vid"], 16), int(found["pid"], 16), found["serial"])
        return Address(text, identity=identity, hid=True)
    elif found := _FILE.fullmatch(text):
        return Address(text, path=Path(found["path"]))
    raise ConfigError("device_address", address=text)


def opener(device: str, address: Address, *, lister: Lister = list_ports) -> Opener:
    """A function that opens the address; called on the device's thread, each time it must be opened (again).

    ConfigError `device_address` for a HID device: it gives reports, not bytes.
    """
    if address.hid:
        raise ConfigError("device_address", address=address.text)
    if address.path is not None:
        path = address.path
        return lambda: open_file(device, path)
    if address.identity is not None:
        identity = address.identity
        return lambda: open_serial(device, identity, baud=address.baud, lister=lister)
    if address.printer is not None:
        printer = address.printer
        return lambda: open_usblp(device, printer)
    if address.spool:
        return lambda: open_winspool(device, address.spool)
    return lambda: open_tcp(device, address.host, address.port)


def hid_opener(device: str, address: Address) -> Opener:
    """As `opener`, for a scanner at an address `hid:…`. ConfigError `device_address` when it is another one."""
    identity = address.identity
    if identity is None or not address.hid:
        raise ConfigError("device_address", address=address.text)
    return lambda: open_hid(device, identity, HID_SCANNERS)
