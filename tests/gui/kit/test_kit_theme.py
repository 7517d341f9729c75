"""A theme: scale, fonts, icons, the style sheet."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QColor, QFontInfo
from PySide6.QtWidgets import QApplication

from app.resources import resources
from ui.theme.apply import apply_theme
from ui.theme.fonts import chinese_families, digits_share_advance
from ui.theme.names import THEMES, Icon, Size, Tone
from ui.theme.stylesheet import style_sheet
from ui.theme.theme import SCALE_MAX, SCALE_MIN, Theme, first_scale, open_theme


def test_a_chinese_font_is_installed_and_used(theme: Theme) -> None:
    assert chinese_families()
    assert QFontInfo(theme.font(Size.BODY)).family() in chinese_families()


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0])
def test_digits_share_one_width_in_every_size(themed: Callable[..., Theme], scale: float) -> None:
    theme = themed("light", scale)
    uneven = [(size, bold) for size in Size for bold in (False, True)
              if not digits_share_advance(theme.font(size, bold=bold))]  # fmt: skip
    assert uneven == []


def test_sizes_follow_the_scale_and_edges_do_not(themed: Callable[..., Theme]) -> None:
    theme = themed("light", 1.5)
    assert theme.px(48) == 72
    assert theme.font(Size.BODY).pixelSize() == 27
    assert theme.edge_px() == 1
    assert themed("contrast", 1.0).edge_px() == 2


@pytest.mark.parametrize("scale", [SCALE_MIN - 0.01, SCALE_MAX + 0.01])
def test_a_scale_outside_its_limits_is_refused(qapp: QApplication, scale: float) -> None:
    with pytest.raises(ValueError, match="scale"):
        open_theme(resources(), "light", scale)


def test_a_dense_panel_starts_larger() -> None:
    assert first_scale(1920, 1080, 344.0) == 1.25
    assert first_scale(1920, 1080, 520.0) == 1.0
    assert first_scale(1366, 768, 344.0) == 1.0


@pytest.mark.parametrize("name", THEMES)
def test_the_style_sheet_is_filled_completely(themed: Callable[..., Theme], name: str) -> None:
    sheet = style_sheet(themed(name))
    assert "$" not in sheet
    assert themed(name).palette.surface.raised in sheet


def test_a_switch_reaches_palette_and_style_sheet(qapp: QApplication, themed: Callable[..., Theme]) -> None:
    light = themed("light")
    dark = open_theme(resources(), "dark")
    apply_theme(qapp, dark)
    assert qapp.palette().text().color() == QColor(dark.tone(Tone.INK))
    assert dark.palette.surface.raised in qapp.styleSheet()
    assert light.palette.primary.tint not in qapp.styleSheet()


@pytest.mark.parametrize("icon", list(Icon))
def test_every_icon_is_drawn_in_its_colour(theme: Theme, icon: Icon) -> None:
    image = theme.icon(icon, 24, "#FF0000").toImage()
    solid = [image.pixelColor(x, y) for x in range(24) for y in range(24) if image.pixelColor(x, y).alpha() > 200]
    assert solid
    assert all(colour.red() > 200 and colour.green() < 60 for colour in solid)


def test_every_icon_file_has_a_name() -> None:
    files = {path.stem for path in (resources() / "icons").glob("*.svg")}
    assert files == {icon.value for icon in Icon}


def test_icons_are_kept_per_size_colour_and_device_ratio(theme: Theme) -> None:
    first = theme.icon(Icon.COIN, 24, "#112233")
    assert theme.icon(Icon.COIN, 24, "#112233") is first
    assert theme.icon(Icon.COIN, 24, "#112234") is not first
    double = theme.icon(Icon.COIN, 24, "#112233", 2.0)
    assert (double.width(), double.deviceIndependentSize().width()) == (48, 24.0)


@pytest.mark.parametrize(("size", "thin"), [(32, False), (96, True)])
def test_only_the_large_icons_of_the_design_are_thin_whatever_the_scale(
    themed: Callable[..., Theme], size: int, thin: bool
) -> None:
    small, large = themed("light", 1.0), themed("light", 2.0)
    for theme in (small, large):
        side = theme.px(size)
        drawn = theme.icon(Icon.MINUS, size, "#000000").toImage()
        stroke = sum(drawn.pixelColor(side // 2, y).alpha() > 127 for y in range(side))
        assert stroke == pytest.approx(side * (1.25 if thin else 2) / 24, abs=1.01)
