"""The basket: rows of 64 px painted by a delegate, and one stepper widget moved over the active row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ui.theme.names import Icon, Size, Tone
from ui.theme.theme import Theme
from ui.widgets.basics import Label
from ui.widgets.buttons import KeyButton
from ui.widgets.paint import RIGHT, words
from ui.widgets.rows import draw_row_ground, draw_two_lines
from ui.widgets.runs import RunLine
from ui.widgets.values import AnyRun, BasketRow

Index = QModelIndex | QPersistentModelIndex
LEFT_PX, RIGHT_PX, GAP_PX, QUANTITY_PX, AMOUNT_PX = 20, 16, 12, 172, 110
STEP_PX, COUNT_PX = 48, 44
CORNER_PX = 4  # rows end above a card's round corners


class BasketModel(QAbstractListModel):
    """The rows, newest last. UI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[BasketRow, ...] = ()

    def rowCount(self, parent: Index | None = None) -> int:
        """How many rows."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for screen readers; the delegate reads `rows`."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{row.name} × {row.quantity} ¥{row.amount}"
        return None

    def set_rows(self, rows: Sequence[BasketRow]) -> None:
        """Other rows; when only their content changed, the view keeps its place."""
        new = tuple(rows)
        if new == self.rows:
            return
        if len(new) == len(self.rows):
            self.rows = new
            self.dataChanged.emit(self.index(0), self.index(len(new) - 1))
        else:
            self.beginResetModel()
            self.rows = new
            self.endResetModel()


class Stepper(QWidget):
    """Minus (a bin at one), the count, plus. Passive: it asks with signals."""

    less = Signal()
    more = Signal()

    def __init__(self, theme: Theme, *, names: tuple[str, str] = ("−", "+"), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bin = True
        self.minus = KeyButton(theme, icon=Icon.MINUS)
        self.plus = KeyButton(theme, icon=Icon.PLUS)
        for button, name in ((self.minus, names[0]), (self.plus, names[1])):
            button.setFixedSize(theme.px(STEP_PX), theme.px(STEP_PX))
            button.setAccessibleName(name)
        self.count = Label(theme, "1", size=Size.NUMBER)
        self.count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.count.setFixedWidth(theme.px(COUNT_PX))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.minus, self.count, self.plus):
            layout.addWidget(widget)
        self.setFixedSize(theme.px(2 * STEP_PX + COUNT_PX), theme.px(STEP_PX))
        self.minus.clicked.connect(self.less)
        self.plus.clicked.connect(self.more)

    def set_count(self, count: int, *, count_max: int | None = None, bin_at_one: bool = True) -> None:
        """The quantity; at `count_max` plus is disabled; a bin replaces minus at one."""
        self.count.set_text(str(count))
        last = bin_at_one and count <= 1
        name = self.minus.accessibleName()
        self.minus.set_icon(Icon.TRASH if last else Icon.MINUS)
        self.minus.setAccessibleName(name)
        self.plus.setEnabled(count_max is None or count < count_max)


class BasketDelegate(QStyledItemDelegate):
    """Paints one row: name over price, quantity, amount."""

    def __init__(self, theme: Theme, model: BasketModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme, self._model = theme, model
        self.active = -1

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Uniform rows."""
        return QSize(self._theme.px(200), self._theme.px(self._theme.tokens.height.row))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        rect: QRect = option.rect
        theme, row = self._theme, self._model.rows[index.row()]
        active = index.row() == self.active
        draw_row_ground(painter, theme, rect, chosen=active)
        px = theme.px
        area = QRectF(rect).adjusted(px(LEFT_PX), 0, -px(RIGHT_PX), -1)
        amount = area.adjusted(area.width() - px(AMOUNT_PX), 0, 0, 0)
        words(painter, amount, row.amount, font=theme.font(Size.NUMBER), colour=theme.colour(Tone.INK), align=RIGHT)
        middle = area.adjusted(area.width() - px(AMOUNT_PX + GAP_PX + QUANTITY_PX), 0, -px(AMOUNT_PX + GAP_PX), 0)
        if not active:
            one = row.quantity == 1
            words(
                painter,
                middle,
                f"× {row.quantity}",
                font=theme.font(Size.NUMBER, bold=not one),
                colour=theme.colour(Tone.THIRD if one else Tone.INK),
                align=RIGHT,
            )
        reserved = QUANTITY_PX if active else 80
        room = area.adjusted(0, 0, -px(AMOUNT_PX + GAP_PX + reserved + GAP_PX), 0)
        note = f"¥{row.note}" if row.note[:1].isdigit() else row.note
        before = f"{note} · " if row.benefit else note
        lower = draw_two_lines(painter, theme, room, row.name, before)
        if row.benefit:
            font = theme.font(Size.CAPTION)
            used = QFontMetricsF(font).horizontalAdvance(before)
            words(painter, lower.adjusted(used, 0, 0, 0), row.benefit, font=font, colour=theme.colour(Tone.POINTS))


