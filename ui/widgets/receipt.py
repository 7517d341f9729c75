"""The receipt as paper on the screen, as tall as it will be printed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.paper import LaidOut, Line, lay_out
from app.domain.receipt import Receipt
from ui.documents.paper import draw_paper, paper_height
from ui.theme.theme import Theme

COLUMNS = 48
COLUMN_PX = 8  # at scale 1.0; the picture shows 12
MARGIN_COLUMNS = 32 / 12
HEAD_COLUMNS, TAIL_COLUMNS = 3.0, 3.5
PAPER, EDGE = "#FDFDFB", "#8E8A7F"  # thermal paper, the same in every theme


class ReceiptPaper(QWidget):
    """Paints a receipt. Put it into a scroll area: its height follows its width."""

    def __init__(self, theme: Theme, *, name: str, columns: int = COLUMNS, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._columns, self._name = theme, columns, name
        self._items: tuple[LaidOut, ...] = ()
        self._font = theme.mono_font(16)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(name)

    def set_receipt(self, receipt: Receipt) -> None:
        """Show a receipt."""
        self._items = lay_out(receipt, self._columns)
        said = " ".join(" ".join(item.text.split()) for item in self._items if isinstance(item, Line))
        self.setAccessibleDescription(said)
        self._grow()
        self.update()

    def sizeHint(self) -> QSize:
        """8 px a column at scale 1.0."""
        width = round((self._columns + 2 * MARGIN_COLUMNS) * self._theme.px(COLUMN_PX))
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """5 px a column, where characters are still told apart."""
        return QSize(round((self._columns + 2 * MARGIN_COLUMNS) * 5), 0)

    def hasHeightForWidth(self) -> bool:
        """Wider paper is taller."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of the whole paper at `width` screen px."""
        column = width / (self._columns + 2 * MARGIN_COLUMNS)
        return round(paper_height(self._items, column) + (HEAD_COLUMNS + TAIL_COLUMNS) * column)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the height that fits the width."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._grow()

    def _grow(self) -> None:
        self.setMinimumHeight(self.heightForWidth(self.width() or self.sizeHint().width()))
        self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paper, its cut edge, and what is printed."""
        painter, area = QPainter(self), QRectF(self.rect())
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.fillRect(area, QColor(PAPER))
        painter.setPen(QPen(QColor(EDGE), 1))
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -1.5))
        painter.setPen(QPen(QColor(EDGE), 2, Qt.PenStyle.DashLine))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        column = area.width() / (self._columns + 2 * MARGIN_COLUMNS)
        side = MARGIN_COLUMNS * column
        inner = area.adjusted(side, HEAD_COLUMNS * column, -side, 0)
        draw_paper(painter, self._items, inner, columns=self._columns, font=self._font)
