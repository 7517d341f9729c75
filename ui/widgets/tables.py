"""Tables and tiles of the manager's pages and the member's history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QVBoxLayout, QWidget

from ui.theme.names import Size, Tone
from ui.theme.theme import Theme
from ui.widgets.basics import Label
from ui.widgets.basket import CORNER_PX, Index, ListCard
from ui.widgets.chips import chip_runs, chip_size, draw_pill
from ui.widgets.paint import LEFT, RIGHT, words
from ui.widgets.runs import RunLine
from ui.widgets.values import AnyRun, Cell, Column, Run

HEAD_PX, ROW_PX, PADDING_PX = 40, 52, 12


class CellModel(QAbstractTableModel):
    """Rows of cells under columns. UI thread."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: tuple[tuple[Cell, ...], ...] = ()

    def rowCount(self, parent: Index | None = None) -> int:
        """How many rows."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """How many columns."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for screen readers; the delegate reads `rows`."""
        if index.isValid() and role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            cell = self.rows[index.row()][index.column()]
            return cell.chip.text if cell.chip else cell.text
        return None

    def set_rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Other rows, each as long as the columns; ValueError when not."""
        new = tuple(tuple(row) for row in rows)
        if any(len(row) != len(self.columns) for row in new):
            raise ValueError("a row does not match the columns")
        self.beginResetModel()
        self.rows = new
        self.endResetModel()


class CellDelegate(QStyledItemDelegate):
    """Paints a cell: words or a chip, and the row's bottom line. No zebra, no vertical lines."""

    def __init__(self, theme: Theme, model: CellModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme, self._model = theme, model
        self.chosen = -1

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Uniform rows."""
        return QSize(self._theme.px(60), self._theme.px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One cell."""
        rect: QRect = option.rect
        theme, cell = self._theme, self._model.rows[index.row()][index.column()]
        chosen = index.row() == self.chosen
        painter.fillRect(rect, QColor(theme.palette.surface.selected if chosen else theme.palette.surface.raised))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(theme.palette.line.subtle))
        area = QRectF(rect).adjusted(theme.px(PADDING_PX), 0, -theme.px(PADDING_PX), -1)
        if cell.chip:
            role, runs = theme.palette.role(cell.chip.role), chip_runs(cell.chip)
            size = chip_size(theme, runs)
            pill = QRectF(area.left(), area.center().y() - size.height() / 2, size.width(), size.height())
            draw_pill(painter, theme, pill, colours=(role.text, role.tint, role.line), runs=runs)
            return
        align = RIGHT if self._model.columns[index.column()].right else LEFT
        words(
            painter,
            area,
            cell.text,
            font=theme.font(Size.BODY, bold=cell.bold),
            colour=theme.colour(cell.tone),
            align=align,
        )


class CellView(QTableView):
    """A table view that tells when its room changed."""

    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The viewport has its size now."""
        super().resizeEvent(event)
        self.resized.emit()


class Table(ListCard):
    """Head 40 sunken, rows 52, numbers right. `chosen(row)` when a row is touched."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, columns: Sequence[Column], *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setAccessibleName(name)
        self.model = CellModel(columns, self)
        self.view = CellView()
        self.view.resized.connect(self._share_width)
        self.view.setAccessibleName(name)
        self.view.setModel(self.model)
        self._delegate = CellDelegate(theme, self.model, self)
        self.view.setItemDelegate(self._delegate)
        self.view.setShowGrid(False)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setSelectionMode(QTableView.SelectionMode.NoSelection)
        self.view.horizontalHeader().hide()
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setMinimumSectionSize(theme.px(ROW_PX))
        self.view.verticalHeader().setDefaultSectionSize(theme.px(ROW_PX))
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.view.verticalScrollBar().setAccessibleName(name)
        self.view.clicked.connect(lambda index: self.chosen.emit(index.row()))
        self.stack.setContentsMargins(0, theme.px(HEAD_PX), 0, theme.px(CORNER_PX))
        self.stack.addWidget(self.view)

    def set_rows(self, rows: Sequence[Sequence[Cell]], chosen: int = -1) -> None:
        """Show rows; `chosen` is tinted."""
        self.model.set_rows(rows)
        self._delegate.chosen = chosen
        self._share_width()

    def _share_width(self) -> None:
        """Columns without a width share what is left."""
        columns, px = self.model.columns, self._theme.px
        fixed = sum(px(column.width_px) for column in columns)
        free = [number for number, column in enumerate(columns) if not column.width_px]
        each = max(px(60), (self.view.viewport().width() - fixed) // len(free)) if free else 0
        for number, column in enumerate(columns):
            self.view.setColumnWidth(number, px(column.width_px) or each)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Card and column heads."""
        super().paintEvent(event)
        painter, theme = QPainter(self), self._theme
        x = float(theme.edge_px())
        for number, column in enumerate(self.model.columns):
            width = self.view.columnWidth(number)
            area = QRectF(x, theme.edge_px(), width, theme.px(HEAD_PX))
            area.adjust(theme.px(PADDING_PX), 0, -theme.px(PADDING_PX), 0)
            words(
                painter,
                area,
                column.head,
                font=theme.font(Size.LABEL),
                colour=theme.colour(Tone.SECOND),
                align=RIGHT if column.right else LEFT,
            )
            x += width


class StatTile(QFrame):
    """Caption, figure 32, one comparison. `set_stat` with runs for the comparison (▲▼ and a word)."""

    def __init__(self, theme: Theme, *, figure: Size = Size.NAME, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "raised")
        self._size = figure
        self.caption = Label(theme, size=Size.LABEL, tone=Tone.SECOND)
        self.figure = RunLine(theme, height_px=theme.tokens.type[figure].line_px)
        self.note = RunLine(theme, height_px=22)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        layout.setSpacing(0)
        for widget in (self.caption, self.figure, self.note):
            layout.addWidget(widget)

    def set_stat(self, caption: str, figure: str, *note: AnyRun, tone: Tone = Tone.INK) -> None:
        """Show a figure."""
        self.caption.set_text(caption)
        self.figure.set_runs((Run(figure, self._size, tone),))
        self.note.set_runs(note or (Run("", Size.CAPTION),))
        self.setAccessibleName(f"{caption} {figure} {self.note.accessibleName()}".strip())
