"""Lines of a receipt that may be returned: check box 32, name, stepper on the chosen ones, what goes back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ui.theme.names import Icon, Size, Tone
from ui.theme.theme import Theme
from ui.widgets.basics import Label
from ui.widgets.basket import AMOUNT_PX, CORNER_PX, GAP_PX, LEFT_PX, RIGHT_PX, ListCard, Stepper
from ui.widgets.buttons import KeyButton
from ui.widgets.paint import RIGHT, box, draw_icon, words
from ui.widgets.rows import draw_row_ground, draw_two_lines
from ui.widgets.values import ReturnRow

BOX_PX, BACK_PX = 32, 190


class CheckBox(KeyButton):
    """A 32 px box in a 48 px target; teal with a tick when chosen."""

    def __init__(self, theme: Theme, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self.setFixedSize(theme.px(48), theme.px(48))
        self.setAccessibleName(name)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The box in the middle of the target's left."""
        painter, palette, px = QPainter(self), self._theme.palette, self._theme.px
        area = QRectF(0, (self.height() - px(BOX_PX)) / 2, px(BOX_PX), px(BOX_PX))
        dead = not self.isEnabled()
        edge = palette.line.subtle if dead else palette.primary.fill if self._chosen else palette.line.strong
        ground = QColor(palette.primary.fill) if self._chosen and not dead else QColor(0, 0, 0, 0)
        box(painter, area, (ground, QColor(edge)), radius=px(8), edge=2)
        if self._chosen:
            ink = palette.text.disabled if dead else palette.primary.on_fill
            draw_icon(painter, self._theme, Icon.OK, at=area.topLeft() + QPointF(px(4), px(4)), size=24, colour=ink)


class ReturnLine(QFrame):
    """One line, 64 high. `toggled`, `less`, `more`."""

    toggled = Signal()
    less = Signal()
    more = Signal()

    def __init__(self, theme: Theme, word: str, step_names: tuple[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._row = theme, ReturnRow("", "", False, 0, 0, "")
        self.setFixedHeight(theme.px(theme.tokens.height.row))
        self.check = CheckBox(theme, name="")
        self.word = Label(theme, word, size=Size.LABEL, tone=Tone.SECOND)
        self.word.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.stepper = Stepper(theme, names=step_names)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(LEFT_PX), 0, theme.px(RIGHT_PX + AMOUNT_PX + GAP_PX), 0)
        layout.setSpacing(theme.px(8))
        layout.addWidget(self.check)
        layout.addStretch(1)
        layout.addWidget(self.word)
        layout.addWidget(self.stepper)
        self.check.clicked.connect(self.toggled)
        self.stepper.less.connect(self.less)
        self.stepper.more.connect(self.more)

    def set_row(self, row: ReturnRow) -> None:
        """Show a line."""
        self._row = row
        self.setAccessibleName(f"{row.name} {row.note} {row.amount}".strip())
        self.check.setAccessibleName(row.name)
        self.check.set_chosen(row.chosen)
        self.check.setEnabled(row.quantity_max > 0)
        self.stepper.set_count(row.quantity, count_max=row.quantity_max, bin_at_one=False)
        self.stepper.setVisible(row.chosen)
        self.word.setVisible(row.chosen)
        self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Touching the line is touching its box."""
        if self._row.quantity_max > 0:
            self.toggled.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground, two lines, amount."""
        painter, theme, row, px = QPainter(self), self._theme, self._row, self._theme.px
        draw_row_ground(painter, theme, self.rect(), chosen=row.chosen)
        area = QRectF(self.rect()).adjusted(px(LEFT_PX + 44 + GAP_PX), 0, -px(RIGHT_PX), -1)
        amount, tone = (row.amount, Tone.INK) if row.chosen else ("—", Tone.THIRD)
        words(painter, area, amount, font=theme.font(Size.NUMBER), colour=theme.colour(tone), align=RIGHT)
        reserved = AMOUNT_PX + GAP_PX + (BACK_PX + GAP_PX if row.chosen else 0)
        draw_two_lines(painter, theme, area.adjusted(0, 0, -px(reserved), 0), row.name, row.note)

    def sizeHint(self) -> QSize:
        """Wide enough for a name and its stepper."""
        return QSize(self._theme.px(420), self._theme.px(self._theme.tokens.height.row))


class ReturnList(ListCard):
    """Head, lines. `toggled(row)`, `less(row)`, `more(row)`."""

    toggled = Signal(int)
    less = Signal(int)
    more = Signal(int)

    def __init__(
        self,
        theme: Theme,
        heads: tuple[str, str, str],
        *,
        name: str,
        word: str,
        step_names: tuple[str, str] = ("−", "+"),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, parent)
        self._heads, self._word, self._names = heads, word, step_names
        self.setAccessibleName(name)
        self.lines: list[ReturnLine] = []
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidget(inside)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setAccessibleName(name)
        self.area.verticalScrollBar().setAccessibleName(name)
        self.stack.setContentsMargins(0, theme.px(40), 0, theme.px(CORNER_PX))
        self.stack.addWidget(self.area)

    def set_rows(self, rows: Sequence[ReturnRow]) -> None:
        """Show lines; widgets are kept for lines already there."""
        while len(self.lines) > len(rows):
            line = self.lines.pop()
            self._column.removeWidget(line)
            line.deleteLater()
        while len(self.lines) < len(rows):
            self._add(len(self.lines))
        for line, row in zip(self.lines, rows, strict=True):
            line.set_row(row)

    def _add(self, number: int) -> None:
        line = ReturnLine(self._theme, self._word, self._names)
        line.toggled.connect(lambda: self.toggled.emit(number))
        line.less.connect(lambda: self.less.emit(number))
        line.more.connect(lambda: self.more.emit(number))
        self._column.insertWidget(number, line)
        self.lines.append(line)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Card and head words."""
        super().paintEvent(event)
        painter, theme, head, px = QPainter(self), self._theme, self.head_rect(), self._theme.px
        font, ink = theme.font(Size.LABEL), theme.colour(Tone.SECOND)
        words(painter, head.adjusted(px(44 + GAP_PX), 0, 0, 0), self._heads[0], font=font, colour=ink)
        middle = head.adjusted(0, 0, -px(AMOUNT_PX + GAP_PX), 0)
        words(painter, middle, self._heads[1], font=font, colour=ink, align=RIGHT)
        words(painter, head, self._heads[2], font=font, colour=ink, align=RIGHT)
