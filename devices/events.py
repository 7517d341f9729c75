"""What devices say to the till: frozen values through one plain callback, called on the device's own thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.card import CodeKind
from app.domain.receipt import JobState
from app.errors import Fact


class Health(StrEnum):
    """UnifiedPOS power and health in one word each: what the device page shows as a chip."""

    OK = "ok"
    WARN = "warn"
    OFFLINE = "offline"
    ERROR = "error"


class CheckLevel(StrEnum):
    """How far a health check goes (UnifiedPOS): the program's own knowledge, a question to the device, a person."""

    INTERNAL = "internal"
    EXTERNAL = "external"
    INTERACTIVE = "interactive"


class Source(StrEnum):
    """Where a code came from; logged with every identification (never the code itself)."""

    SERIAL = "serial"
    HID = "hid"
    WEDGE = "wedge"


@dataclass(frozen=True, slots=True)
class DataEvent:
    """One code was read: `text` without its AIM identifier, `symbology` the identifier (`E0`) or empty.

    `at_ms` is wall time; `ended` how it ended: cr, lf, etx, silence, report, enter or tab. A frame that was no text, or
    too long, arrives as CodeKind.UNKNOWN: nothing is lost silently.
    """

    device: str
    source: Source
    text: str
    kind: CodeKind
    symbology: str = ""
    at_ms: int = 0
    ended: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """The health changed. `code` is a key of app.messages (empty when health is OK); `facts` fill its words."""

    device: str
    health: Health
    code: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ErrorEvent:
    """Something failed once: a connection lost, a call left behind. `code` is a key of app.messages.

    A device that stays away says it at every attempt; its StatusUpdate comes once.
    """

    device: str
    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HealthChecked:
    """What a health check found; `code` is a key of app.messages, empty when all is well, `facts` fill its words."""

    device: str
    level: CheckLevel
    health: Health
    code: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutputComplete:
    """A print job reached the end this printer can know of; `state` is one of the final states."""

    device: str
    job_id: int
    state: JobState
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DrawerPulse:
    """What became of one request to open the drawer: the pulse was sent, or it was not (and will not be)."""

    device: str
    sent: bool
    code: str = ""


DeviceEvent = DataEvent | StatusUpdate | ErrorEvent | HealthChecked | OutputComplete | DrawerPulse
Emit = Callable[[DeviceEvent], None]
