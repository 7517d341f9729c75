"""A receipt as a file: a picture, or a PDF page as wide as the roll. The same positions as on the screen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, QSizeF
from PySide6.QtGui import QFont, QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtWidgets import QApplication

from app.domain.paper import lay_out
from app.domain.receipt import Receipt
from ui.documents.paper import draw_paper, paper_height
from ui.theme.theme import open_theme

COLUMN_MM = 1.5  # 12 dots of a printer with 8 dots a millimetre
EDGE_MM = 4.0
COLUMN_PX = 12
EDGE_PX = 32
PDF_DOTS_PER_INCH = 300
MM_PER_INCH = 25.4
PAPER = "#FDFDFB"


def write_file(receipt: Receipt, file: Path, *, columns: int, resources: Path) -> None:
    """Draw `receipt` to `file`, a .pdf or a .png; makes an application. OSError when it cannot be written."""
    file.open("wb").close()
    held = QApplication.instance()
    application = held if isinstance(held, QApplication) else QApplication(["guitai"])
    font = open_theme(resources).mono_font(16)
    draw = write_pdf if file.suffix.lower() == ".pdf" else write_picture
    draw(receipt, file, columns=columns, font=font)
    application.processEvents()


def write_picture(receipt: Receipt, file: Path, *, columns: int, font: QFont) -> None:
    """12 px a column, as in the design's picture. OSError for a suffix that is no picture's."""
    items = lay_out(receipt, columns)
    width, height = columns * COLUMN_PX, round(paper_height(items, COLUMN_PX))
    image = QImage(width + 2 * EDGE_PX, height + 2 * EDGE_PX, QImage.Format.Format_RGB32)
    image.fill(PAPER)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    draw_paper(painter, items, QRectF(EDGE_PX, EDGE_PX, width, height), columns=columns, font=font)
    painter.end()
    if not image.save(str(file)):
        raise OSError(f"no picture is written as {file.suffix}")


def write_pdf(receipt: Receipt, file: Path, *, columns: int, font: QFont) -> None:
    """One page as long as the receipt; text stays text."""
    items = lay_out(receipt, columns)
    width_mm, height_mm = columns * COLUMN_MM, paper_height(items, COLUMN_MM)
    writer = QPdfWriter(str(file))
    writer.setResolution(PDF_DOTS_PER_INCH)
    size = QSizeF(width_mm + 2 * EDGE_MM, height_mm + 2 * EDGE_MM)
    writer.setPageSize(QPageSize(size, QPageSize.Unit.Millimeter))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter(writer)
    dots = PDF_DOTS_PER_INCH / MM_PER_INCH
    inner = QRectF(EDGE_MM * dots, EDGE_MM * dots, width_mm * dots, height_mm * dots)
    draw_paper(painter, items, inner, columns=columns, font=font)
    painter.end()
