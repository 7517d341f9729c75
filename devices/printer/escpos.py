"""Receipt → ESC/POS bytes in GB mode: text as text, QR and Code 128 drawn by the printer, rare characters as dots.

Written here and not by python-escpos 3.1, which has no GB code page, prints to standard output while it makes a
barcode, sets up the root logger and leaves a temporary folder when imported (0.2–0.5 s); the tests hold our QR, barcode
and cut bytes against its. Rendering is pure and takes well under a millisecond: it happens inside the sale.
Source of every command: Epson's ESC/POS command reference.
"""

from __future__ import annotations

from app.domain.paper import LaidOut, Line, columns_of, is_native, lay_out
from app.domain.receipt import Barcode, Feed, Image, QrCode, Receipt, Text, marked
from devices.printer.chinese import encode
from devices.printer.glyphs import Glyphs
from devices.printer.profiles import Profile
from devices.printer.raster import has_live_command, line_as_dots, raster

RESET = b"\x1b@"
GB_MODE = b"\x1c&"
LINE_FEED = b"\n"
CENTRE, LEFT = b"\x1ba\x01", b"\x1ba\x00"
QUIET = b"\x1bJ\x14"
BOLD_ON, BOLD_OFF = b"\x1bE\x01", b"\x1bE\x00"
DOUBLE_ON, DOUBLE_OFF = b"\x1d!\x11", b"\x1d!\x00"
FEED_AND_CUT = b"\x1dVB\x00"
FEED_TO_TEAR = b"\x1bd\x04"
FENCE_PAPER = b"\x1dr\x01"
BARCODE_HEIGHT_DOTS = 64
QR_DOTS_MIN, QR_DOTS_MAX = 4, 8
QR_BYTES_MAX = 666
_QR_BYTES_M = (14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666)
NOT_DRAWN = ("", "?", "□")
PULSE_S_MAX = 5.0
DRAWER_ON_MS, DRAWER_OFF_MS = 50, 500


class EscPosRenderer:
    """app.services.paper_ports.ReceiptRenderer for one profile. Any thread, one at a time."""

    def __init__(self, profile: Profile, glyphs: Glyphs) -> None:
        self._profile = profile
        self._glyphs = glyphs

    def render(self, receipt: Receipt, copy_no: int = 0) -> bytes:
        """Bytes for this profile; `copy_no` above 0 prints the reprint mark first. Never a drawer pulse."""
        laid_out = lay_out(marked(receipt, copy_no), self._profile.columns)
        out = bytearray(RESET + GB_MODE)
        for item in laid_out:
            out += self._item(item)
        if has_live_command(bytes(out)):
            raise AssertionError("a receipt must not hold a real-time command")
        return bytes(out)

    def _item(self, item: LaidOut) -> bytes:
        if isinstance(item, Line):
            return self._line(item)
        if isinstance(item, QrCode):
            return QUIET + CENTRE + qr_code(item.data, self._profile.dots) + LEFT + QUIET
        if isinstance(item, Barcode):
            return self._barcode(item)
        if isinstance(item, Image):
            return image(item, self._profile.dots)
        if isinstance(item, Feed):
            return LINE_FEED * item.lines
        return cut(self._profile)

    def _line(self, line: Line) -> bytes:
        text = encode(line.text) if self._profile.gb_font or line.text.isascii() else None
        if text is None:
            if self._glyphs.usable:
                return line_as_dots(line, self._profile, self._glyphs)
            text = "".join(map(_or_box, line.text)).encode("gb18030")
        before = (DOUBLE_ON if line.double else b"") + (BOLD_ON if line.bold else b"")
        after = (BOLD_OFF if line.bold else b"") + (DOUBLE_OFF if line.double else b"")
        return before + text + LINE_FEED + after

    def _barcode(self, item: Barcode) -> bytes:
        code = barcode(item.data, self._profile.dots)
        if code is not None:
            return QUIET + CENTRE + code + LEFT + QUIET
        room = self._profile.columns
        return b"".join(self._line(line) for line in _text_lines(item.data, room))


def _text_lines(text: str, room: int) -> list[Line]:
    return [line for line in lay_out(Receipt((Text(text),)), room) if isinstance(line, Line)]


def _or_box(char: str) -> str:
    return char if is_native(char) else NOT_DRAWN[columns_of(char)]


def qr_code(data: str, paper_dots: int) -> bytes:
    """GS ( k: model 2, level M, about two fifths of the paper wide; nothing for data that cannot be one."""
    content = data.encode("utf-8") if data.isprintable() else b""
    if not 0 < len(content) <= QR_BYTES_MAX:
        return b""
    version = next(place for place, most in enumerate(_QR_BYTES_M, 1) if len(content) <= most)
    modules = 17 + 4 * version
    wished = max(QR_DOTS_MIN, min(QR_DOTS_MAX, paper_dots * 2 // 5 // modules))
    module = min(wished, paper_dots // modules)
    return b"".join(
        (
            _gs_k(b"A2\x00"),
            _gs_k(b"C" + bytes((module,))),
            _gs_k(b"E1"),
            _gs_k(b"P0" + content),
            _gs_k(b"Q0"),
        )
    )


def _gs_k(function: bytes) -> bytes:
    return b"\x1d(k" + (len(function) + 1).to_bytes(2, "little") + b"1" + function


def barcode(data: str, paper_dots: int) -> bytes | None:
    """Code 128, digits below; None when `data` is not printable ASCII or does not fit the paper."""
    if not data or not data.isascii() or not data.isprintable() or len(data) > 120:
        return None
    modules = 11 * (len(data) + 3) + 2
    module = next((dots for dots in (3, 2, 1) if modules * dots <= paper_dots - 40), None)
    if module is None:
        return None
    content = b"{B" + data.replace("{", "{{").encode("ascii")
    setup = b"\x1dh" + bytes((BARCODE_HEIGHT_DOTS,)) + b"\x1dw" + bytes((module,)) + b"\x1df\x00\x1dH\x02"
    return setup + b"\x1dkI" + bytes((len(content),)) + content


def image(item: Image, paper_dots: int) -> bytes:
    """The picture in the middle, its dots made harmless; nothing for one wider than the paper."""
    if item.width_dots > paper_dots:
        return b""
    return CENTRE + raster(item.rows(), item.width_dots // 8, item.height_dots) + LEFT


def cut(profile: Profile) -> bytes:
    """Feed to the knife and cut, or feed to the tear bar."""
    return FEED_AND_CUT if profile.cut else FEED_TO_TEAR


def fence_with_id(ident: bytes) -> bytes:
    """GS ( H, function 48: the printer answers with `ident` (4 bytes) when all before it is printed."""
    return b"\x1d(H\x06\x00\x30\x30" + ident


def drawer_pulse(pin: int) -> bytes:
    """ESC p for connector pin 2 or 5: 50 ms on, 500 ms off (units of 2 ms)."""
    return b"\x1bp" + bytes((0 if pin == 2 else 1, DRAWER_ON_MS // 2, DRAWER_OFF_MS // 2))
