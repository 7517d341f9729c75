"""A QR code as a picture: black on white in every theme, with its quiet zone, so that a phone reads it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.documents.paper import qr_matrix
from ui.views.common import Ui

QUIET_MODULES = 4  # ISO/IEC 18004


class QrPicture(QWidget):
    """A square of `side_px` at scale 1.0."""

    def __init__(self, ui: Ui, side_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._modules: tuple[tuple[bool, ...], ...] = ()
        self.setFixedSize(ui.px(side_px), ui.px(side_px))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(ui.tr("QR code"))

    def show_data(self, data: str) -> None:
        """Show another code."""
        self._modules = qr_matrix(data)
        self.update()

    def sizeHint(self) -> QSize:
        """Its square."""
        return self.minimumSize()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Whole pixels per module, centred."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(Qt.GlobalColor.white))
        count = len(self._modules)
        if not count:
            return
        step = self.width() // (count + 2 * QUIET_MODULES)
        start = (self.width() - step * count) / 2
        for y, line in enumerate(self._modules):
            for x, dark in enumerate(line):
                if dark:
                    cell = QRectF(start + x * step, start + y * step, step, step)
                    painter.fillRect(cell, QColor(Qt.GlobalColor.black))
