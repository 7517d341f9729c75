"""The focus ring: 3 px, 2 px outside whatever button has the keyboard. QSS has no outline offset, so it is a widget."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from ui.theme.theme import Theme

OFFSET_PX = 2
MOVES = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.EnabledChange)


class FocusRing(QWidget):
    """One per window; follows the keyboard among widgets with the property `ring`. Lets every press through."""

    def __init__(self, theme: Theme, window: QWidget, *, follow: bool = True) -> None:
        super().__init__(window)
        self._theme = theme
        self._watched: list[QWidget] = []
        self._target: QWidget | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("focus")
        self.hide()
        if follow:
            app = QApplication.instance()
            if isinstance(app, QApplication):
                app.focusChanged.connect(self._on_focus)

    def surround(self, target: QWidget | None) -> None:
        """Draw the ring round `target`, or nowhere."""
        for old in self._watched:
            if isValid(old):  # a screen may have been taken down meanwhile
                old.removeEventFilter(self)
        self._watched, self._target = [], target
        widget = target
        while widget and widget is not self.window():
            widget.installEventFilter(self)
            self._watched.append(widget)
            widget = widget.parentWidget()
        self._place()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Follow the target and everything it sits in."""
        if event.type() in MOVES:
            self._place()
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A rounded ring."""
        width = self._theme.tokens.border.focus
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.palette.line.focus), width))
        half, radius = width / 2, self._theme.px(self._theme.tokens.radius.control) + OFFSET_PX + 1
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), radius, radius)

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        mine = new is not None and new.window() is self.window() and bool(new.property("ring"))
        self.surround(new if mine else None)

    def _place(self) -> None:
        target, window = self._target, self.window()
        if target is None or not target.isVisible():
            self.hide()
            return
        grow = OFFSET_PX + self._theme.tokens.border.focus
        area = QRect(target.mapTo(window, QPoint(0, 0)), target.size())
        self.setGeometry(area.adjusted(-grow, -grow, grow, grow))
        self.raise_()
        self.show()
