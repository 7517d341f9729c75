"""Two blocks of the receipt model → CD5220 bytes: two lines of twenty half-width columns, Chinese as GB text.

Source of every command: the CD5220 user's manual, "CD5220 standard mode command list". In string mode (`ESC Q A`,
`ESC Q B`) a display takes nothing else until `CLR`, so every picture begins with it; a moving upper line
(`ESC Q D`) is wiped by the next command, so the lower line is written before it.
"""

from __future__ import annotations

from app.domain.paper import columns_of, is_native, printable, shortened, width
from app.domain.receipt import Align, Block, Columns, Receipt, Text

COLUMNS = 20
SCROLL_BYTES_MAX = 39
"""The manual: fewer than 40 characters in a moving line."""
RESET = b"\x1b@"
CURSOR_OFF = b"\x1b_\x00"
CLEAR = b"\x0c"
UPPER, LOWER, SCROLL_UPPER = b"\x1bQA", b"\x1bQB", b"\x1bQD"
TO_LOWER = b"\x1bl\x01\x02"
END = b"\r"
NOT_SHOWN = ("", "?", "□")

BEGIN = RESET + CURSOR_OFF
"""What a display is told when it is opened."""


def picture(receipt: Receipt) -> bytes:
    """The first two blocks as the whole picture; blocks that are no text are empty lines.

    An upper text too long for its line moves; everything else that does not fit is cut, a right side never.
    """
    upper, lower = (*receipt.blocks, Text(""), Text(""))[:2]
    moving = isinstance(upper, Text) and width(printable(upper.text)) > COLUMNS
    below = _line(lower)
    if moving and isinstance(upper, Text):
        return CLEAR + TO_LOWER + below.rstrip() + SCROLL_UPPER + _gb(_cut(upper.text, SCROLL_BYTES_MAX)) + END
    return CLEAR + UPPER + _line(upper) + END + LOWER + below + END


def _line(block: Block) -> bytes:
    """Exactly twenty bytes: in GB text a column is a byte."""
    if isinstance(block, Columns):
        right = _cut(block.right, COLUMNS)
        room = COLUMNS - width(right) - 1
        left = _cut(shortened(printable(block.left), room), max(0, room))
        text = left + " " * (COLUMNS - width(left) - width(right)) + right
    elif isinstance(block, Text):
        text = _cut(block.text, COLUMNS)
        if block.align is not Align.LEFT:
            free = COLUMNS - width(text)
            text = " " * (free // 2 if block.align is Align.CENTRE else free) + text
    else:
        text = ""
    return _gb(text).ljust(COLUMNS)


def _cut(text: str, columns: int) -> str:
    """As many characters as fit."""
    out, used = "", 0
    for char in map(_or_box, printable(text)):
        used += width(char)
        if used > columns:
            break
        out += char
    return out


def _or_box(char: str) -> str:
    return char if is_native(char) else NOT_SHOWN[columns_of(char)]


def _gb(text: str) -> bytes:
    return text.encode("gbk")
