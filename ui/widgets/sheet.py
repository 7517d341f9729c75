"""A sheet from the right over a scrim: approvals and redeeming. A child widget, not a dialog; nothing slides."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from ui.theme.names import Icon, Size, Tone
from ui.theme.theme import Theme
from ui.widgets.basics import IconLabel, Label, column, row

SCRIM_SHARE = 0.45


class Scrim(QWidget):
    """Darkens what lies behind at 45 % and keeps presses from reaching it."""

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(host)
        self._colour = QColor(theme.palette.surface.scrim)
        self._colour.setAlphaF(SCRIM_SHARE)
        self.setAccessibleName("scrim")
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The veil."""
        QPainter(self).fillRect(self.rect(), self._colour)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Taken: touching beside the sheet does nothing."""
        event.accept()


class Sheet(QFrame):
    """Right side, 640 wide, edge 2. Put widgets in `body`. `dismissed` on Esc; `present` and `dismiss` show it."""

    dismissed = Signal()

    def __init__(self, theme: Theme, host: QWidget, *, width_px: int = 640) -> None:
        super().__init__(host)
        self._theme, self._host, self._width = theme, host, theme.px(width_px)
        self.setProperty("sheet", "true")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.scrim = Scrim(theme, host)
        self.icon = IconLabel(theme, Icon.SHIELD, px=32, tone=Tone.PRIMARY)
        self.title = Label(theme, size=Size.TITLE)
        self.note = Label(theme, size=Size.LABEL, tone=Tone.SECOND)
        self.left_time = Label(theme, size=Size.LABEL, tone=Tone.SECOND, bold=True)
        head = row(self.icon, gap=theme.px(12))
        head.addLayout(column(self.title, self.note, gap=0), 1)
        head.addWidget(self.left_time)
        self.body = QVBoxLayout()
        self.body.setSpacing(theme.px(12))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(20), theme.px(16), theme.px(20), theme.px(16))
        layout.setSpacing(theme.px(12))
        layout.addLayout(head)
        layout.addLayout(self.body, 1)
        host.installEventFilter(self)
        self.hide()

    def set_title(self, title: str, note: str = "", *, icon: Icon = Icon.SHIELD) -> None:
        """What is asked, and its limit."""
        self.icon.set_icon(icon, Tone.PRIMARY)
        self.title.set_text(title)
        self.note.set_text(note)
        self.setAccessibleName(f"{title} {note}".strip())

    def set_left_time(self, text: str) -> None:
        """`剩 52 秒`; "" for no limit."""
        self.left_time.set_text(text)

    def present(self) -> None:
        """Show it over everything in the host and take the keyboard."""
        self._place()
        self.scrim.show()
        self.scrim.raise_()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def dismiss(self) -> None:
        """Take it away."""
        self.hide()
        self.scrim.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc asks to go."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismissed.emit()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the host's size."""
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        width = min(self._width, self._host.width())
        self.scrim.setGeometry(self._host.rect())
        self.setGeometry(self._host.width() - width, 0, width, self._host.height())
