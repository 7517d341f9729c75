"""The scan field: always ready; flashes teal when recognised and stays crimson when refused until the next key.

The input method is off, because a wedge scanner types through it as garbage; a view may allow it to type a name.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from ui.theme.names import Icon, Kind, ScanState, Size, Tone
from ui.theme.theme import Theme
from ui.widgets.basics import IconLabel, Label, restyle
from ui.widgets.buttons import KeyButton
from ui.widgets.caps import KeyCap

TYPED_MAX = 128  # the longest code a scanner sends, with room
KEYBOARD_PX = 48
CARET_GAP_PX = 4  # between the caret and the hint in an empty field
SILENT_FLASH_MS = 480  # with the sound off the flash is twice as long (look.md "Sound")


class PlainEdit(QLineEdit):
    """A line edit without input method unless allowed, with a 2 px caret in the theme's colour."""

    focus_changed = Signal(bool)

    def __init__(self, theme: Theme, *, ime: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._ime = theme, ime
        self.setFrame(False)
        self.setMaxLength(TYPED_MAX)

    def allow_ime(self, allowed: bool) -> None:
        """Let the input method in, or keep it out."""
        self._ime = allowed
        self.updateMicroFocus(Qt.InputMethodQuery.ImEnabled)

    def inputMethodQuery(self, query: Qt.InputMethodQuery, argument: Any = None) -> Any:
        """Says no to the input method unless allowed: the attribute alone does not stop a QLineEdit (facts.md)."""
        if query == Qt.InputMethodQuery.ImEnabled:
            return self._ime
        return super().inputMethodQuery(query) if argument is None else super().inputMethodQuery(query, argument)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell the frame around."""
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell the frame around."""
        super().focusOutEvent(event)
        self.focus_changed.emit(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, and a caret wide enough to see."""
        super().paintEvent(event)
        if self.hasFocus() and not self.isReadOnly():
            cursor = self.cursorRect()
            left = cursor.center().x() - (0 if self.text() else self.textMargins().left())
            bar = QRect(left, cursor.top(), 2, cursor.height())
            QPainter(self).fillRect(bar, QColor(self._theme.palette.primary.fill))


class ScanField(QFrame):
    """48 high. `submitted(text)` on Enter, `edited(text)` while typing, `keyboard_asked` for the on-screen keys."""

    submitted = Signal(str)
    edited = Signal(str)
    keyboard_asked = Signal()

    def __init__(
        self,
        theme: Theme,
        *,
        hint: str,
        name: str,
        key: str = "F2",
        keyboard_name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._state = theme, ScanState.READY
        self.flash_ms = theme.tokens.motion.flash
        self.setFixedHeight(theme.px(theme.tokens.height.field))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setProperty("scan", ScanState.READY.value)
        self.icon = IconLabel(theme, Icon.SCAN, tone=Tone.PRIMARY)
        self.edit = PlainEdit(theme)
        self.edit.setTextMargins(CARET_GAP_PX, 0, 0, 0)
        self.note = Label(theme, size=Size.LABEL, tone=Tone.SECOND)
        self.cap = KeyCap(theme, key, tone=Tone.THIRD)
        self.keyboard = KeyButton(theme, kind=Kind.QUIET, icon=Icon.KB, parent=self)
        side = theme.px(KEYBOARD_PX)  # over the edge, so that it is a whole target
        self.keyboard.setFixedSize(side, side)
        self.veil = QLabel(self)
        self._build(hint, name, keyboard_name)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.show_ready)

    def _build(self, hint: str, name: str, keyboard_name: str) -> None:
        theme = self._theme
        self.veil.setProperty("veil", "true")
        self.veil.setFont(theme.font(Size.STRONG))
        self.veil.setTextFormat(Qt.TextFormat.PlainText)
        self.veil.setContentsMargins(CARET_GAP_PX + 2, 0, 0, 0)
        self.veil.hide()
        self.edit.setPlaceholderText(hint)
        self.edit.setAccessibleName(name)
        self.setAccessibleName(name)
        self.keyboard.setAccessibleName(keyboard_name or name)
        self.veil.setAccessibleName(name)
        self.note.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.note.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(14), 0, theme.px(KEYBOARD_PX + 3), 0)
        layout.setSpacing(theme.px(6))
        for widget in (self.icon, self.edit, self.note, self.cap):
            layout.addWidget(widget)
        layout.setStretch(1, 1)
        self.setFocusProxy(self.edit)
        self.edit.textChanged.connect(self._on_text)
        self.edit.returnPressed.connect(lambda: self.submitted.emit(self.edit.text()))
        self.edit.textEdited.connect(self._on_edited)
        self.keyboard.clicked.connect(self.keyboard_asked)
        self._on_text("")

    @property
    def state(self) -> ScanState:
        """What it shows."""
        return self._state

    def text(self) -> str:
        """What is typed."""
        return self.edit.text()

    def set_text(self, text: str) -> None:
        """Put words in, as the on-screen keys do; emits `edited`."""
        self.edit.setText(text)
        self._on_edited(text)

    def clear(self) -> None:
        """Empty it without telling."""
        self.edit.setText("")

    def set_hint(self, hint: str) -> None:
        """The words while it is empty."""
        self.edit.setPlaceholderText(hint)

    def set_note(self, note: str) -> None:
        """A short note at the right while typing (`3 位会员`)."""
        self.note.set_text(note)
        self.note.setVisible(bool(note))

    def show_ready(self) -> None:
        """Back to waiting."""
        self._timer.stop()
        self._show(ScanState.READY, Icon.SCAN, Tone.PRIMARY)

    def show_recognised(self, text: str, note: str = "") -> None:
        """Teal for 240 ms (480 when silent) with who or what it was."""
        self._show(ScanState.RECOGNISED, Icon.OKC, Tone.PRIMARY, text, note)
        self._timer.start(self.flash_ms)

    def show_refused(self, text: str, note: str = "") -> None:
        """Crimson until the next key."""
        self._timer.stop()
        self._show(ScanState.REFUSED, Icon.STOP, Tone.ERROR, text, note)

    def set_silent(self, silent: bool) -> None:
        """With the sound off the flash lasts longer."""
        self.flash_ms = SILENT_FLASH_MS if silent else self._theme.tokens.motion.flash

    def _show(self, state: ScanState, icon: Icon, tone: Tone, text: str = "", note: str = "") -> None:
        self._state = state
        self.icon.set_icon(icon, tone)
        self.veil.setText(text)
        self.veil.setVisible(bool(text))
        self.set_note(note)
        self.setAccessibleDescription(f"{text} {note}".strip())
        if self.property("scan") != state.value:
            self.setProperty("scan", state.value)
            restyle(self)
            restyle(self.veil)
        self._place_veil()

    def _place_veil(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.activate()
        edit = self.edit.geometry()
        self.veil.setGeometry(edit.left(), 2, edit.width(), self.height() - 4)
        self.veil.raise_()
        self.keyboard.move(self.width() - self.keyboard.width() - self._theme.px(4), 0)

    def _on_text(self, text: str) -> None:
        self.edit.setFont(self._theme.font(Size.TITLE if text else Size.BODY))

    def _on_edited(self, text: str) -> None:
        if self._state is not ScanState.READY:
            self.show_ready()
        self.edited.emit(text)

    def resizeEvent(self, event: Any) -> None:
        """Keep the veil over the edit."""
        super().resizeEvent(event)
        self._place_veil()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key nobody took still ends a refusal."""
        if self._state is ScanState.REFUSED:
            self.show_ready()
        super().keyPressEvent(event)
