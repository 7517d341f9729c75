"""Where the set-up of a device stands: frozen values for its presenter and its screen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ui.presenters.base import Notice
from ui.presenters.device_trial import FoundDevice, Sent, Sheet, Trial
from ui.presenters.devices import DeviceKind


class What(StrEnum):
    """What is set up."""

    PRINTER = "printer"
    SCANNER = "scanner"
    TYPING = "typing"
    """A scanner that types like a keyboard."""


class Page(StrEnum):
    """A step of the set-up."""

    FIND = "find"
    SAMPLES = "samples"
    RULER = "ruler"
    CHINESE = "chinese"
    COMPLETION = "completion"
    DRAWER = "drawer"
    KEEP = "keep"


PAGES = {
    What.PRINTER: (Page.FIND, Page.RULER, Page.CHINESE, Page.COMPLETION, Page.DRAWER, Page.KEEP),
    What.SCANNER: (Page.FIND, Page.SAMPLES, Page.KEEP),
    What.TYPING: (Page.FIND, Page.SAMPLES, Page.KEEP),
}
WIRES = {What.PRINTER: ("usb_printer", "serial"), What.SCANNER: ("hid", "serial"), What.TYPING: ()}
KINDS = {What.PRINTER: DeviceKind.PRINTER, What.SCANNER: DeviceKind.SCANNER, What.TYPING: DeviceKind.SCANNER}
OFF: dict[What, dict[str, str | bool]] = {
    What.PRINTER: {"printer.address": ""},
    What.SCANNER: {"scanner.address": ""},
    What.TYPING: {"scanner.wedge": False},
}
SHEETS = {Page.RULER: Sheet.RULER, Page.CHINESE: Sheet.CHINESE}
COLUMNS = (32, 42, 48)
TEXT, DOTS = "text", "dots"


@dataclass(frozen=True, slots=True)
class Answers:
    """What the person said of the sheets: columns (0: not yet), Chinese as text or dots, a drawer at the printer."""

    columns: int = 0
    chinese: str = ""
    drawer: bool | None = None


@dataclass(frozen=True, slots=True)
class SetupState:
    """`found` is what is plugged in, `address` what is typed instead. `busy`: a device is opened, let go of or kept."""

    open: bool = False
    what: What = What.PRINTER
    page: Page = Page.FIND
    found: tuple[FoundDevice, ...] = ()
    searching: bool = False
    address: str = ""
    busy: bool = False
    trial: Trial | None = None
    answers: Answers = Answers()
    without: bool = False
    """There shall be no such device."""
    notice: Notice | None = None

    @property
    def offered(self) -> tuple[FoundDevice, ...]:
        """What was found and can be one of these; as many as there are digits."""
        return tuple(one for one in self.found if one.wire in WIRES[self.what])[:9]

    @property
    def pages(self) -> tuple[Page, ...]:
        """The steps of this set-up."""
        return (Page.FIND, Page.KEEP) if self.without else PAGES[self.what]

    @property
    def printed(self) -> bool:
        """Whether the sheet of this step was sent and can be asked about: not while the printer stands still."""
        trial, sheet = self.trial, SHEETS.get(self.page)
        if trial is None or sheet is None or trial.stopped:
            return False
        return (trial.sheet, trial.sent) == (sheet, Sent.DONE)

    @property
    def may_go_on(self) -> bool:
        """Whether F10 leads on from this step."""
        trial, answers = self.trial, self.answers
        if self.busy or self.page is Page.FIND:
            return not self.busy and (bool(self.address) or self.what is What.TYPING)
        return {
            Page.SAMPLES: trial is not None and trial.sampled,
            Page.RULER: bool(answers.columns),
            Page.CHINESE: bool(answers.chinese),
            Page.COMPLETION: trial is not None and trial.completion is not None,
            Page.DRAWER: answers.drawer is not None,
        }.get(self.page, True)
