"""CD5220 bytes → what stands on a pole display of 2 × 20: the commands of its manual, and a list of those it is not.

In string and in moving mode a display takes no other command than CLR and CAN; what else is sent counts as unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

COLUMNS, ROWS = 20, 2
ESC = 0x1B
SCROLL_BYTES_MAX = 39
SPACE = 0x20
_TAKES = {0x2A: 1, 0x5F: 1, 0x66: 1, 0x63: 1, 0x3D: 1, 0x25: 1, 0x57: 4}
"""Bytes after `ESC x` of commands that change nothing anybody reads: brightness, cursor, fonts, device, window."""


class Mode(Enum):
    """How the display takes what comes."""

    NORMAL = auto()
    STRING = auto()
    MOVING = auto()


def _empty() -> list[bytearray]:
    return [bytearray(b" " * COLUMNS) for _ in range(ROWS)]


@dataclass(slots=True)
class Pole:
    """What stands there. `moving`: the upper line's text while it moves. `unknown`: bytes that are no command here."""

    rows: list[bytearray] = field(default_factory=_empty)
    moving: str = ""
    unknown: list[bytes] = field(default_factory=list)
    cleared: int = 0
    """How often it was wiped."""

    @property
    def lines(self) -> tuple[str, str]:
        """The two lines without the spaces behind them; a moving one whole."""
        upper, lower = (row.decode("gbk", errors="replace").rstrip() for row in self.rows)
        return self.moving or upper, lower


class Decoder:
    """Bytes in any pieces; `pole` is what they made. One thread."""

    def __init__(self, pole: Pole) -> None:
        self.pole = pole
        self._rest = b""
        self._mode = Mode.NORMAL
        self._x = self._y = 0

    def feed(self, data: bytes) -> None:
        """More bytes; a command cut in two waits for its end."""
        self._rest += data
        while self._rest and (taken := self._next(self._rest)):
            self._rest = self._rest[taken:]

    def _next(self, data: bytes) -> int:
        """Bytes of one command or character; 0 when its end is missing."""
        if data[0] == ESC:
            return self._escape(data)
        if data[0] in (0x0C, 0x18):
            self._clear(whole=data[0] == 0x0C)
        elif self._mode is not Mode.NORMAL:
            self.pole.unknown.append(data[:1])
        elif data[0] in _MOVES:
            _MOVES[data[0]](self)
        elif data[0] < SPACE:
            self.pole.unknown.append(data[:1])
        else:
            self._put(data[0])
        return 1

    def _escape(self, data: bytes) -> int:
        if len(data) < 2:
            return 0
        kind = data[1]
        if kind == ord("Q"):
            return self._string(data)
        if kind == ord("@"):
            self._mode = Mode.NORMAL
            self._clear(whole=True)
            return 2
        if self._mode is not Mode.NORMAL:
            self.pole.unknown.append(data[:2])
            return 2
        if kind in (0x11, 0x12, 0x13):
            return 2
        if kind == ord("l"):
            return self._place(data)
        if kind == ord("["):
            return self._arrow(data)
        if kind in _TAKES:
            return 2 + _TAKES[kind] if len(data) >= 2 + _TAKES[kind] else 0
        self.pole.unknown.append(data[:2])
        return 2

    def _string(self, data: bytes) -> int:
        """ESC Q A, B: a whole line; ESC Q D: a moving upper line; each to its CR."""
        end = data.find(b"\r")
        if len(data) < 3 or end < 0:
            return 0
        which, text = data[2:3], data[3:end]
        if which == b"D" and self._mode is Mode.NORMAL and len(text) <= SCROLL_BYTES_MAX:
            self._mode, self.pole.moving = Mode.MOVING, text.decode("gbk", errors="replace")
        elif which in (b"A", b"B") and self._mode is not Mode.MOVING and len(text) <= COLUMNS:
            self._mode = Mode.STRING
            self.pole.rows[which == b"B"][:] = text.ljust(COLUMNS)
        else:
            self.pole.unknown.append(data[: end + 1])
        return end + 1

    def _place(self, data: bytes) -> int:
        """ESC l x y: columns 1 to 20, rows 1 and 2."""
        if len(data) < 4:
            return 0
        x, y = data[2], data[3]
        if 1 <= x <= COLUMNS and 1 <= y <= ROWS:
            self._x, self._y = x - 1, y - 1
        else:
            self.pole.unknown.append(data[:4])
        return 4

    def _arrow(self, data: bytes) -> int:
        if len(data) < 3:
            return 0
        if data[2] in _ARROWS:
            _ARROWS[data[2]](self)
        else:
            self.pole.unknown.append(data[:3])
        return 3

    def _clear(self, *, whole: bool) -> None:
        """CLR: everything, CAN: the cursor's line; both end string and moving mode."""
        for row in range(ROWS) if whole else (self._y,):
            self.pole.rows[row][:] = b" " * COLUMNS
        if whole or self._y == 0:
            self.pole.moving = ""
        if whole:
            self._x = self._y = 0
            self.pole.cleared += 1
        self._mode = Mode.NORMAL

    def _put(self, byte: int) -> None:
        """One byte of text in overwrite mode: behind the last column the other line begins."""
        self.pole.rows[self._y][self._x] = byte
        self._right()

    def _right(self) -> None:
        self._x = (self._x + 1) % COLUMNS
        if self._x == 0:
            self._other_row()

    def _left(self) -> None:
        if self._x == 0:
            self._other_row()
        self._x = (self._x - 1) % COLUMNS

    def _other_row(self) -> None:
        self._y = 1 - self._y

    def _home(self) -> None:
        self._x = self._y = 0

    def _first_column(self) -> None:
        self._x = 0

    def _last_column(self) -> None:
        self._x = COLUMNS - 1

    def _bottom(self) -> None:
        self._x, self._y = COLUMNS - 1, ROWS - 1


_MOVES: dict[int, Callable[[Decoder], None]] = {
    0x08: Decoder._left,
    0x09: Decoder._right,
    0x0A: Decoder._other_row,
    0x0B: Decoder._home,
    0x0D: Decoder._first_column,
}
_ARROWS: dict[int, Callable[[Decoder], None]] = {
    ord("A"): Decoder._other_row,
    ord("B"): Decoder._other_row,
    ord("C"): Decoder._right,
    ord("D"): Decoder._left,
    ord("H"): Decoder._home,
    ord("K"): Decoder._bottom,
    ord("L"): Decoder._first_column,
    ord("R"): Decoder._last_column,
}
