"""What differs between printers: columns, dots, how to know that a job is done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.errors import ConfigError

FONT_WIDTH_DOTS = 12
FONT_HEIGHT_DOTS = 24
LINE_DOTS = 30


class Fence(StrEnum):
    """How the printer says "everything before this is on paper"."""

    RESPONSE_ID = "id"
    PAPER_STATUS = "paper"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of printer. `fence`: GS ( H with our id where the manual documents it, else GS r 1, else nothing.

    `gb_font`: it has Chinese signs of its own; without them lines with Chinese are drawn as dots.
    """

    name: str
    columns: int
    dots: int
    fence: Fence = Fence.PAPER_STATUS
    automatic_status: bool = True
    cut: bool = True
    drawer_pin: int = 2
    gb_font: bool = True


PROFILES: tuple[Profile, ...] = (
    Profile("escpos-58", columns=32, dots=384, cut=False),
    Profile("escpos-76", columns=42, dots=512),
    Profile("escpos-80", columns=48, dots=576),
    Profile("epson-58", columns=32, dots=384, fence=Fence.RESPONSE_ID, cut=False),
    Profile("epson-76", columns=42, dots=512, fence=Fence.RESPONSE_ID),
    Profile("epson-80", columns=48, dots=576, fence=Fence.RESPONSE_ID),
    Profile("one-way-58", columns=32, dots=384, fence=Fence.NONE, automatic_status=False, cut=False),
    Profile("one-way-76", columns=42, dots=512, fence=Fence.NONE, automatic_status=False),
    Profile("one-way-80", columns=48, dots=576, fence=Fence.NONE, automatic_status=False),
)


def profile(name: str) -> Profile:
    """The profile of that name. ConfigError `printer_profile`."""
    for one in PROFILES:
        if one.name == name:
            return one
    raise ConfigError("printer_profile", profile=name, known=", ".join(one.name for one in PROFILES))


def profile_for(columns: int, fence: Fence) -> Profile:
    """The profile of that paper and that way to know that a job is done. ConfigError `printer_profile`."""
    for one in PROFILES:
        if (one.columns, one.fence) == (columns, fence):
            return one
    raise ConfigError("printer_profile", profile=columns, known=", ".join(one.name for one in PROFILES))
