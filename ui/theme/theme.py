"""A theme: tokens at one scale in one set of colours. Passed to every widget; a switch makes a new one.

Widgets are built for one theme. Switching theme, scale or language rebuilds the views from the presenters' state,
so no widget has to know how to change its looks.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QColor, QFont, QPixmap

from ui.theme.fonts import choose_families, make_font
from ui.theme.icons import IconBook
from ui.theme.names import Icon, Role, Size, Tone
from ui.theme.tokens import Tokens, load_tokens

SCALE_MIN, SCALE_MAX = 1.0, 2.0
THIN_FROM_PX = 64  # icons of this size on (at scale 1.0) are drawn with a thinner stroke
LARGE_SCREEN = (1920, 1080)  # on a 15-inch panel the first start picks 1.25 (look.md "Scale")


class Theme:
    """Colours, sizes, fonts and icons for widgets. Needs a QGuiApplication; UI thread; never changes once made."""

    def __init__(self, tokens: Tokens, name: str, scale: float, *, icons: IconBook) -> None:
        if not SCALE_MIN <= scale <= SCALE_MAX:
            raise ValueError(f"scale {scale} outside {SCALE_MIN}–{SCALE_MAX}")
        self.tokens, self.name, self.scale, self.icons = tokens, name, scale, icons
        self.palette = tokens.palettes[name]
        self.families = choose_families(tokens.families)
        self.mono_families = choose_families(tokens.mono_families)
        self._fonts: dict[tuple[int, int], QFont] = {}
        words, palette = self.palette.text, self.palette
        self._tones = {
            Tone.INK: words.primary,
            Tone.SECOND: words.secondary,
            Tone.THIRD: words.tertiary,
            Tone.DISABLED: words.disabled,
            Tone.PRIMARY: palette.primary.text,
            Tone.POINTS: palette.points.text,
            Tone.INFO: palette.info.text,
            Tone.ATTENTION: palette.attention.text,
            Tone.ERROR: palette.error.text,
        }

    def px(self, logical: float) -> int:
        """Pixels on screen for `logical` px of the design at scale 1.0."""
        return round(logical * self.scale)

    def edge_px(self, width_px: int = 1) -> int:
        """Width of an edge; edges do not scale, and are at least 2 in the contrast theme."""
        return max(width_px, self.tokens.border.contrast_theme) if self.name == "contrast" else width_px

    def font(self, size: Size, *, bold: bool | None = None, px: int | None = None) -> QFont:
        """The font of a type step; `bold` overrides its weight, `px` (unscaled) its size."""
        style = self.tokens.type[size]
        weight = style.weight if bold is None else 700 if bold else 400
        return self.font_px(self.px(px or style.size_px), weight)

    def is_bold(self, size: Size) -> bool:
        """Whether a type step is bold by itself."""
        return self.tokens.type[size].weight >= 700

    def font_px(self, size_px: int, weight: int) -> QFont:
        """A font of `size_px` screen pixels (already scaled)."""
        key = (size_px, weight)
        if key not in self._fonts:
            self._fonts[key] = make_font(self.families, size_px, weight)
        return self._fonts[key]

    def mono_font(self, size_px: int, weight: int = 400) -> QFont:
        """The receipt preview's font, where a Chinese character is two columns wide."""
        return make_font(self.mono_families, size_px, weight)

    def line_px(self, size: Size) -> int:
        """Line height of a type step in screen pixels."""
        return self.px(self.tokens.type[size].line_px)

    def tone(self, tone: Tone) -> str:
        """`#RRGGBB` of a tone."""
        return self._tones[tone]

    def colour(self, tone: Tone) -> QColor:
        """A tone as a colour to paint with."""
        return QColor(self._tones[tone])

    def tint(self, role: Role) -> tuple[QColor, QColor, QColor]:
        """Words, ground and edge of a tinted surface."""
        colours = self.palette.role(role)
        return QColor(colours.text), QColor(colours.tint), QColor(colours.line)

    def icon(self, icon: Icon, size: int, colour: str, dpr: float = 1.0) -> QPixmap:
        """`icon` at `size` logical px of the design in `colour` (`#RRGGBB`)."""
        return self.icons.pixmap(icon, self.px(size), colour, dpr=dpr, thin=size >= THIN_FROM_PX)


def open_theme(resources: Path, name: str = "light", scale: float = 1.0) -> Theme:
    """The theme `name` (light, dark, contrast) from the `resources` folder. KeyError for another name."""
    return Theme(load_tokens(resources / "theme" / "tokens.toml"), name, scale, icons=IconBook(resources / "icons"))


def first_scale(width_px: int, height_px: int, width_mm: float) -> float:
    """The scale of a first start: 1.25 on a panel of 1920×1080 or more that is under 400 mm wide, else 1.0."""
    dense = width_px >= LARGE_SCREEN[0] and height_px >= LARGE_SCREEN[1] and 0 < width_mm < 400
    return 1.25 if dense else 1.0
