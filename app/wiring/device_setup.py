"""Setting up devices: what is plugged in here, and keeping a choice that the next start can open."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from app.config import Value, save_devices, variable_of
from app.errors import ConfigError
from devices.discovery import discover
from devices.printer.profiles import profile
from devices.transport.address import hid_opener, opener, parse
from ui.presenters.device_trial import FoundDevice


def search() -> tuple[FoundDevice, ...]:
    """What is plugged in. Waits five seconds at most."""
    return tuple(FoundDevice(one.wire.value, one.address, one.label, one.port) for one in discover().found)


def keep(folder: Path, changes: Mapping[str, Value], environment: Mapping[str, str]) -> None:
    """Keep `changes` (`scanner.address` → value …) in devices.toml.

    ConfigError `device_address`, `printer_profile` when it could not be opened, `device_overruled` when a variable of
    the environment decides it, and those of save_devices. Then nothing was changed.
    """
    overruling = min((name for name in map(variable_of, changes) if name in environment), default="")
    if overruling:
        raise ConfigError("device_overruled", variable=overruling)
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
