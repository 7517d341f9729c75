"""Fields: 56 high, text 22, and what is wrong as a sentence below with the stop icon."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.theme.names import Icon, Size, Tone
from ui.theme.theme import Theme
from ui.widgets.basics import IconLabel, Label, restyle, row
from ui.widgets.runs import RunLine
from ui.widgets.scan_field import PlainEdit
from ui.widgets.values import AnyRun, IconRun

SEEN_WHOLE_PX = 170


class Field(QWidget):
    """Caption above, edit, error below. The input method is allowed only with `ime`.

    `edited(text)` while typing, `submitted(text)` on Enter.
    """

    edited = Signal(str)
    submitted = Signal(str)

    def __init__(
        self,
        theme: Theme,
        caption: str,
        *,
        icon: Icon | None = None,
        ime: bool = False,
        height_px: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.caption = Label(theme, caption, size=Size.LABEL, tone=Tone.SECOND)
        if not caption:
            self.caption.hide()
        self.frame = QFrame()
        self.frame.setProperty("field", "true")
        self.frame.setFixedHeight(theme.px(height_px or theme.tokens.height.control))
        self.icon = IconLabel(theme, icon or Icon.DOT)
        if icon is None:
            self.icon.hide()
        self.edit = PlainEdit(theme, ime=ime)
        self.edit.setFont(theme.font(Size.TITLE))
        self.edit.setAccessibleName(caption)
        self.setAccessibleName(caption)
        self.tail = RunLine(theme, height_px=30)
        self.tail.hide()
        self.error = Label(theme, size=Size.LABEL, tone=Tone.ERROR)
        self._error_row = QWidget()
        self._build()

    def _build(self) -> None:
        px = self._theme.px
        inner = QHBoxLayout(self.frame)
        inner.setContentsMargins(px(13), 0, px(13), 0)
        inner.setSpacing(px(10))
        for widget in (self.icon, self.edit, self.tail):
            inner.addWidget(widget)
        inner.setStretch(1, 1)
        stop = IconLabel(self._theme, Icon.STOP, px=20, tone=Tone.ERROR)
        line = row(stop, self.error, gap=px(6))
        line.setStretch(1, 1)
        self._error_row.setLayout(line)
        self._error_row.setFixedHeight(px(30))
        self._error_row.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self.caption, self.frame, self._error_row):
            layout.addWidget(part)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self.edit)
        self.edit.textEdited.connect(self.edited)
        self.edit.textChanged.connect(self._keep_room)
        self.edit.returnPressed.connect(self._submit)
        self.edit.focus_changed.connect(self._on_focus)

    def text(self) -> str:
        """What is typed."""
        return self.edit.text()

    def set_text(self, text: str) -> None:
        """Put a value in; does not emit."""
        if text != self.edit.text():
            self.edit.setText(text)

    def set_hint(self, hint: str) -> None:
        """Words while it is empty."""
        self.edit.setPlaceholderText(hint)

    def set_tail(self, *runs: AnyRun) -> None:
        """A finding at the right (`未发现重复`); its words give way to what is typed, its icon stays."""
        icons = tuple(run for run in runs if isinstance(run, IconRun))
        self.tail.set_choices(((), runs), ((), icons))
        self.tail.setVisible(bool(runs))

    def set_error(self, sentence: str) -> None:
        """What is wrong, below; "" clears it."""
        self.error.set_text(sentence)
        self.edit.setAccessibleDescription(sentence)
        self._error_row.setVisible(bool(sentence))
        self._mark("invalid", bool(sentence))

    def set_dead(self, dead: bool) -> None:
        """Not to be filled in now."""
        self.edit.setEnabled(not dead)
        self._mark("dead", dead)

    def set_active(self, active: bool) -> None:
        """Show the focus edge, as when a keypad types into it."""
        self._mark("active", active)

    def _keep_room(self, text: str) -> None:
        """What is typed is seen whole, up to a phone number's length."""
        wide = self.edit.fontMetrics().horizontalAdvance(text) + self._theme.px(8)
        self.edit.setMinimumWidth(min(wide, self._theme.px(SEEN_WHOLE_PX)))

    def _mark(self, name: str, on: bool) -> None:
        value = "true" if on else "false"
        if self.frame.property(name) != value:
            self.frame.setProperty(name, value)
            self._hold_words()
            restyle(self.frame)

    def _hold_words(self) -> None:
        """Thicker edges grow inwards; the words stay where they are."""
        border, layout = self._theme.tokens.border, self.frame.layout()
        edge = self._theme.edge_px(border.control)
        if self.frame.property("invalid") == "true":
            edge = 2
        elif self.frame.property("active") == "true":
            edge = border.focus
        side = self._theme.px(13) + self._theme.edge_px(border.control) - edge
        if layout is not None:
            layout.setContentsMargins(side, 0, side, 0)

    def _submit(self) -> None:
        self.submitted.emit(self.edit.text())

    def _on_focus(self, has: bool) -> None:
        self._mark("active", has)


class FigureField(QFrame):
    """A big read-only figure a keypad fills: `实收现金` 300 with a caret. Right aligned, 72 high."""

    def __init__(self, theme: Theme, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("field", "true")
        self.setProperty("active", "true")
        self.setFixedHeight(theme.px(72))
        self.setAccessibleName(name)
        self._name = name
        self.figure = Label(theme, size=Size.FIGURE)
        self.figure.setAlignment(Qt.AlignmentFlag.AlignRight)
        caret = QFrame()
        caret.setFixedSize(3, theme.px(44))
        caret.setStyleSheet(f"background: {theme.palette.primary.fill}; border: none;")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(12), 0, theme.px(12), 0)
        layout.setSpacing(theme.px(10))
        layout.addWidget(self.figure, 1)
        layout.addWidget(caret)

    def set_figure(self, text: str) -> None:
        """What has been keyed."""
        self.figure.set_text(text)
        self.setAccessibleName(f"{self._name} {text}")
