"""The receipt model: what is on the paper, before any printer, screen or PDF draws it.

A receipt is a list of blocks for a paper of `columns` half-width columns (a Chinese character takes two), made by
filling a template (app.domain.template). Renderers: ESC/POS in devices.printer, preview and PDF in ui.documents.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import asdict, dataclass
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
class Image:
    """A centred picture of `width_dots` (a multiple of 8) by `height_dots`.

    `dots`: rows from the top, eight dots a byte, the leftmost the highest bit, 1 = black; zlib, then base64.
    """

    width_dots: int
    height_dots: int
    dots: str

    def rows(self) -> bytes:
        """The unpacked rows."""
        return zlib.decompress(base64.b64decode(self.dots))


@dataclass(frozen=True, slots=True)
class Feed:
    """`lines` empty lines."""

    lines: int = 1


@dataclass(frozen=True, slots=True)
class Cut:
    """Cut the paper; always the last block."""


Block = Text | Columns | Rule | QrCode | Barcode | Image | Feed | Cut


@dataclass(frozen=True, slots=True)
class Receipt:
    """A whole receipt. `kick_drawer`: this sale took cash, so the till sends one pulse through devices.drawer.

    The pulse is never part of the rendered bytes: a receipt printed an hour late, or again, must not open the drawer.
    """

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


_KINDS: tuple[type[Block], ...] = (Text, Columns, Rule, QrCode, Barcode, Image, Feed, Cut)
REPRINT_MARK = "补打 REPRINT #{copy_no}"


def to_json(receipt: Receipt) -> str:
    """The model as JSON text, for the job's row in till.db; `from_json` is its inverse."""
    blocks = [{"kind": type(block).__name__, **asdict(block)} for block in receipt.blocks]
    return json.dumps({"kick_drawer": receipt.kick_drawer, "blocks": blocks}, ensure_ascii=False)


def from_json(text: str) -> Receipt:
    """The receipt that `to_json` wrote. ValueError when it did not."""
    document = json.loads(text)
    kinds = {kind.__name__: kind for kind in _KINDS}
    blocks: list[Block] = []
    try:
        for row in document["blocks"]:
            fields = {name: value for name, value in row.items() if name != "kind"}
            if "align" in fields:
                fields["align"] = Align(fields["align"])
            blocks.append(kinds[row["kind"]](**fields))
        return Receipt(tuple(blocks), kick_drawer=bool(document["kick_drawer"]))
    except (KeyError, TypeError) as error:
        raise ValueError("not a receipt") from error


def marked(receipt: Receipt, copy_no: int) -> Receipt:
    """The same receipt with its reprint mark first when `copy_no` is above 0; a copy never asks for the drawer."""
    if copy_no <= 0:
        return receipt
    mark = Text(REPRINT_MARK.format(copy_no=copy_no), Align.CENTRE, bold=True)
    return Receipt((mark, *receipt.blocks))
