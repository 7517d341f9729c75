"""What the screens need of the devices: a Protocol; app.wiring passes something that keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.domain.receipt import JobState


class DeviceKind(StrEnum):
    """The devices a till of this version may have."""

    PRINTER = "printer"
    SCANNER = "scanner"
    DRAWER = "drawer"


class Health(StrEnum):
    """How a device is, in the words of devices.md."""

    OK = "ok"
    WARN = "warn"
    OFFLINE = "offline"
    ERROR = "error"
    NONE = "none"
    """Not set up at this till."""


@dataclass(frozen=True, slots=True)
class DeviceCard:
    """One device on the status screen. `code` is a key of app.messages or "" (its words say what is wrong)."""

    name: str
    kind: DeviceKind
    health: Health
    address: str = ""
    code: str = ""
    done: int = 0
    failed: int = 0
    last: str = ""
    """The last thing it did, masked: a scanned code's ends, never more."""
    testable: bool = False


class Listener(Protocol):
    """Who is told by the devices. Every method may be called from any thread and returns at once."""

    def scanned(self, code: str) -> None: ...
    def job_changed(self, job_id: int, state: JobState) -> None: ...
    def devices_changed(self) -> None: ...


class Wedge(Protocol):
    """Tells a keyboard-wedge scanner from a person typing (devices.scanner.wedge). UI thread.

    `key` is asked for every printable key, Enter and Tab, with the text of the key and the event's own time; True:
    the key is held back. `flush` is asked by timer while something is held. Both may return finished scans and keys
    to be typed after all.
    """

    def key(self, text: str, at_ms: int) -> WedgeAnswer: ...
    def flush(self, at_ms: int) -> WedgeAnswer: ...


@dataclass(frozen=True, slots=True)
class WedgeAnswer:
    """`held`: do not type this key. `scans` are whole codes; `replay` is text to type after all, in order."""

    held: bool
    scans: tuple[str, ...] = ()
    replay: str = ""
    flush_in_ms: int | None = None


class Devices(Protocol):
    """All devices of the till. No method blocks: each device has its own thread."""

    def start(self, listener: Listener) -> None:
        """Open them; news goes to `listener`."""
        ...

    def cards(self) -> tuple[DeviceCard, ...]: ...
    def test(self, name: str) -> None:
        """Try the device with that name: a test page, a drawer pulse."""
        ...

    def print_waiting(self) -> None:
        """There is a new print job in till.db."""
        ...

    def wedge(self) -> Wedge | None:
        """The machine of the configured wedge, None without one."""
        ...

    def close(self) -> None: ...
