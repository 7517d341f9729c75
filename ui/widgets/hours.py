"""Money by the hour: a bar for each, the same weekday of last week as a gold step across it. Painted, no legend box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme.names import Size, Tone
from ui.theme.theme import Theme
from ui.widgets.paint import CENTER, RIGHT, words

LEFT_PX, FOOT_PX, HEAD_PX, BAR_SHARE, STEP_SHARE = 64, 26, 28, 0.64, 0.86


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour: its name, money in minor units, the comparison (None: none), and whether it is still running."""

    name: str
    minor: int
    before_minor: int | None = None
    running: bool = False


class HourChart(QWidget):
    """`set_hours`; the tallest bar carries its figure."""

    def __init__(self, theme: Theme, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._name = theme, name
        self._hours: tuple[Hour, ...] = ()
        self.setMinimumHeight(theme.px(130))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)

    def set_hours(self, hours: Sequence[Hour]) -> None:
        """Show these, in their order."""
        self._hours = tuple(hours)
        said = " · ".join(f"{hour.name}: {hour.minor // 100:,}" for hour in hours if hour.minor)
        self.setAccessibleName(f"{self._name} {said}".strip())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Grid, bars, steps, names."""
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        area = QRectF(px(LEFT_PX), px(HEAD_PX), self.width() - px(LEFT_PX), self.height() - px(HEAD_PX) - px(FOOT_PX))
        top = max((max(hour.minor, hour.before_minor or 0) for hour in self._hours), default=0)
        step = grid_step(top)
        if not self._hours or not step:
            return
        most = -(-top // step) * step
        self._grid(painter, area, step=step, most=most)
        each = area.width() / len(self._hours)
        tallest = max(range(len(self._hours)), key=lambda place: self._hours[place].minor)
        for place, hour in enumerate(self._hours):
            column = QRectF(area.left() + place * each, area.top(), each, area.height())
            self._hour(painter, column, hour, most=most, named=place == tallest)
            foot = QRectF(column.left(), area.bottom(), each, px(FOOT_PX))
            if len(self._hours) <= 14 or place % 2 == 0:
                grey = theme.colour(Tone.SECOND)
                words(painter, foot, hour.name, font=theme.font(Size.CAPTION), colour=grey, align=CENTER)

    def _grid(self, painter: QPainter, area: QRectF, *, step: int, most: int) -> None:
        theme = self._theme
        for level in range(0, most + 1, step):
            y = area.bottom() - area.height() * level / most
            painter.setPen(QPen(QColor(theme.palette.chart.axis if not level else theme.palette.chart.grid), 1))
            painter.drawLine(int(area.left()), int(y), int(area.right()), int(y))
            if level:
                label = QRectF(0, y - theme.px(11), area.left() - theme.px(8), theme.px(22))
                text = f"{level // 100:,}"
                grey = theme.colour(Tone.SECOND)
                words(painter, label, text, font=theme.font(Size.CAPTION), colour=grey, align=RIGHT)

    def _hour(self, painter: QPainter, area: QRectF, hour: Hour, *, most: int, named: bool) -> None:
        theme, px = self._theme, self._theme.px
        high = area.height() * hour.minor / most
        bar = QRectF(
            area.center().x() - area.width() * BAR_SHARE / 2, area.bottom() - high, area.width() * BAR_SHARE, high
        )
        colour = QColor(theme.palette.primary.fill)
        if hour.running:
            colour.setAlphaF(0.6)
        painter.fillRect(bar, colour)
        if hour.before_minor:
            y = area.bottom() - area.height() * hour.before_minor / most
            half = area.width() * STEP_SHARE / 2
            painter.setPen(QPen(QColor(theme.palette.points.fill), px(3)))
            painter.drawLine(int(area.center().x() - half), int(y), int(area.center().x() + half), int(y))
        if named and hour.minor:
            label = QRectF(area.left() - px(20), bar.top() - px(25), area.width() + px(40), px(24))
            words(
                painter, label, f"{hour.minor // 100:,}", font=theme.font(Size.CAPTION, bold=True),
                colour=theme.colour(Tone.INK), align=CENTER,
            )  # fmt: skip


def grid_step(top: int) -> int:
    """A round step of 1, 2 or 5 times a power of ten that divides `top` into at most four; 0 without any money."""
    step = 100
    while step * 4 < top:
        first = int(str(step)[0])
        step = step * 5 // 2 if first == 2 else step * 2
    return step if top > 0 else 0
