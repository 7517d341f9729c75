"""Key buttons: a label and the key that presses it, painted from the tokens because QSS cannot style half a text.

A click never takes the keyboard away from the scan field; Tab reaches every button.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui.theme.names import Icon, Kind, Size
from ui.theme.theme import Theme
from ui.widgets.paint import CENTER, box, cap_height, cap_width, draw_cap, words
from ui.widgets.runs import draw_runs, fit_runs, runs_width, smaller
from ui.widgets.values import AnyRun, CapRun, IconRun, Redeem, Run

CLEAR = QColor(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Skin:
    """What a button wears in one state: ground, edge and its width, words, key cap's words and edge."""

    ground: QColor
    edge: QColor
    edge_px: int
    ink: QColor
    cap: QColor
    cap_edge: QColor


class KeyButton(QAbstractButton):
    """A button with an optional icon and key cap. Heights: primary 72, gold 64, else 48 or `height_px`.

    States: normal, pressed, focus (ring drawn by `FocusRing`), disabled, `set_chosen`, `set_busy`. `clicked` as usual.
    """

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        *,
        kind: Kind = Kind.PLAIN,
        key: str = "",
        icon: Icon | None = None,
        height_px: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._kind, self._key, self._icon = theme, kind, key, icon
        heights = {Kind.PRIMARY: theme.tokens.height.primary, Kind.GOLD: theme.tokens.height.key}
        self._height = height_px or heights.get(kind, theme.tokens.height.touch_min)
        self._size = Size.HEADLINE if kind is Kind.PRIMARY else Size.TITLE if self._height >= 64 else Size.STRONG
        self._padding, self._icon_px = 16, 24
        self._cap_first = self._chosen = self._fit = self._left = False
        self._busy = ""
        self.setProperty("ring", True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    @property
    def key(self) -> str:
        """The key cap's words."""
        return self._key

    @property
    def chosen(self) -> bool:
        """Whether it shows as the chosen one."""
        return self._chosen

    def set_text(self, text: str, *, key: str | None = None) -> None:
        """Other words, and another key where given."""
        if key is not None:
            self._key = key
        self.setText(text)
        named = text or (self._icon.value if self._icon else "")
        self.setAccessibleName(f"{named} {self._key}".strip())
        self._changed()

    def set_kind(self, kind: Kind) -> None:
        """Another look at the same height."""
        self._kind = kind
        self.update()

    def set_icon(self, icon: Icon | None, *, px: int = 24) -> None:
        """Another icon, `px` at scale 1.0."""
        self._icon, self._icon_px = icon, px
        self._changed()

    def set_look(
        self,
        *,
        size: Size | None = None,
        padding_px: int | None = None,
        cap_first: bool = False,
        shrink: bool = False,
        left: bool = False,
    ) -> None:
        """Fine points: type step, padding, cap before the words, words cut when narrow, left aligned."""
        self._size = size or self._size
        self._padding = self._padding if padding_px is None else padding_px
        self._cap_first, self._fit, self._left = cap_first, shrink, left
        self._changed()

    def set_chosen(self, chosen: bool) -> None:
        """Show it as the chosen one of several."""
        if chosen != self._chosen:
            self._chosen = chosen
            self.update()

    def set_busy(self, text: str) -> None:
        """While something runs: show `text` (正在…), keep the width, take no presses. "" ends it."""
        if text and not self._busy:
            self.setMinimumWidth(self.width())
        elif not text and self._busy:
            self.setMinimumWidth(0)
        self._busy = text
        self.update()

    def hitButton(self, pos: QPoint) -> bool:
        """No presses while busy."""
        return not self._busy and super().hitButton(pos)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """No presses while busy; Enter presses like Space."""
        if self._busy:
            event.ignore()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Everything in full."""
        theme = self._theme
        if self._icon and not self.text() and not self._key:
            side = max(theme.px(self._height), theme.px(theme.tokens.height.touch_min))
            return QSize(side, side)
        width = runs_width(theme, self.runs()) + 2 * theme.px(self._padding) + 2 * theme.edge_px()
        return QSize(max(int(width) + 1, theme.px(theme.tokens.height.touch_min)), theme.px(self._height))

    def minimumSizeHint(self) -> QSize:
        """The same, unless the words may be cut."""
        if self._fit:
            return QSize(self._theme.px(self._theme.tokens.height.touch_min), self._theme.px(self._height))
        return self.sizeHint()

    def runs(self) -> tuple[AnyRun, ...]:
        """What is written on it, in order."""
        parts: list[AnyRun] = []
        if self._icon:
            parts.append(IconRun(self._icon, self._icon_px))
        if self.text():
            parts.append(
                Run(
                    self._busy or self.text(),
                    self._size,
                    bold=self._kind is not Kind.TAB or self._chosen or not self._left,
                    gap_px=10 if self._left else 8,
                )
            )
        if self._key:
            parts.insert(0, CapRun(self._key)) if self._cap_first else parts.append(CapRun(self._key))
        return tuple(parts)

    def skin(self) -> Skin:
        """Colours of the present state."""
        palette, theme = self._theme.palette, self._theme
        held = self.isDown() or bool(self._busy)
        if not self.isEnabled():
            ink, line = palette.text.disabled, palette.line.subtle
            quiet = self._kind in (Kind.QUIET, Kind.TAB)
            return _skin(CLEAR if quiet else palette.surface.sunken, CLEAR if quiet else line, theme.edge_px(), ink)
        if self._kind in (Kind.PRIMARY, Kind.GOLD):
            role = palette.primary if self._kind is Kind.PRIMARY else palette.points
            ground = role.pressed if held else role.fill
            return _skin(ground, ground, theme.edge_px(), role.on_fill)
        if self._chosen:
            return self._chosen_skin()
        if self._kind in (Kind.QUIET, Kind.TAB):
            ink = palette.primary.text if self._kind is Kind.QUIET else palette.text.secondary
            return _skin(palette.surface.pressed if held else CLEAR, CLEAR, 0, ink)
        ground = palette.surface.pressed if held else palette.surface.raised
        return _skin(ground, palette.line.strong, theme.edge_px(), palette.text.primary)

    def _chosen_skin(self) -> Skin:
        palette, theme = self._theme.palette, self._theme
        if self._kind is Kind.TAB:
            edge = palette.primary.tint if self._left else palette.primary.line
            return _skin(palette.primary.tint, edge, theme.edge_px(), palette.primary.text)
        if self._kind is Kind.INK:
            return _skin(palette.text.primary, palette.text.primary, theme.edge_px(), palette.surface.raised)
        return _skin(palette.surface.selected, palette.line.focus, theme.tokens.border.focus, palette.text.primary)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Box, then the runs in its middle."""
        painter, skin = QPainter(self), self.skin()
        area = QRectF(self.rect())
        box(
            painter,
            area,
            (skin.ground, skin.edge),
            radius=self._theme.px(self._theme.tokens.radius.control),
            edge=skin.edge_px,
        )
        self.draw_content(painter, area, skin)

    def draw_content(self, painter: QPainter, area: QRectF, skin: Skin) -> None:
        """The runs, centred; cut where the button is narrower than they are."""
        theme = self._theme
        room = area.width() - 2 * theme.px(min(self._padding, 4))
        runs = fit_runs(theme, smaller(theme, self.runs(), room), room)
        centred = max(0.0, (area.width() - runs_width(theme, runs)) / 2)
        left = float(theme.px(self._padding)) if self._left else centred
        draw_runs(painter, theme, area.adjusted(left, 0, 0, 0), runs, colour=skin.ink.name(), baseline=False)

    def _changed(self) -> None:
        self.updateGeometry()
        self.update()


def _skin(ground: str | QColor, edge: str | QColor, edge_px: int, ink: str) -> Skin:
    words_ = QColor(ink)
    return Skin(QColor(ground), QColor(edge), edge_px, words_, words_, words_)


class RedeemButton(KeyButton):
    """The gold button: cap, word, and at the right what this basket allows."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, kind=Kind.GOLD, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._tail: tuple[AnyRun, ...] = ()

    def set_redeem(self, redeem: Redeem) -> None:
        """Show a limit."""
        figure = (Run(redeem.figure, Size.NAME, gap_px=12),) if redeem.figure else ()
        self._tail = (Run(redeem.caption, Size.TITLE), *figure)
        self.set_text(redeem.text, key=redeem.key)
        self.setAccessibleName(f"{redeem.text} {redeem.caption} {redeem.figure} {redeem.key}")
        self.setEnabled(redeem.enabled)

    def runs(self) -> tuple[AnyRun, ...]:
        """Cap, then the word."""
        return (CapRun(self._key), Run(self._busy or self.text(), Size.TITLE, gap_px=12))

    def sizeHint(self) -> QSize:
        """Both ends in full."""
        return self._size_for(self._tail)

    def minimumSizeHint(self) -> QSize:
        """The caption may go, the figure never."""
        return self._size_for(self._tail[1:])

    def _size_for(self, tail: tuple[AnyRun, ...]) -> QSize:
        theme = self._theme
        width = runs_width(theme, self.runs()) + 2 * theme.px(16) + runs_width(theme, tail) + theme.px(12)
        return QSize(int(width) + 1, theme.px(self._height))

    def draw_content(self, painter: QPainter, area: QRectF, skin: Skin) -> None:
        """Words at the left, the limit at the right."""
        theme, ink = self._theme, skin.ink.name()
        inner = area.adjusted(theme.px(16), 0, -theme.px(16), 0)
        draw_runs(painter, theme, inner, self.runs(), colour=ink, baseline=False)
        room = inner.width() - runs_width(theme, self.runs()) - theme.px(12)
        tail = smaller(theme, self._tail, room)
        if runs_width(theme, tail) > room:
            tail = tail[1:] or fit_runs(theme, tail, room)
        used = runs_width(theme, tail)
        draw_runs(painter, theme, inner.adjusted(inner.width() - used, 0, 0, 0), tail, colour=ink)


class FunctionKey(KeyButton):
    """A key of the strip: cap over word; `set_fit` when the words are too long."""

    def __init__(self, theme: Theme, text: str, key: str, parent: QWidget | None = None) -> None:
        self._hot = self._caps_only = False
        self._words = Size.STRONG
        super().__init__(theme, text, key=key, height_px=theme.tokens.height.function_key, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_hot(self, hot: bool) -> None:
        """Gold: what this basket invites to."""
        self._hot = hot
        self.update()

    def set_fit(self, *, small: bool, caps_only: bool) -> None:
        """Words in 15 px, or only the cap; the strip decides for all its keys together."""
        self._words, self._caps_only = Size.CAPTION if small else Size.STRONG, caps_only
        self.update()

    def words_width(self, size: Size) -> float:
        """Width the words need in `size`, screen px."""
        return runs_width(self._theme, (Run(self.text(), size, bold=True),))

    def sizeHint(self) -> QSize:
        """Room for the words."""
        theme = self._theme
        need = max(self.words_width(Size.STRONG), cap_width(theme, self._key)) + theme.px(12)
        return QSize(int(need) + 1, theme.px(self._height))

    def minimumSizeHint(self) -> QSize:
        """A touch target."""
        return QSize(self._theme.px(self._theme.tokens.height.touch_min), self._theme.px(self._height))

    def skin(self) -> Skin:
        """Caps are quieter than the words; hot keys are gold."""
        base, palette = super().skin(), self._theme.palette
        if self._hot and self.isEnabled() and not self.isDown():
            gold = QColor(palette.points.text)
            line = QColor(palette.points.line)
            return Skin(QColor(palette.points.tint), line, 2, gold, gold, line)
        if not self.isEnabled():
            return Skin(base.ground, base.edge, base.edge_px, base.ink, base.ink, base.edge)
        return Skin(
            base.ground, base.edge, base.edge_px, base.ink, QColor(palette.text.secondary), QColor(palette.line.strong)
        )

    def draw_content(self, painter: QPainter, area: QRectF, skin: Skin) -> None:
        """Cap above, words below."""
        theme, high = self._theme, cap_height(self._theme)
        width = cap_width(theme, self._key)
        line = 0 if self._caps_only else theme.px(4) + theme.px(24)
        top = area.center().y() - (high + line) / 2
        cap = QRectF(area.center().x() - width / 2, top, width, high)
        draw_cap(painter, theme, cap, key=self._key, colours=(skin.cap, skin.cap_edge))
        if self._caps_only:
            return
        room = QRectF(area.left() + 3, cap.bottom() + theme.px(4), area.width() - 6, theme.px(24))
        words(painter, room, self.text(), font=theme.font(self._words, bold=True), colour=skin.ink, align=CENTER)
