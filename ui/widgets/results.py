"""Members found while typing: rows of 66 px with a digit key, and a head that names the keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.theme.names import Size, Tone
from ui.theme.theme import Theme
from ui.widgets.basket import CORNER_PX, Index, ListCard, RowsView
from ui.widgets.chips import chip_size, draw_pill, tier_runs
from ui.widgets.figures import draw_avatar
from ui.widgets.paint import RIGHT, cap_height, draw_cap, words
from ui.widgets.rows import draw_row_ground
from ui.widgets.runs import RunLine, draw_runs, fit_runs, runs_width
from ui.widgets.values import AnyRun, ResultRow, Run

ROW_PX, CAP_PX, AVATAR_PX, TIER_PX, POINTS_PX, GAP_PX = 66, 36, 44, 110, 132, 12
TAIL_DIGITS = 4
DIGIT_ROWS = 9  # rows beyond the ninth have no digit key


class ResultModel(QAbstractListModel):
    """The members found. UI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[ResultRow, ...] = ()

    def rowCount(self, parent: Index | None = None) -> int:
        """How many rows."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for screen readers; the delegate reads `rows`."""
        if index.isValid() and role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            row = self.rows[index.row()]
            return f"{row.name} {row.phone} {row.tier_name} {row.points}"
        return None

    def set_rows(self, rows: Sequence[ResultRow]) -> None:
        """Other members."""
        new = tuple(rows)
        if new != self.rows:
            self.beginResetModel()
            self.rows = new
            self.endResetModel()


def who_runs(theme: Theme, row: ResultRow, room: float) -> tuple[AnyRun, ...]:
    """Name, matched letters and phone in `room` screen px. Members are told apart by the end of the phone: the letters
    go first, then the phone's beginning."""
    name = Run(row.name, Size.TITLE)
    matched = Run(row.matched, Size.LABEL, Tone.PRIMARY, bold=True, underline=True, gap_px=10)
    phone = Run(row.phone, tone=Tone.SECOND, gap_px=10)
    tail = Run(f"···{row.phone[-TAIL_DIGITS:]}" if row.phone else "", tone=Tone.SECOND, gap_px=10)
    choices: list[tuple[AnyRun, ...]] = [(name, phone), (name, tail)]
    if row.matched:
        choices[:0] = [(name, matched, phone), (name, matched, tail)]
    fitting = (runs for runs in choices if runs_width(theme, runs) <= room + 0.5)
    found = next(fitting, None)
    if found is not None:
        return found
    short = fit_runs(theme, (name,), room - runs_width(theme, (tail,)) - theme.px(10))
    return (*short, tail)


