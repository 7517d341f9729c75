"""Chinese text for ESC/POS: how wide a character is, what the printer's GB font has, and the bytes of a line.

Columns are the printer's own: one byte of GBK, one column (devices.md). Characters GBK does not have (they need four
bytes in GB18030, or are emoji, or Latin letters outside GBK) have a width here and are drawn by devices.printer.raster.
"""

from __future__ import annotations

import unicodedata

REPLACEMENTS = str.maketrans({"¥": "￥", "−": "-", "\u00a0": " ", "\u3000": "  ", "\t": " "})
_INVISIBLE = frozenset(("Mn", "Me", "Cf", "Cc", "Cs"))
FIRST_NEVER = frozenset("，。、；：？！）》」』】〉”’％℃…·,.;:?!)]}%")
LAST_NEVER = frozenset("（《「『【〈“‘([{￥")


def printable(text: str) -> str:
    """`text` as it can stand on paper: composed, ¥ full-width, controls gone (a name must never hold a command)."""
    composed = unicodedata.normalize("NFC", text).translate(REPLACEMENTS)
    return "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in composed)


def is_native(char: str) -> bool:
    """True when the printer's GB font has the character: ASCII, or two bytes in GBK."""
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
    """Columns of a text."""
    return sum(map(columns_of, text))


def encode(text: str) -> bytes | None:
    """GB18030 bytes of a line whose every character is native; None when it must be drawn."""
    return text.encode("gb18030") if all(map(is_native, text)) else None


def wrap(text: str, columns: int) -> list[str]:
    """`text` in lines of at most `columns` (≥ 2); at least one line, and only the spaces at a break are lost.

    It breaks at spaces and beside Chinese characters, and before 。 or after （ only when there is no other place.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        rest = paragraph.rstrip()
        while width(rest) > columns:
            cut = _cut(rest, columns)
            lines.append(rest[:cut].rstrip())
            rest = rest[cut:].lstrip()
        lines.append(rest)
    return lines


def _cut(text: str, columns: int) -> int:
    """How many characters of `text` go on this line; at least one."""
    used, most = 0, 0
    for char in text:
        used += columns_of(char)
        if used > columns:
            break
        most += 1
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
