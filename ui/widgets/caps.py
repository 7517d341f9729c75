"""A key cap on its own: the key that does what stands beside it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme.names import Tone
from ui.theme.theme import Theme
from ui.widgets.paint import cap_height, cap_width, draw_cap


class KeyCap(QWidget):
    """15 bold in a 1 px box of radius 4."""

    def __init__(self, theme: Theme, key: str, *, tone: Tone = Tone.SECOND, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._key, self._tone = theme, key, tone
        self.setAccessibleName(key)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """The cap."""
        return QSize(round(cap_width(self._theme, self._key)), round(cap_height(self._theme)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The cap."""
        ink = self._theme.colour(self._tone)
        draw_cap(QPainter(self), self._theme, QRectF(self.rect()), key=self._key, colours=(ink, ink))
