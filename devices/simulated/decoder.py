"""ESC/POS bytes → paper: an own reading of the command set, apart from the renderer that writes it.

It takes bytes in any pieces, answers what a printer answers, and notes what it does not know. It knows what Guitai,
python-escpos and npm's receiptline send to a thermal printer in GB mode.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from devices.simulated.paper import BarcodeOnPaper, CutOnPaper, Dots, Gap, Paper, Pulse, QrOnPaper, Run, Style, TextRow

DLE, ESC, FS, GS, LF, CR, FF = 0x10, 0x1B, 0x1C, 0x1D, 0x0A, 0x0D, 0x0C
_ESC_ONE = frozenset(b"aEGMRtd{3J-V! r\x20cS")
_ESC_NONE = frozenset(b"@2<L")
_ESC_TWO = frozenset(b"$\\")
_FS_NONE = frozenset(b"&.")
_FS_ONE = frozenset(b"C!-W")
_FS_TWO = frozenset(b"S")
_GS_ONE = frozenset(b"!BHfhwaIrb")
_GS_TWO = frozenset(b"LWP$\\")

Answer = Callable[[bytes], bytes]


class Decoder:
    """One printer's head. `feed` prints what is complete; `answer(command)` gives what to send back."""

    def __init__(self, paper: Paper, answer: Answer) -> None:
        self.paper = paper
        self._answer = answer
        self._held = bytearray()
        self._reset()

    @property
    def waiting(self) -> bytes:
        """Bytes of a command that is not all there."""
        return bytes(self._held)

    def feed(self, data: bytes) -> bytes:
        """Print `data`; what the printer answers."""
        self._held += data
        answers = bytearray()
        while self._held and (size := size_of(self._held, chinese=self._chinese)) is not None:
            command = bytes(self._held[:size])
            del self._held[:size]
            answers += self._do(command)
        return bytes(answers)

    def _reset(self) -> None:
        self._style = Style()
        self._align = 0
        self._chinese = False
        self._runs: list[Run] = []
        self._x = 0
        self._module, self._level, self._qr = 3, 0x30, b""
        self._bar_height, self._bar_module, self._bar_digits = 162, 3, False
        self._graphics: Dots | None = None

    def _do(self, command: bytes) -> bytes:
        first = command[0]
        if first == LF:
            self._line()
        elif first == DLE or command[:2] in (b"\x1dr", b"\x1dI", b"\x1da") or command[:3] == b"\x1d(H":
            return self._pulse_or_answer(command)
        elif first == ESC:
            self._esc(command)
        elif first == FS:
            self._fs(command)
        elif first == GS:
            self._gs(command)
        elif first >= 0x20:
            self._char(command)
        elif first not in (0, CR, FF):
            self.paper.unknown.append(command)
        return b""

    def _pulse_or_answer(self, command: bytes) -> bytes:
        if command[:2] == b"\x10\x14":
            self.paper.items.append(Pulse(5 if command[3] else 2))
            return b""
        return self._answer(command)

    def _char(self, code: bytes) -> None:
        text = code.decode("gb18030", "replace") if self._chinese else code.decode("cp437")
        last = self._runs[-1] if self._runs else None
        if last is not None and last.style == self._style and last.x + last.dots == self._x:
            self._runs[-1] = Run(last.text + text, self._style, last.x)
        else:
            self._runs.append(Run(text, self._style, self._x))
        self._x = self._runs[-1].x + self._runs[-1].dots

    def _line(self) -> None:
        self.paper.items.append(TextRow(tuple(self._runs), self._align))
        self._runs, self._x = [], 0

    def _esc(self, command: bytes) -> None:
        name, value = command[1:2], command[2] if len(command) > 2 else 0
        if name == b"@":
            self._reset()
        elif name == b"a":
            self._align = value % 48
        elif name == b"E":
            self._style = replace(self._style, bold=bool(value & 1))
        elif name == b"$":
            self._x = value + command[3] * 256
        elif name == b"\\":
            self._x = max(0, self._x + int.from_bytes(command[2:4], "little", signed=True))
        elif name == b"d":
            for _ in range(value):
                self._line()
        elif name == b"J":
            self.paper.items.append(Gap(value))
        elif name == b"p":
            self.paper.items.append(Pulse(5 if value & 1 else 2))

    def _fs(self, command: bytes) -> None:
        if command[1:2] == b"&":
            self._chinese = True
        elif command[1:2] == b".":
            self._chinese = False

    def _gs(self, command: bytes) -> None:
        name, value = command[1:2], command[2] if len(command) > 2 else 0
        if name == b"!":
            self._style = replace(self._style, wide=(value >> 4) + 1, high=(value & 7) + 1)
        elif name == b"V":
            self._flush()
            self.paper.items.append(CutOnPaper())
        elif name == b"h":
            self._bar_height = value
        elif name == b"w":
            self._bar_module = value
        elif name == b"H":
            self._bar_digits = value % 48 > 1
        elif name == b"k":
            self._barcode(command)
        elif name == b"v":
            self._dots(command[8:], command[4] + command[5] * 256, command[6] + command[7] * 256)
        elif name == b"8":
            self._store_graphics(command[7:])
        elif command[1:3] == b"(k":
            self._qr_code(command[5:])
        elif command[1:3] == b"(L" and self._graphics is not None:
            self.paper.items.append(self._graphics)
            self._graphics = None

    def _flush(self) -> None:
        if self._runs:
            self._line()

    def _dots(self, data: bytes, width_bytes: int, height: int) -> None:
        self._flush()
        self.paper.items.append(Dots(width_bytes, height, data, self._align))

    def _store_graphics(self, body: bytes) -> None:
        """GS 8 L, function 112: raster graphics into the print buffer."""
        width, height = body[6] + body[7] * 256, body[8] + body[9] * 256
        self._graphics = Dots((width + 7) // 8, height, body[10:], self._align)

    def _qr_code(self, body: bytes) -> None:
        function, value = body[1:2], body[2] if len(body) > 2 else 0
        if function == b"C":
            self._module = value
        elif function == b"E":
            self._level = value
        elif function == b"P":
            self._qr = body[3:]
        elif function == b"Q":
            self._flush()
            self.paper.items.append(QrOnPaper(self._qr, self._module, self._level, self._align))

    def _barcode(self, command: bytes) -> None:
        if command[2] != 0x49:
            self.paper.unknown.append(command)
            return
        self._flush()
        bars = BarcodeOnPaper(
            code128_text(command[4:]), self._bar_module, self._bar_height, self._bar_digits, self._align
        )
        self.paper.items.append(bars)


def code128_text(data: bytes) -> str:
    """The text of GS k's Code 128 notation: `{A` `{B` `{C` choose the set, `{{` is a brace, set C counts in pairs."""
    text, pairs, place = "", False, 0
    while place < len(data):
        two = data[place : place + 2]
        if two in (b"{A", b"{B", b"{C"):
            pairs, place = two == b"{C", place + 2
        elif two == b"{{":
            text, place = text + "{", place + 2
        else:
            text, place = text + (f"{data[place]:02d}" if pairs else chr(data[place])), place + 1
    return text


def size_of(held: bytearray, *, chinese: bool) -> int | None:
    """Bytes of the command or character at the front; None while it is not all there. Unknown commands take two."""
    wanted = _wanted(held, chinese=chinese)
    return wanted if wanted is not None and len(held) >= wanted else None


def _wanted(held: bytearray, *, chinese: bool) -> int | None:
    first = held[0]
    if first in (DLE, ESC, FS, GS) and len(held) < 2:
        return None
    if first == DLE:
        return {0x04: 3, 0x05: 3, 0x14: 5}.get(held[1], 1)
    if first == ESC:
        return _one_of(held[1], _ESC_NONE, _ESC_ONE, _ESC_TWO) or {0x70: 5}.get(held[1], 2)
    if first == FS:
        return _parenthesis(held) if held[1] == 0x28 else _one_of(held[1], _FS_NONE, _FS_ONE, _FS_TWO) or 2
    if first == GS:
        return _wanted_gs(held)
    if chinese and first >= 0x81:
        if len(held) < 2:
            return None
        return 4 if 0x30 <= held[1] <= 0x39 else 2
    return 1


def _one_of(name: int, none: frozenset[int], one: frozenset[int], two: frozenset[int]) -> int | None:
    return 2 if name in none else 3 if name in one else 4 if name in two else None


def _parenthesis(held: bytearray) -> int | None:
    return 5 + held[3] + held[4] * 256 if len(held) >= 5 else None


def _wanted_gs(held: bytearray) -> int | None:
    name = held[1]
    if name == ord("("):
        return _parenthesis(held)
    if name == ord("8"):
        return 7 + int.from_bytes(held[3:7], "little") if len(held) >= 7 else None
    if name == ord("k"):
        return 4 + held[3] if len(held) >= 4 else None
    if name == ord("v"):
        return 8 + (held[4] + held[5] * 256) * (held[6] + held[7] * 256) if len(held) >= 8 else None
    if name == ord("V"):
        return None if len(held) < 3 else (4 if held[2] >= 65 else 3)
    return _one_of(name, frozenset(), _GS_ONE, _GS_TWO) or 2