class RowsView(QListView):
    """A list without frame, selection or focus of its own, with uniform rows."""

    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setAccessibleName("scroll")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell whoever floats a widget over a row."""
        super().resizeEvent(event)
        self.resized.emit()


class ListCard(QFrame):
    """A card with a sunken 40 px head, a list and an optional foot, corners kept round."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("card", "raised")
        self.stack = QVBoxLayout(self)
        self.stack.setContentsMargins(0, theme.px(40), 0, 0)
        self.stack.setSpacing(0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The card, then the head's ground inside its round top."""
        super().paintEvent(event)
        theme, edge = self._theme, self._theme.edge_px()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        head = QRectF(self.rect()).adjusted(edge, edge, -edge, 0)
        head.setHeight(theme.px(40))
        radius = theme.px(theme.tokens.radius.card) - edge
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.palette.surface.sunken))
        painter.drawRoundedRect(head, radius, radius)
        painter.drawRect(head.adjusted(0, radius, 0, 0))
        painter.fillRect(QRectF(head.left(), head.bottom() - 1, head.width(), 1), QColor(theme.palette.line.subtle))

    def head_rect(self) -> QRectF:
        """Where the head's words go."""
        edge = self._theme.edge_px()
        inner = QRectF(self.rect()).adjusted(edge + self._theme.px(LEFT_PX), edge, -edge - self._theme.px(RIGHT_PX), 0)
        inner.setHeight(self._theme.px(40))
        return inner


class BasketList(ListCard):
    """Head, rows, sum strip. `less(row)`, `more(row)` from the stepper; `chosen(row)` when a row is touched."""

    less = Signal(int)
    more = Signal(int)
    chosen = Signal(int)

    def __init__(
        self,
        theme: Theme,
        heads: tuple[str, str, str],
        *,
        name: str,
        step_names: tuple[str, str] = ("−", "+"),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, parent)
        self._heads, self._active = heads, -1
        self.setAccessibleName(name)
        self.model = BasketModel(self)
        self.view = RowsView(self)
        self.view.setAccessibleName(name)
        self.view.setModel(self.model)
        self._delegate = BasketDelegate(theme, self.model, self)
        self.view.setItemDelegate(self._delegate)
        self.stepper = Stepper(theme, names=step_names, parent=self.view.viewport())
        self.stepper.hide()
        self.foot = SumStrip(theme)
        self.stack.addWidget(self.view, 1)
        self.stack.addWidget(self.foot)
        self.stepper.less.connect(lambda: self.less.emit(self._active))
        self.stepper.more.connect(lambda: self.more.emit(self._active))
        self.view.clicked.connect(lambda index: self.chosen.emit(index.row()))
        self.view.resized.connect(self._place_stepper)
        self.view.verticalScrollBar().valueChanged.connect(self._place_stepper)

    def set_rows(self, rows: Sequence[BasketRow], active: int = -1) -> None:
        """Show rows; `active` is tinted, carries the stepper and is scrolled to; -1 for none."""
        self.model.set_rows(rows)
        self._active = self._delegate.active = active
        if 0 <= active < len(rows):
            self.stepper.set_count(rows[active].quantity)
            self.view.scrollTo(self.model.index(active))
        self._place_stepper()
        self.view.viewport().update()

    def _place_stepper(self) -> None:
        index = self.model.index(self._active) if 0 <= self._active < len(self.model.rows) else QModelIndex()
        self.stepper.setVisible(index.isValid())
        if index.isValid():
            rect, px = self.view.visualRect(index), self._theme.px
            x = rect.right() + 1 - px(RIGHT_PX + AMOUNT_PX + GAP_PX) - self.stepper.width()
            self.stepper.move(x, rect.top() + (rect.height() - self.stepper.height()) // 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Card and head words."""
        super().paintEvent(event)
        painter, theme, head = QPainter(self), self._theme, self.head_rect()
        font, ink, px = theme.font(Size.LABEL), theme.colour(Tone.SECOND), theme.px
        words(painter, head, self._heads[0], font=font, colour=ink)
        words(
            painter, head.adjusted(0, 0, -px(AMOUNT_PX + GAP_PX), 0), self._heads[1], font=font, colour=ink, align=RIGHT
        )
        words(painter, head, self._heads[2], font=font, colour=ink, align=RIGHT)


class SumStrip(QFrame):
    """52 high under the basket: sums at the left, points earned in gold at the right."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = RunLine(theme, height_px=50)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        rule = QFrame()
        rule.setProperty("rule", "true")
        rule.setFixedHeight(1)
        layout.addWidget(rule)
        inner = QHBoxLayout()
        inner.setContentsMargins(theme.px(18), 0, theme.px(18), 0)
        inner.addWidget(self.line)
        layout.addLayout(inner)
        self.setFixedHeight(theme.px(52))

    def set_sums(self, left: Sequence[AnyRun], right: Sequence[AnyRun] = ()) -> None:
        """Runs at both ends."""
        self.line.set_runs(left, right)
        self.setAccessibleName(self.line.accessibleName())
