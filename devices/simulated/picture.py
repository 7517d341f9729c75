"""Paper → picture: the roll as a person would see it, good enough for a scanner to read its codes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.domain.paper import columns_of
from devices.printer.glyphs import Glyphs
from devices.printer.profiles import FONT_HEIGHT_DOTS, FONT_WIDTH_DOTS, LINE_DOTS
from devices.simulated.paper import BarcodeOnPaper, CutOnPaper, Dots, Gap, Item, QrOnPaper, Run, Style, TextRow

if TYPE_CHECKING:
    from PIL import Image

MARGIN_DOTS = 36
EDGE_DOTS = 40
QR_QUIET_MODULES = 0
WHITE = 255
_QR_LEVELS = {0x30: 1, 0x31: 0, 0x32: 3, 0x33: 2}


def draw(items: Iterable[Item], dots: int, glyphs: Glyphs) -> Image.Image:
    """A grey-scale picture of the items on a paper of `dots` printable dots, margins around it."""
    from PIL import Image  # lazy: the till itself never draws paper

    strips = [strip for item in items if (strip := _strip(item, dots, glyphs)) is not None]
    height = sum(strip.height for strip in strips) + 2 * EDGE_DOTS
    paper = Image.new("L", (dots + 2 * MARGIN_DOTS, height), WHITE)
    y = EDGE_DOTS
    for strip in strips:
        paper.paste(strip, (MARGIN_DOTS, y))
        y += strip.height
    return paper


def _strip(item: Item, dots: int, glyphs: Glyphs) -> Image.Image | None:
    if isinstance(item, TextRow):
        return _text(item, dots, glyphs)
    if isinstance(item, Dots):
        return _aligned(_raster(item), dots, item.align)
    if isinstance(item, QrOnPaper):
        return _aligned(_qr_code(item), dots, item.align)
    if isinstance(item, BarcodeOnPaper):
        return _aligned(_barcode(item, glyphs), dots, item.align)
    if isinstance(item, Gap):
        return _white(dots, item.dots)
    if isinstance(item, CutOnPaper):
        return _cut(dots)
    return None


def _white(width: int, height: int) -> Image.Image:
    from PIL import Image

    return Image.new("L", (max(width, 1), max(height, 1)), WHITE)


def _aligned(picture: Image.Image, dots: int, align: int) -> Image.Image:
    strip = _white(dots, picture.height)
    free = max(0, dots - picture.width)
    strip.paste(picture, (free * align // 2, 0))
    return strip


def _text(row: TextRow, dots: int, glyphs: Glyphs) -> Image.Image:
    high = max((run.style.high for run in row.runs), default=1)
    strip = _white(dots, max(LINE_DOTS, FONT_HEIGHT_DOTS * high + 2))
    left = max(0, dots - row.dots) * row.align // 2
    for run in row.runs:
        _run(strip, (left + run.x, FONT_HEIGHT_DOTS * (high - run.style.high)), run, glyphs)
    return strip


def _run(strip: Image.Image, at: tuple[int, int], run: Run, glyphs: Glyphs) -> None:
    (x, y), style = at, run.style
    for char in run.text:
        cell = (columns_of(char) * FONT_WIDTH_DOTS, FONT_HEIGHT_DOTS)
        if char != " ":
            drawn = _glyph(char, cell, style, glyphs)
            strip.paste(0, (x, y), drawn)
        x += cell[0] * style.wide


def _glyph(char: str, cell: tuple[int, int], style: Style, glyphs: Glyphs) -> Image.Image:
    """A mask of the character in its cell: larger ones by doubling dots, bold ones by a second stroke, as heads do."""
    from PIL import Image

    black = Image.new("L", cell, WHITE)
    glyphs.draw(black, (0, 0), char, cell)
    if style.bold:
        glyphs.draw(black, (1, 0), char, cell)
    mask = black.point(lambda value: WHITE - value)
    return mask.resize((cell[0] * style.wide, cell[1] * style.high), Image.Resampling.NEAREST)


def _raster(item: Dots) -> Image.Image:
    from PIL import Image

    size = (item.width_bytes * 8, item.height)
    picture = Image.frombytes("1", size, bytes(byte ^ 0xFF for byte in item.data))
    strip = _white(*size)
    strip.paste(picture.convert("L"))
    return strip


def _qr_code(item: QrOnPaper) -> Image.Image:
    import qrcode

    code = qrcode.QRCode(error_correction=_QR_LEVELS.get(item.level, 0), border=QR_QUIET_MODULES)
    code.add_data(item.data)
    code.make(fit=True)
    return _modules([[bool(cell) for cell in row] for row in code.get_matrix()], item.module_dots, item.module_dots)


def _modules(matrix: list[list[bool]], wide: int, high: int) -> Image.Image:
    from PIL import Image

    picture = Image.new("L", (len(matrix[0]), len(matrix)), 255)
    picture.putdata([0 if cell else 255 for row in matrix for cell in row])
    return picture.resize((picture.width * wide, picture.height * high), Image.Resampling.NEAREST)


def _barcode(item: BarcodeOnPaper, glyphs: Glyphs) -> Image.Image:
    from barcode.codex import Code128  # type: ignore[import-untyped]

    bars = [char == "1" for char in Code128(item.data).build()[0]]
    quiet = [False] * 10
    picture = _modules([[*quiet, *bars, *quiet]], item.module_dots, item.height)
    if not item.digits_below:
        return picture
    below = _text(TextRow((Run(item.data, Style()),), 1), picture.width, glyphs)
    both = _white(picture.width, picture.height + below.height)
    both.paste(picture, (0, 0))
    both.paste(below, (0, picture.height))
    return both


def _cut(dots: int) -> Image.Image:
    from PIL import ImageDraw

    strip = _white(dots, LINE_DOTS * 3)
    pen = ImageDraw.Draw(strip)
    for x in range(0, dots, 12):
        pen.line((x, LINE_DOTS * 2, x + 6, LINE_DOTS * 2), fill=128)
    return strip
