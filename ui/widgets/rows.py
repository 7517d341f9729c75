"""What basket, result and return lists share: row geometry and the ground of a chosen row."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter

from ui.theme.names import Size, Tone
from ui.theme.theme import Theme
from ui.widgets.paint import words

MARK_PX = 5  # the teal bar at the left of the newest or chosen row


def draw_row_ground(painter: QPainter, theme: Theme, rect: QRect, *, chosen: bool) -> None:
    """Ground, bottom line and, on the chosen row, the teal mark."""
    surface = theme.palette.surface
    painter.fillRect(rect, QColor(surface.selected if chosen else surface.raised))
    painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(theme.palette.line.subtle))
    if chosen:
        mark = QRect(rect.left(), rect.top(), theme.px(MARK_PX), rect.height())
        painter.fillRect(mark, QColor(theme.palette.primary.fill))


def draw_two_lines(painter: QPainter, theme: Theme, rect: QRectF, title: str, note: str) -> QRectF:
    """A line of body over a caption, centred in `rect`; returns the caption's rectangle."""
    line, small = theme.line_px(Size.BODY), theme.px(20)
    top = rect.center().y() - (line + small) / 2
    upper = QRectF(rect.left(), top, rect.width(), line)
    lower = QRectF(rect.left(), top + line, rect.width(), small)
    words(painter, upper, title, font=theme.font(Size.BODY), colour=theme.colour(Tone.INK))
    words(painter, lower, note, font=theme.font(Size.CAPTION), colour=theme.colour(Tone.SECOND))
    return lower
