"""Chips, tier chips and the status badge: an icon and a word on a tinted pill; never colour alone."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme.names import Icon, Kind, Role, Size, Tier
from ui.theme.theme import Theme
from ui.widgets.buttons import KeyButton, Skin
from ui.widgets.paint import box
from ui.widgets.runs import draw_runs, runs_width
from ui.widgets.values import AnyRun, ChipSpec, IconRun, Run

TIER_ICONS = {Tier.BASE: Icon.T_BASE, Tier.SILVER: Icon.T_SILVER, Tier.GOLD: Icon.T_GOLD, Tier.DIAMOND: Icon.T_DIAMOND}


def chip_runs(spec: ChipSpec) -> tuple[AnyRun, ...]:
    """What a chip says."""
    label = Run(spec.text, Size.LABEL, bold=True, gap_px=6)
    return (IconRun(spec.icon, 20), label) if spec.icon else (label,)


def chip_size(theme: Theme, runs: tuple[AnyRun, ...], *, padding_px: int = 20, height_px: int = 0) -> QSize:
    """A pill's size for `runs`; `padding_px` is both sides together."""
    width = runs_width(theme, runs) + theme.px(padding_px) + 2 * theme.edge_px()
    return QSize(int(width) + 1, theme.px(height_px or theme.tokens.height.chip))


def draw_pill(
    painter: QPainter, theme: Theme, rect: QRectF, *, colours: tuple[str, str, str], runs: tuple[AnyRun, ...]
) -> None:
    """A pill in `colours` (words, ground, edge) with `runs` centred."""
    box(painter, rect, (QColor(colours[1]), QColor(colours[2])), radius=rect.height() / 2, edge=theme.edge_px())
    left = (rect.width() - runs_width(theme, runs)) / 2
    draw_runs(painter, theme, rect.adjusted(left, 0, 0, 0), runs, colour=colours[0], baseline=False)


def tier_runs(tier: Tier, name: str) -> tuple[AnyRun, ...]:
    """A tier's shape and word."""
    return (IconRun(TIER_ICONS[tier], 20), Run(name, Size.STRONG, gap_px=6))


class _Pill(QWidget):
    """A painted pill of fixed size."""

    def __init__(self, theme: Theme, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._runs: tuple[AnyRun, ...] = ()
        self._colours = ("#000000", "#000000", "#000000")
        self._padding_px, self._height_px = 20, 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def _show_runs(self, runs: tuple[AnyRun, ...], colours: tuple[str, str, str], name: str) -> None:
        self._runs, self._colours = runs, colours
        self.setAccessibleName(name)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Icon, word and padding."""
        return chip_size(self._theme, self._runs, padding_px=self._padding_px, height_px=self._height_px)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The pill."""
        draw_pill(QPainter(self), self._theme, QRectF(self.rect()), colours=self._colours, runs=self._runs)


class Chip(_Pill):
    """A 32 px pill; not a target."""

    def __init__(self, theme: Theme, spec: ChipSpec, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.set_chip(spec)

    def set_chip(self, spec: ChipSpec) -> None:
        """Show another meaning."""
        role = self._theme.palette.role(spec.role)
        self._show_runs(chip_runs(spec), (role.text, role.tint, role.line), spec.text)


class TierChip(_Pill):
    """A tier: shape and word."""

    def __init__(self, theme: Theme, tier: Tier, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._padding_px = 21
        self.set_tier(tier, name)

    def set_tier(self, tier: Tier, name: str) -> None:
        """Show another tier."""
        look = self._theme.palette.tier[tier]
        self._show_runs(tier_runs(tier, name), (look.text, look.back, look.edge), name)


class StatusBadge(KeyButton):
    """Beside the scan field: nothing when healthy, else what is wrong; pressing it opens sync and devices."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._role = Role.INFO
        super().__init__(theme, kind=Kind.PLAIN, height_px=theme.tokens.height.badge, parent=parent)
        self.set_look(padding_px=14)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_status(self, role: Role, icon: Icon, text: str) -> None:
        """Info (blue) for the network, attention (orange) when a person is wanted."""
        self._role = role
        self.set_icon(icon)
        self.set_text(text)
        if self.parentWidget():  # without one it would become a window
            self.show()

    def show_healthy(self) -> None:
        """Healthy means silent."""
        self.hide()

    def skin(self) -> Skin:
        """Tinted, or filled when a person is wanted."""
        role = self._theme.palette.role(self._role)
        filled = self._role is Role.ATTENTION
        ground = QColor(role.pressed if self.isDown() and filled else role.fill if filled else role.tint)
        ink = QColor(role.on_fill if filled else role.text)
        edge = ground if filled else QColor(role.line)
        return Skin(ground, edge, self._theme.edge_px(), ink, ink, ink)


class ChoiceChip(KeyButton):
    """A chip that can be touched (48 high target, 32 high pill), chosen or not: reasons, tags."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, text, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """The pill's width, a finger's height."""
        size = chip_size(self._theme, self._pill())
        return QSize(size.width(), self._theme.px(self._theme.tokens.height.touch_min))

    def _pill(self) -> tuple[AnyRun, ...]:
        return chip_runs(ChipSpec(self.text(), icon=Icon.OK if self._chosen else None))

    def set_chosen(self, chosen: bool) -> None:
        """A tick appears, so the width changes."""
        super().set_chosen(chosen)
        self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The pill in the middle of the target."""
        palette, area = self._theme.palette, QRectF(self.rect())
        role = palette.role(Role.PRIMARY if self._chosen else Role.PLAIN)
        ground = palette.surface.pressed if self.isDown() else role.tint
        high = self._theme.px(self._theme.tokens.height.chip)
        pill = QRectF(0, (area.height() - high) / 2, area.width(), high)
        ink = role.text if self.isEnabled() else palette.text.disabled
        draw_pill(QPainter(self), self._theme, pill, colours=(ink, ground, role.line), runs=self._pill())
