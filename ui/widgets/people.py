"""Signing on: who (tiles of 84) and PIN dots."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme.names import Icon, Size, Tone
from ui.theme.theme import Theme
from ui.widgets.buttons import KeyButton
from ui.widgets.figures import draw_avatar
from ui.widgets.paint import box, words
from ui.widgets.runs import draw_runs, runs_width
from ui.widgets.values import IconRun, Run, Staff

TILE_PX, DOT_PX, DOT_GAP_PX = 84, 22, 20


class StaffTile(KeyButton):
    """A person to sign on: avatar, name, role and number. `clicked`; `set_chosen` marks the one signing on."""

    def __init__(self, theme: Theme, staff: Staff, parent: QWidget | None = None) -> None:
        self.staff = staff
        super().__init__(theme, staff.name, height_px=TILE_PX, parent=parent)
        self.setAccessibleName(f"{staff.name} {staff.note}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        """Wide enough for a name."""
        return QSize(self._theme.px(240), self._theme.px(TILE_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Box, avatar, two lines."""
        painter, theme, skin = QPainter(self), self._theme, self.skin()
        px, area = theme.px, QRectF(self.rect())
        box(painter, area, (skin.ground, skin.edge), radius=px(theme.tokens.radius.card), edge=skin.edge_px)
        face = QRectF(px(17), (area.height() - px(56)) / 2, px(56), px(56))
        draw_avatar(painter, theme, face, initial=self.staff.initial, tier=None)
        left = face.right() + px(14)
        name, note = theme.line_px(Size.BODY), theme.line_px(Size.LABEL)
        top = (area.height() - name - note) / 2
        width = area.width() - left - px(16)
        words(painter, QRectF(left, top, width, name), self.staff.name, font=theme.font(Size.TITLE), colour=skin.ink)
        words(
            painter,
            QRectF(left, top + name, width, note),
            self.staff.note,
            font=theme.font(Size.LABEL),
            colour=theme.colour(Tone.SECOND),
        )


class CardTile(KeyButton):
    """The dashed tile that says a staff card may be swiped instead."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, text, icon=Icon.BADGE, height_px=TILE_PX, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dashed box, icon, words."""
        painter, theme, area = QPainter(self), self._theme, QRectF(self.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(theme.palette.line.strong), theme.edge_px())
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(theme.palette.surface.pressed if self.isDown() else theme.palette.surface.raised))
        radius = theme.px(theme.tokens.radius.card)
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        runs = (IconRun(Icon.BADGE, 32, Tone.THIRD), Run(self.text(), Size.STRONG, Tone.SECOND, gap_px=14))
        left = (area.width() - runs_width(theme, runs)) / 2
        draw_runs(painter, theme, area.adjusted(left, 0, 0, 0), runs)


class PinDots(QWidget):
    """How many digits of the PIN are in, never which. 64 high with the focus edge."""

    def __init__(self, theme: Theme, length: int = 6, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._length, self._filled, self._refused = theme, length, 0, False
        self._name = name
        self.setFixedHeight(theme.px(64))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_filled(0)

    def set_filled(self, filled: int, *, refused: bool = False) -> None:
        """How many are in; `refused` turns the edge crimson."""
        self._filled, self._refused = min(filled, self._length), refused
        self.setAccessibleName(f"{self._name} {self._filled}/{self._length}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Box and dots."""
        painter, theme, area = QPainter(self), self._theme, QRectF(self.rect())
        palette = theme.palette
        edge = QColor(palette.error.fill if self._refused else palette.line.focus)
        box(painter, area, (QColor(palette.surface.raised), edge), radius=theme.px(8), edge=theme.tokens.border.focus)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink, side, gap = QColor(palette.text.primary), theme.px(DOT_PX), theme.px(DOT_GAP_PX)
        left = (area.width() - self._length * side - (self._length - 1) * gap) / 2
        painter.setPen(QPen(ink, 2))
        for number in range(self._length):
            painter.setBrush(ink if number < self._filled else QColor(0, 0, 0, 0))
            middle = QPointF(left + side / 2 + number * (side + gap), area.center().y())
            painter.drawEllipse(middle, side / 2 - 1, side / 2 - 1)