class ResultDelegate(QStyledItemDelegate):
    """Paints one member: key, avatar, name and matched letters, phone, tier, points."""

    def __init__(self, theme: Theme, model: ResultModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme, self._model = theme, model
        self.active = -1

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Uniform rows."""
        return QSize(self._theme.px(200), self._theme.px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        rect: QRect = option.rect
        theme, row, px = self._theme, self._model.rows[index.row()], self._theme.px
        draw_row_ground(painter, theme, rect, chosen=index.row() == self.active)
        area = QRectF(rect).adjusted(px(20), 0, -px(16), -1)
        middle = area.center().y()
        if index.row() < DIGIT_ROWS:
            cap = QRectF(area.left(), middle - cap_height(theme) / 2, px(CAP_PX), cap_height(theme))
            ink = theme.colour(Tone.INK)
            draw_cap(painter, theme, cap, key=str(index.row() + 1), colours=(ink, ink))
        face = QRectF(area.left() + px(CAP_PX + GAP_PX), middle - px(AVATAR_PX) / 2, px(AVATAR_PX), px(AVATAR_PX))
        draw_avatar(painter, theme, face, initial=row.initial, tier=row.tier)
        words(painter, area, row.points, font=theme.font(Size.NUMBER), colour=theme.colour(Tone.POINTS), align=RIGHT)
        tier_left = area.right() - px(POINTS_PX + GAP_PX + TIER_PX)
        self._draw_tier(painter, row, tier_left, middle)
        left = face.right() + px(4 + GAP_PX)
        self._draw_who(painter, row, QRectF(left, area.top(), tier_left - left - px(GAP_PX), area.height()))

    def _draw_tier(self, painter: QPainter, row: ResultRow, left: float, middle: float) -> None:
        theme = self._theme
        runs, look = tier_runs(row.tier, row.tier_name), theme.palette.tier[row.tier]
        size = chip_size(theme, runs, padding_px=21)
        pill = QRectF(left, middle - size.height() / 2, size.width(), size.height())
        draw_pill(painter, theme, pill, colours=(look.text, look.back, look.edge), runs=runs)

    def _draw_who(self, painter: QPainter, row: ResultRow, room: QRectF) -> None:
        theme = self._theme
        line, small = theme.line_px(Size.BODY), theme.px(20)
        top = room.center().y() - (line + small) / 2
        runs = who_runs(theme, row, room.width())
        first = QRectF(room.left(), top, room.width(), line)
        draw_runs(painter, theme, first, runs)
        second = QRectF(room.left(), top + line, room.width(), small)
        words(painter, second, row.note, font=theme.font(Size.CAPTION), colour=theme.colour(Tone.SECOND))


class ResultList(ListCard):
    """Head runs, rows, a closing line. `pointed(row)` when a row is touched, `taken(row)` on a second touch."""

    pointed = Signal(int)
    taken = Signal(int)

    def __init__(self, theme: Theme, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setAccessibleName(name)
        self._head: tuple[tuple[AnyRun, ...], tuple[AnyRun, ...]] = ((), ())
        self.model = ResultModel(self)
        self.view = RowsView(self)
        self.view.setAccessibleName(name)
        self.view.setModel(self.model)
        self._delegate = ResultDelegate(theme, self.model, self)
        self.view.setItemDelegate(self._delegate)
        self.foot = RunLine(theme, height_px=44)
        inner = QHBoxLayout()
        inner.setContentsMargins(theme.px(18), 0, theme.px(18), 0)
        inner.addWidget(self.foot)
        self.stack.addWidget(self.view, 1)
        self.stack.addLayout(inner)
        self.foot.hide()
        self.stack.setContentsMargins(0, theme.px(40), 0, theme.px(CORNER_PX))
        self.view.clicked.connect(self._on_clicked)

    @property
    def active(self) -> int:
        """The row tinted now, -1 for none."""
        return self._delegate.active

    def set_rows(self, rows: Sequence[ResultRow], active: int = 0) -> None:
        """Show members; `active` is tinted and scrolled to."""
        self.model.set_rows(rows)
        self._delegate.active = active
        if 0 <= active < len(rows):
            self.view.scrollTo(self.model.index(active))
        self.view.viewport().update()

    def set_head(self, left: Sequence[AnyRun], right: Sequence[AnyRun] = ()) -> None:
        """Words in the head: how many, and the keys."""
        self._head = (tuple(left), tuple(right))
        self.update()

    def set_foot(self, *runs: AnyRun) -> None:
        """The line under the rows (more than fit); nothing hides it."""
        self.foot.set_runs(runs)
        self.foot.setVisible(bool(runs))

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.row() == self._delegate.active:
            self.taken.emit(index.row())
        else:
            self.pointed.emit(index.row())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Card and head runs."""
        super().paintEvent(event)
        painter, theme, head = QPainter(self), self._theme, self.head_rect()
        left, right = self._head
        second = theme.tone(Tone.SECOND)
        taken = runs_width(theme, right)
        draw_runs(painter, theme, head, fit_runs(theme, left, head.width() - taken - theme.px(12)))
        draw_runs(painter, theme, head.adjusted(head.width() - taken, 0, 0, 0), right, colour=QColor(second).name())
