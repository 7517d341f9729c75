"""Receipt model → lines of at most so many columns, the same for printer, preview and PDF. Pure.

Columns are the printer's own: one byte of GBK, one column (devices.md). Characters GBK does not have have a width here
too; how they reach paper is the printer's business.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import accumulate

from app.domain.receipt import Align, Barcode, Columns, Cut, Feed, Image, QrCode, Receipt, Rule, Text

RULE_CHAR = "-"
GAP_COLUMNS = 1
REPLACEMENTS = str.maketrans({"¥": "￥", "−": "-", "\u00a0": " ", "\u3000": "  ", "\t": " "})
FIRST_NEVER = frozenset("，。、；：？！）》」』】〉”’％℃…·,.;:?!)]}%")
LAST_NEVER = frozenset("（《「『【〈“‘([{￥")
_NUMBER_AT_END = re.compile(r"(?<![A-Za-z\d])[\s\d.,x×*]+$")
_BLANKS = frozenset(("Cc", "Cs", "Zl", "Zp"))
_INVISIBLE = frozenset(("Mn", "Me", "Cf", "Cc", "Cs"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line, padded with spaces on its left; a `double` one has half the columns of the paper."""

    text: str
    bold: bool = False
    double: bool = False


LaidOut = Line | QrCode | Barcode | Image | Feed | Cut


def printable(text: str) -> str:
    """`text` as it can stand on paper: composed, ¥ full-width, controls gone (a name must never hold a command)."""
    composed = unicodedata.normalize("NFC", text).translate(REPLACEMENTS)
    return "".join(" " if unicodedata.category(char) in _BLANKS else char for char in composed)


def is_native(char: str) -> bool:
    """True when a printer's GB font has the character: ASCII, or two bytes in GBK."""
    try:
        return len(char.encode("gbk")) <= 2
    except UnicodeEncodeError:
        return False


def columns_of(char: str) -> int:
    """Half-width columns of one character: its GBK bytes; else 2 if wide or ambiguous, 0 if it joins the last."""
    if char < "\x7f":
        return 1
    if is_native(char):
        return len(char.encode("gbk"))
    if unicodedata.category(char) in _INVISIBLE:
        return 0
    return 1 if unicodedata.east_asian_width(char) in ("N", "Na", "H") else 2


def width(text: str) -> int:
    """Columns of a text. Nearly always its length in GBK, which is one call instead of one per character."""
    try:
        return len(text.encode("gbk"))
    except UnicodeEncodeError:
        return sum(map(columns_of, text))


def wrap(text: str, columns: int) -> list[str]:
    """`text` in lines of at most `columns` (≥ 2); at least one line, and only the spaces at a break are lost.

    It breaks at spaces and beside Chinese characters, and before 。 or after （ only when there is no other place.
    """
    lines: list[str] = []
    rest = text.rstrip()
    while width(rest) > columns:
        cut = _cut(rest, columns)
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*lines, rest]


def shortened(text: str, columns: int) -> str:
    """`text`, or the beginning of it that fits: no broken word, and no number without what it counts.

    `120` left of `120g` would read as a number of pieces. Only a text without a better place is cut in a word.
    """
    if width(text) <= columns:
        return text
    if columns < 2:
        return ""
    fits = wrap(text, columns)[0]
    return _NUMBER_AT_END.sub("", fits).rstrip() or fits


def _cut(text: str, columns: int) -> int:
    """How many characters of `text` go on this line; at least one."""
    most = sum(used <= columns for used in accumulate(map(columns_of, text)))
    for cut in range(most, 0, -1):
        if _may_break(text, cut):
            return cut
    return max(most, 1)


def _may_break(text: str, cut: int) -> bool:
    before, after = text[cut - 1], text[cut]
    if columns_of(after) == 0 or after in FIRST_NEVER or before in LAST_NEVER:
        return False
    if before == " " or after == " ":
        return bool(text[:cut].strip())
    return columns_of(before) == 2 or columns_of(after) == 2


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
    paragraphs = text.replace("\r\n", "\n").split("\n")
    return [line for paragraph in paragraphs for line in wrap(printable(paragraph), room)]


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
