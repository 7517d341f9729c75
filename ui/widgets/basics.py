"""Plain building blocks: labels with the type scale, cards, rules, rows and columns."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ui.theme.names import Icon, Size, Tone
from ui.theme.theme import Theme
from ui.widgets.paint import draw_icon, words

L = TypeVar("L", bound=QBoxLayout)


class Label(QLabel):
    """Words in one step of the type scale and one tone.

    A single line of fixed height unless `wrap`; when narrow it is written smaller, and cut only below 15 px.
    """

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        *,
        size: Size = Size.BODY,
        tone: Tone = Tone.INK,
        bold: bool | None = None,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._wrap = theme, wrap
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(size, bold=bold))
        self.setProperty("tone", tone.value)
        self.setWordWrap(wrap)
        if not wrap:
            self.setFixedHeight(theme.line_px(size))
        self.setSizePolicy(
            QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred if wrap else QSizePolicy.Policy.Fixed
        )
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Show other words."""
        if text != self.text() or not self.accessibleName():
            self.setText(text)
            self.setAccessibleName(text)

    def set_tone(self, tone: Tone) -> None:
        """Change the meaning of the words."""
        if self.property("tone") != tone.value:
            self.setProperty("tone", tone.value)
            restyle(self)

    def minimumSizeHint(self) -> QSize:
        """A single line may be cut to nothing; wrapped words keep their room."""
        return super().minimumSizeHint() if self._wrap else QSize(0, self.minimumHeight())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Wrapped words as usual; a single line in the font that fits."""
        if self._wrap:
            super().paintEvent(_event)
            return
        ink = self._theme.colour(Tone(self.property("tone")))
        align = self.alignment() | Qt.AlignmentFlag.AlignVCenter
        words(QPainter(self), self.contentsRect(), self.text(), font=self.fitting_font(), colour=ink, align=align)

    def fitting_font(self) -> QFont:
        """Its own font, or the largest smaller step in which a single line fits: better small than cut."""
        font, room = self.font(), self.contentsRect().width() + 1
        own = font.pixelSize()
        steps = sorted({self._theme.px(style.size_px) for style in self._theme.tokens.type.values()}, reverse=True)
        weight = font.weight().value
        for size_px in (own, *(step for step in steps if step < own)):
            font = self._theme.font_px(size_px, weight)
            if QFontMetricsF(font).horizontalAdvance(self.text()) <= room:
                break
        return font


class IconLabel(QWidget):
    """An icon in a tone, `px` at scale 1.0. Decoration without a name: the words beside it say the same."""

    def __init__(
        self,
        theme: Theme,
        icon: Icon,
        *,
        px: int = 24,
        tone: Tone = Tone.INK,
        colour: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._px, self._colour = theme, px, colour
        self._icon, self._tone = icon, tone
        self.setFixedSize(theme.px(px), theme.px(px))

    def set_icon(self, icon: Icon, tone: Tone) -> None:
        """Show another icon or tone."""
        if (icon, tone) != (self._icon, self._tone):
            self._icon, self._tone = icon, tone
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The icon; `colour` (`#RRGGBB`) overrides the tone on inverted grounds."""
        colour = self._colour or self._theme.tone(self._tone)
        draw_icon(QPainter(self), self._theme, self._icon, at=QPointF(0, 0), size=self._px, colour=colour)


class Card(QFrame):
    """A raised, sunken, gold-edged (`points`) or orange-edged (`attention`) surface with a layout."""

    def __init__(
        self, theme: Theme, *, look: str = "raised", horizontal: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("card", look)
        self.body: QBoxLayout = QHBoxLayout(self) if horizontal else QVBoxLayout(self)
        self.body.setSpacing(theme.px(10))
        self.body.setContentsMargins(theme.px(16), theme.px(14), theme.px(16), theme.px(14))


class Rule(QFrame):
    """A thin line between rows."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("rule", "true")
        self.setFixedHeight(theme.tokens.border.card)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)


def row(*items: QWidget | int, gap: int = 8) -> QHBoxLayout:
    """Widgets side by side; an int in between is a stretch. `gap` is in screen px."""
    return _box(QHBoxLayout(), items, gap)


def column(*items: QWidget | int, gap: int = 8) -> QVBoxLayout:
    """Widgets above each other; an int in between is a stretch. `gap` is in screen px."""
    return _box(QVBoxLayout(), items, gap)


def _box(layout: L, items: tuple[QWidget | int, ...], gap: int) -> L:
    layout.setSpacing(gap)
    layout.setContentsMargins(0, 0, 0, 0)
    for item in items:
        if isinstance(item, int):
            layout.addStretch(item)
        else:
            layout.addWidget(item)
    return layout


def restyle(widget: QWidget) -> None:
    """Let the style sheet see a changed property."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()
