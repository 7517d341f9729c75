"""What a simulated printer put on its paper: text in runs, dots, codes, feeds, cuts, pulses."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.paper import columns_of
from devices.printer.profiles import FONT_WIDTH_DOTS


@dataclass(frozen=True, slots=True)
class Style:
    """How characters look: multiples of the normal size, bold, inverted, underlined."""

    wide: int = 1
    high: int = 1
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one style, beginning `x` dots from the left edge of the line."""

    text: str
    style: Style
    x: int = 0

    @property
    def dots(self) -> int:
        """How wide it is."""
        return sum(map(columns_of, self.text)) * FONT_WIDTH_DOTS * self.style.wide


@dataclass(frozen=True, slots=True)
class TextRow:
    """One printed line. `align` is 0 left, 1 centre, 2 right."""

    runs: tuple[Run, ...]
    align: int = 0

    @property
    def text(self) -> str:
        """Its characters, spaces where the head moved on without printing."""
        out, end = "", 0
        for run in sorted(self.runs, key=lambda one: one.x):
            out += " " * ((run.x - end) // (FONT_WIDTH_DOTS * run.style.wide)) + run.text
            end = run.x + run.dots
        return out

    @property
    def dots(self) -> int:
        """From the left edge to the end of its last character."""
        return max((run.x + run.dots for run in self.runs), default=0)


@dataclass(frozen=True, slots=True)
class Dots:
    """A picture: rows of `width_bytes`, 1 = black."""

    width_bytes: int
    height: int
    data: bytes
    align: int = 0


@dataclass(frozen=True, slots=True)
class QrOnPaper:
    """A QR code the printer drew."""

    data: bytes
    module_dots: int
    level: int
    align: int = 0


@dataclass(frozen=True, slots=True)
class BarcodeOnPaper:
    """A Code 128 the printer drew; `data` is what it encodes."""

    data: str
    module_dots: int
    height: int
    digits_below: bool
    align: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """Paper fed by so many dots."""

    dots: int


@dataclass(frozen=True, slots=True)
class CutOnPaper:
    """The knife."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """A drawer pulse on connector pin 2 or 5."""

    pin: int


Item = TextRow | Dots | QrOnPaper | BarcodeOnPaper | Gap | CutOnPaper | Pulse


@dataclass(slots=True)
class Paper:
    """Everything since the roll began; `unknown` lists bytes of commands the simulator does not know."""

    items: list[Item] = field(default_factory=list)
    unknown: list[bytes] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text, a line per printed line."""
        return "\n".join(item.text for item in self.items if isinstance(item, TextRow))
