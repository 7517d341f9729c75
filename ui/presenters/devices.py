"""What the screens need of the devices: a Protocol; app.wiring passes something that keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from app.domain.card import CodeKind
from app.domain.receipt import JobState, Receipt
from app.errors import Fact

TYPING_SCANNER = "wedge"
"""The name of a scanner that is a keyboard."""


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


class Stage(StrEnum):
    """How far a device is: each verb of UnifiedPOS moves one step."""

    CLOSED = "closed"
    OPENED = "opened"
    CLAIMED = "claimed"
    ENABLED = "enabled"


class CheckLevel(StrEnum):
    """How far a check goes: what the till knows, a question to the device, something a person watches."""

    INTERNAL = "internal"
    EXTERNAL = "external"
    INTERACTIVE = "interactive"


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer to the last check of a device; `code`, `facts` as in DeviceCard. Another answer is another object."""

    level: CheckLevel
    health: Health
    code: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    at_ms: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ScanSeen:
    """One scan as a person who tries a scanner wants to see it: `masked` is its two ends, `chars` its length.

    `source`: serial, hid or wedge. `symbology`: the AIM identifier (`C0`) or empty.
    """

    source: str
    kind: CodeKind
    masked: str
    chars: int
    symbology: str = ""
    ended: str = ""
    """How it ended: cr, lf, etx, silence, report (HID), enter or tab; empty: not known."""


@dataclass(frozen=True, slots=True)
class DeviceCard:
    """One device on the status screen. `code` is a key of app.messages or "" (with `facts` it says what is wrong)."""

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
    stage: Stage = Stage.CLOSED
    facts: Mapping[str, Fact] = field(default_factory=dict)
    scan: ScanSeen | None = None
    """The last scan."""


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


class Devices(Protocol):
    """All devices of the till. No method blocks: each device has its own thread."""

    def start(self, listener: Listener) -> None:
        """Open them; news goes to `listener`."""
        ...

    def cards(self) -> tuple[DeviceCard, ...]: ...
    def check(self, name: str, level: CheckLevel) -> None:
        """Ask the device how it is; the answer is in its card, after `devices_changed`.

        INTERACTIVE is a test page, a drawer pulse (audited before: app.services.drawer), the next scan.
        """
        ...

    def print_waiting(self) -> None:
        """There is a new print job in till.db."""
        ...

    def show_customer(self, receipt: Receipt) -> None:
        """Its first two blocks on the pole display, where there is one."""
        ...

    def wedge(self) -> Wedge | None:
        """Where the keys of a scanner that types belong; None before the devices are made."""
        ...

    def close(self) -> None: ...
