"""What the screens need of the devices: a Protocol; app.wiring passes something that keeps it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from app.domain.receipt import JobState, Receipt


class DeviceKind(StrEnum):
    """The devices a till of this version may have."""

    PRINTER = "printer"
    SCANNER = "scanner"
    DRAWER = "drawer"
    DISPLAY = "display"


class Health(StrEnum):
    """How a device is, in the words of devices.md."""

    OK = "ok"
    WARN = "warn"
    OFFLINE = "offline"
    ERROR = "error"
    NONE = "none"
    """Not set up at this till."""


class CheckLevel(StrEnum):
    """How far a check goes: what the till knows, a question to the device, something a person watches."""

    INTERNAL = "internal"
    EXTERNAL = "external"
    INTERACTIVE = "interactive"


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer to the last check of a device; `code` as in DeviceCard."""

    level: CheckLevel
    health: Health
    code: str = ""


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
    reconnects: int = 0
    abandoned: int = 0
    """Calls that hung and were left behind."""
    hours: int = 0
    """Whole hours with a connection since the program started."""
    checked: Checked | None = None


class Listener(Protocol):
    """Who is told by the devices. Every method may be called from any thread and returns at once."""

    def scanned(self, code: str) -> None: ...
    def job_changed(self, job_id: int, state: JobState) -> None: ...
    def devices_changed(self) -> None: ...
    def raise_window(self) -> None:
        """Somebody started the till a second time."""
        ...


class WedgeVerdict(Protocol):
    """What to do with a key, in this order: deliver `replay`, then the key itself unless `swallow`."""

    @property
    def swallow(self) -> bool: ...
    @property
    def replay(self) -> tuple[Any, ...]: ...
    @property
    def timer_ms(self) -> int | None:
        """Call `flush` after so long without another key; None: no timer."""
        ...


class Wedge(Protocol):
    """Tells a keyboard-wedge scanner from a person typing (devices.scanner.wedge); it delivers its scans itself.

    `key` is a copy of the toolkit's event, `char` its text, `at_ms` the event's own time. UI thread.
    """

    def key(self, key: Any, char: str, at_ms: int, *, auto_repeat: bool = False) -> WedgeVerdict: ...
    def flush(self) -> WedgeVerdict: ...


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """Something plugged in: `address` is what the set-up would say, `label` what it calls itself, `port` its name
    today.

    `wire`: serial, hid, usb_printer or tcp.
    """

    wire: str
    address: str
    label: str = ""
    port: str = ""


class WedgeLearning(Wedge, Protocol):
    """Stands in the wedge's place while its scanner is learned: give it to the key filter, have somebody scan."""

    @property
    def scans(self) -> int:
        """Test scans seen so far."""
        ...

    @property
    def settings(self) -> Mapping[str, int] | None:
        """What to keep in devices.toml, once enough scans were seen."""
        ...


class Devices(Protocol):
    """All devices of the till. No method blocks: each device has its own thread."""

    def start(self, listener: Listener) -> None:
        """Open them; news goes to `listener`."""
        ...

    def cards(self) -> tuple[DeviceCard, ...]: ...
    def test(self, name: str) -> None:
        """Try the device with that name: a test page, a drawer pulse, the next scan. As `check` INTERACTIVE."""
        ...

    def check(self, name: str, level: CheckLevel) -> None:
        """Ask the device how it is; the answer is in its card, after `devices_changed`."""
        ...

    def print_waiting(self) -> None:
        """There is a new print job in till.db."""
        ...

    def show_customer(self, receipt: Receipt) -> None:
        """Its first two blocks on the pole display, where there is one."""
        ...

    def wedge(self) -> Wedge | None:
        """The machine of the configured wedge, None without one."""
        ...

    def search(self, done: Callable[[tuple[FoundDevice, ...]], None], at: str = "") -> None:
        """What is plugged in, and at the network address `at`; `done` on a thread of its own. Returns at once.

        ConfigError `device_address`.
        """
        ...

    def keep(self, changes: Mapping[str, str | int | bool]) -> None:
        """Keep a choice (`scanner.address` → value) for the next start. Writes a small file: not on the UI thread.

        ConfigError when the next start could not open it; then nothing was changed.
        """
        ...

    def learn_wedge(self) -> WedgeLearning:
        """A new learner."""
        ...

    def close(self) -> None: ...
