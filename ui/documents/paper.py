"""Draws a laid-out receipt on any painter: the preview on screen and the PDF share every position."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from app.domain.paper import LaidOut, Line, columns_of
from app.domain.receipt import Barcode, Cut, Feed, Image, QrCode
from ui.documents.code128 import code128

LINE_COLUMNS = 32 / 12  # heights in columns: the picture's 32 px lines at 12 px a column
DOUBLE_COLUMNS = 60 / 12
QR_COLUMNS = 222 / 12
BARCODE_COLUMNS = 72 / 12
DOTS_A_COLUMN = 12
INK = "#111111"
MATRICES_MAX = 16


@lru_cache(maxsize=MATRICES_MAX)
def qr_matrix(data: str) -> tuple[tuple[bool, ...], ...]:
    """Modules of a QR code with error correction M and no border."""
    import qrcode  # 30 ms, and only where a receipt is shown

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(data)
    code.make(fit=True)
    return tuple(tuple(bool(cell) for cell in line) for line in code.get_matrix())


def item_height(item: LaidOut, column: float) -> float:
    """Height of one laid-out item when a column is `column` wide, in the same unit."""
    if isinstance(item, Line):
        return column * (DOUBLE_COLUMNS if item.double else LINE_COLUMNS)
    if isinstance(item, QrCode):
        return column * (QR_COLUMNS + 16 / 12)
    if isinstance(item, Barcode):
        return column * (BARCODE_COLUMNS + LINE_COLUMNS + 16 / 12)
    if isinstance(item, Image):
        return column * item.height_dots / DOTS_A_COLUMN
    if isinstance(item, Feed):
        return column * LINE_COLUMNS * item.lines
    return 0.0


def paper_height(items: Sequence[LaidOut], column: float) -> float:
    """Height of the whole receipt, without margins."""
    return sum(item_height(item, column) for item in items)


def draw_paper(painter: QPainter, items: Sequence[LaidOut], area: QRectF, *, columns: int, font: QFont) -> None:
    """Draw from the top of `area`, whose width is `columns` columns; `font` gives family only, sizes follow."""
    column, top = area.width() / columns, area.top()
    for item in items:
        high = item_height(item, column)
        place = QRectF(area.left(), top, area.width(), high)
        if isinstance(item, Line):
            _draw_line(painter, item, place, column=column, font=font)
        elif isinstance(item, QrCode):
            _draw_qr(painter, item.data, place, side=column * QR_COLUMNS)
        elif isinstance(item, Barcode):
            _draw_barcode(painter, item.data, place, column=column, font=font)
        elif isinstance(item, Image):
            _draw_image(painter, item, place, column=column)
        elif isinstance(item, Feed | Cut):
            pass
        top += high


def _draw_line(painter: QPainter, line: Line, place: QRectF, *, column: float, font: QFont) -> None:
    """Every character at its own column, so that no font can push figures out of line."""
    cell = column * (2 if line.double else 1)
    face = QFont(font)
    face.setPixelSize(max(1, round(cell * 2)))
    face.setBold(line.bold or line.double)
    metrics = QFontMetricsF(face)
    painter.setFont(face)
    painter.setPen(QColor(INK))
    base = place.center().y() + (metrics.ascent() - metrics.descent()) / 2
    x = place.left()
    for char in line.text:
        wide = columns_of(char) * cell
        if char != " ":
            painter.drawText(QPointF(x + (wide - metrics.horizontalAdvance(char)) / 2, base), char)
        x += wide


def _draw_qr(painter: QPainter, data: str, place: QRectF, *, side: float) -> None:
    matrix = qr_matrix(data)
    step = side / len(matrix)
    left, top = place.center().x() - side / 2, place.center().y() - side / 2
    for y, line in enumerate(matrix):
        for x, dark in enumerate(line):
            if dark:
                painter.fillRect(QRectF(left + x * step, top + y * step, step + 0.05, step + 0.05), QColor(INK))


def _draw_image(painter: QPainter, image: Image, place: QRectF, *, column: float) -> None:
    bits = QImage(image.rows(), image.width_dots, image.height_dots, image.width_dots // 8, QImage.Format.Format_Mono)
    bits.setColorTable([0x00FFFFFF, QColor(INK).rgba()])
    width = column * image.width_dots / DOTS_A_COLUMN
    painter.drawImage(QRectF(place.center().x() - width / 2, place.top(), width, place.height()), bits)


def _draw_barcode(painter: QPainter, data: str, place: QRectF, *, column: float, font: QFont) -> None:
    widths = code128(data)
    module = min(column / 4, place.width() / (sum(widths) + 20))
    x = place.center().x() - sum(widths) * module / 2
    for number, width in enumerate(widths):
        if number % 2 == 0:
            bar = QRectF(x, place.top() + column * 8 / 12, width * module, column * BARCODE_COLUMNS)
            painter.fillRect(bar, QColor(INK))
        x += width * module
    below = QRectF(place.left(), place.bottom() - column * LINE_COLUMNS, place.width(), column * LINE_COLUMNS)
    pad = max(0, int((place.width() / column - len(data)) // 2))
    _draw_line(painter, Line(" " * pad + data), below, column=column, font=font)
