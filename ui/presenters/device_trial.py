"""A device that is tried before it is kept: what is known of it, and the port through which the screens do it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from app.errors import Fact
from ui.presenters.devices import DeviceKind, Devices, Health, ScanSeen

SAMPLES_WANTED = 3


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """Something plugged in: `address` is what the set-up would say, `label` what it calls itself, `port` its name
    today.

    `wire`: serial, hid or usb_printer.
    """

    wire: str
    address: str
    label: str = ""
    port: str = ""


class Sheet(StrEnum):
    """What a printer is given to print while it is set up."""

    RULER = "ruler"
    CHINESE = "chinese"


class Sent(StrEnum):
    """What became of the last sheet or question. HELD: nothing was sent, the printer is away or stands still."""

    NOTHING = ""
    GOING = "going"
    DONE = "done"
    FAILED = "failed"
    HELD = "held"


class Completion(StrEnum):
    """How a printer says that a receipt is on paper: by our job number, by its paper status, or not at all."""

    ID = "id"
    PAPER = "paper"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Trial:
    """A device on trial. `address` empty: a scanner that types. `code` and `facts` as in DeviceCard.

    `alike`: all samples are the same code. `settings`: what was learned of a scanner that types, for devices.toml.
    """

    kind: DeviceKind
    address: str
    health: Health = Health.OFFLINE
    code: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    scans: tuple[ScanSeen, ...] = ()
    alike: bool = True
    settings: Mapping[str, int] | None = None
    sheet: Sheet | None = None
    sent: Sent = Sent.NOTHING
    """What became of `sheet`, or of the question without one."""
    completion: Completion | None = None
    stopped: bool = False
    """The printer says that it prints nothing until a person helps: no paper, cover open, offline."""

    @property
    def here(self) -> bool:
        """Whether it can be worked with now."""
        return self.health in (Health.OK, Health.WARN)

    @property
    def sampled(self) -> bool:
        """Whether enough scans came, and all of one code."""
        learned = bool(self.address) or self.settings is not None
        return len(self.scans) >= SAMPLES_WANTED and self.alike and learned


class Trials(Devices, Protocol):
    """The devices of the till, and the trial of one before it is kept."""

    def search(self) -> tuple[FoundDevice, ...]:
        """What is plugged in. Waits five seconds at most: not on the UI thread."""
        ...

    def begin_trial(self, kind: DeviceKind, address: str) -> None:
        """Try a printer or scanner before it is kept; address empty: a scanner that types. The one of the same kind
        that is set up rests meanwhile. Waits for it: not on the UI thread.

        ConfigError `device_address`; DeviceError `device_busy` while a receipt is being printed. Then all is as before.
        """
        ...

    def trial(self) -> Trial | None:
        """What is known of the device on trial; another after `devices_changed`."""
        ...

    def try_sheet(self, sheet: Sheet, columns: int) -> None:
        """Have the printer on trial print this; `Trial.sent` tells what became of it."""
        ...

    def try_probe(self) -> None:
        """Ask the printer on trial how it says that a receipt is on paper; `Trial.completion` has the answer."""
        ...

    def try_again(self) -> None:
        """Forget the samples of the scanner on trial."""
        ...

    def end_trial(self) -> None:
        """Let go of the device on trial, if there is one; those of the set-up work again. Not on the UI thread."""
        ...

    def keep(self, changes: Mapping[str, str | int | bool]) -> None:
        """Keep a choice (`scanner.address` → value) and use it from now on; a trial is over. Not on the UI thread.

        ConfigError when it cannot be opened or kept, or an environment variable decides it; DeviceError `device_busy`
        while a receipt is being printed. Then the devices are as before.
        """
        ...
