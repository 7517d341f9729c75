"""The demo's control panel: what its simulated devices show, what goes wrong with them, and codes to scan."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

from ui.presenters.base import Presenter


class Fault(StrEnum):
    """What somebody can do to the simulated devices; each is on until it is switched off."""

    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    STALLED = "stalled"
    PRINTER_UNPLUGGED = "printer_unplugged"
    SCANNER_UNPLUGGED = "scanner_unplugged"
    DISPLAY_UNPLUGGED = "display_unplugged"


class Code(StrEnum):
    """What can be held before the simulated scanner; the next of its kind each time."""

    MEMBER = "member"
    PRODUCT = "product"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class Picture:
    """A grey-scale picture: rows of `width_px` bytes, 255 is white."""

    width_px: int
    height_px: int
    grey: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """The simulated devices now. `items` counts what is on the paper; `pulses` the times the drawer was opened."""

    faults: frozenset[Fault] = frozenset()
    items: int = 0
    pulses: int = 0
    drawer_open: bool = False
    pole: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class PanelState:
    """What the panel shows; `paper` None before anything was printed."""

    seen: Seen = field(default_factory=Seen)
    paper: Picture | None = None


class Simulators(Protocol):
    """The demo's simulated devices. One thread calls; nothing waits longer than a device takes to stop."""

    def look(self) -> Seen: ...
    def paper(self) -> Picture:
        """The end of the paper roll as a picture."""
        ...

    def switch(self, fault: Fault, *, on: bool) -> None: ...
    def scan(self, code: Code) -> None:
        """The next code of that kind; nothing while the scanner has no plug."""
        ...

    def close_drawer(self) -> None: ...


class DemoPanelPresenter(Presenter[PanelState]):
    """`tick` a few times a second: the devices speak to the till, not to the panel."""

    def __init__(self, simulators: Simulators) -> None:
        super().__init__(PanelState())
        self._simulators = simulators

    def tick(self) -> None:
        """Look at the devices; the paper is drawn again only when there is more on it."""
        seen, before = self._simulators.look(), self.state
        if seen == before.seen:
            return
        paper = self._simulators.paper() if seen.items != before.seen.items else before.paper
        self._become(replace(before, seen=seen, paper=paper))

    def toggle(self, fault: Fault) -> None:
        """Switch a fault on, or off again."""
        self._simulators.switch(fault, on=fault not in self.state.seen.faults)
        self.tick()

    def scan(self, code: Code) -> None:
        """Hold a code before the scanner."""
        self._simulators.scan(code)

    def close_drawer(self) -> None:
        """Push the drawer in."""
        self._simulators.close_drawer()
        self.tick()
