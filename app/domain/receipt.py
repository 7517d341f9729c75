"""The receipt model: what is on the paper, before any printer, screen or PDF draws it.

A receipt is a list of blocks for a paper of `columns` half-width columns (a Chinese character takes two). Renderers:
ESC/POS in devices.printer, the preview in ui.widgets, PDF in ui.documents. Text is already in the receipt's language.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Align(StrEnum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph; renderers wrap it to the columns. `double`: twice as wide and high, so half the columns."""

    text: str
    align: Align = Align.LEFT
    bold: bool = False
    double: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """Left and right text on one line; too long: the left part wraps, the right part stays whole."""

    left: str
    right: str
    bold: bool = False
    double: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A dashed line over the whole width."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """A centred QR code; `data` is what a phone reads."""

    data: str


@dataclass(frozen=True, slots=True)
class Barcode:
    """A centred Code 128 barcode with its digits below."""

    data: str


@dataclass(frozen=True, slots=True)
class Feed:
    """`lines` empty lines."""

    lines: int = 1


@dataclass(frozen=True, slots=True)
class Cut:
    """Cut the paper; always the last block."""


Block = Text | Columns | Rule | QrCode | Barcode | Feed | Cut


@dataclass(frozen=True, slots=True)
class Receipt:
    """A whole receipt. `kick_drawer` asks for one drawer pulse before the first line."""

    blocks: tuple[Block, ...]
    kick_drawer: bool = False


class JobState(StrEnum):
    """State of a print job; honest: CONFIRMED only when the printer said so, SPOOLED means sent, never "printed"."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    CONFIRMED = "confirmed"
    SPOOLED = "spooled"
    FAILED_CLEAN = "failed_clean"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
