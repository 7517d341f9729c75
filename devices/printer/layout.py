"""Receipt model → lines of at most so many columns. Pure; what a line becomes in bytes is devices.printer.escpos."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.receipt import Align, Barcode, Columns, Cut, Feed, QrCode, Receipt, Rule, Text
from devices.printer.chinese import printable, width, wrap

RULE_CHAR = "-"
GAP_COLUMNS = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One line, padded with spaces on its left; a `double` one has half the columns of the paper."""

    text: str
    bold: bool = False
    double: bool = False


LaidOut = Line | QrCode | Barcode | Feed | Cut


def lay_out(receipt: Receipt, columns: int) -> tuple[LaidOut, ...]:
    """The lines and codes of `receipt` on a paper of `columns` half-width columns."""
    out: list[LaidOut] = []
    for block in receipt.blocks:
        if isinstance(block, Text):
            out += _text(block, columns)
        elif isinstance(block, Columns):
            out += _columns(block, columns)
        elif isinstance(block, Rule):
            out.append(Line(RULE_CHAR * columns))
        else:
            out.append(block)
    return tuple(out)


def _text(block: Text, columns: int) -> list[LaidOut]:
    room = columns // 2 if block.double else columns
    lines = _balanced(block.text, room) if block.align is Align.CENTRE else _lines(block.text, room)
    return [Line(_align(line, room, block.align), block.bold, block.double) for line in lines]


def _balanced(text: str, room: int) -> list[str]:
    """As few lines as the room allows, about equally long: a centred text must not end in one lonely character."""
    lines = _lines(text, room)
    narrow = max(2, max(map(width, lines)) // 2)
    while len(lines) > 1 and len(_lines(text, narrow)) > len(lines):
        narrow += 1
    return _lines(text, min(narrow, room)) if len(lines) > 1 else lines


def _lines(text: str, room: int) -> list[str]:
    return [line for paragraph in text.splitlines() or [""] for line in wrap(printable(paragraph), room)]


def _align(text: str, room: int, align: Align) -> str:
    free = room - width(text)
    pad = {Align.LEFT: 0, Align.CENTRE: free // 2, Align.RIGHT: free}[align]
    return (" " * pad + text).rstrip() if text else ""


def _columns(block: Columns, columns: int) -> list[LaidOut]:
    """Both on one line; else the left text wraps and the right one stands whole at the edge, beside or below."""
    room = columns // 2 if block.double else columns
    right = _lines(block.right, room)
    left = _lines(block.left, room)
    if len(right) == 1 and width(left[-1]) + GAP_COLUMNS + width(right[0]) <= room:
        gap = room - width(left[-1]) - width(right[0])
        texts = [*left[:-1], (left[-1] + " " * gap + right[0]).rstrip()]
    else:
        texts = [*left, *(_align(line, room, Align.RIGHT) for line in right)]
    return [Line(text, block.bold, block.double) for text in texts]
