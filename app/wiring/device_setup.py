"""Setting up devices: what is plugged in here, and keeping a choice that the next start can open."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from app.config import Value, save_devices
from devices.discovery import SOURCES, discover, tcp_at
from devices.printer.profiles import profile
from devices.transport.address import hid_opener, opener, parse
from ui.presenters.devices import FoundDevice

Told = Callable[[tuple[FoundDevice, ...]], None]


def search(done: Told, at: str = "") -> None:
    """What is plugged in, and the device at the network address `at` where one is given. Returns at once.

    `done` is called on a thread of its own, after five seconds at most. ConfigError `device_address`: `at` is none.
    """
    sources = dict(SOURCES)
    if at:
        address = parse(at)
        sources["tcp"] = tcp_at(address.host, address.port)

    def look() -> None:
        found = discover(sources).found
        done(tuple(FoundDevice(one.wire.value, one.address, one.label, one.port) for one in found))

    threading.Thread(target=look, name="search", daemon=True).start()


def keep(folder: Path, changes: Mapping[str, Value]) -> None:
    """Keep `changes` (`scanner.address` → value …) in devices.toml; the till's next start opens them.

    ConfigError `device_address`, `printer_profile` when that start could not, and those of save_devices. Then nothing
    was changed.
    """
    scanner = changes.get("scanner.address")
    for device in ("printer", "display"):
        wired = changes.get(f"{device}.address")
        if isinstance(wired, str) and wired:
            opener(device, parse(wired))
    if isinstance(scanner, str) and scanner:
        address = parse(scanner)
        (hid_opener if address.hid else opener)("scanner", address)
    kind = changes.get("printer.profile")
    if isinstance(kind, str):
        profile(kind)
    save_devices(folder, changes)
