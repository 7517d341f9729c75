"""Fonts: Chinese families by preference, pixel sizes, weights 400 and 700, digits of one width."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF

DIGITS = "0123456789"


def chinese_families() -> frozenset[str]:
    """Installed families that can write simplified Chinese. Needs a QGuiApplication; UI thread."""
    return frozenset(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))


def choose_families(wanted: Sequence[str]) -> list[str]:
    """`wanted` that are installed, in order; with none of them, any Chinese family; with none at all, `wanted`."""
    installed = chinese_families()
    found = [name for name in wanted if name in installed]
    return found or sorted(installed)[:1] or list(wanted)


def digits_share_advance(font: QFont) -> bool:
    """Whether 0–9 are equally wide, so that money lines up in columns."""
    metrics = QFontMetricsF(font)
    return len({round(metrics.horizontalAdvance(digit), 3) for digit in DIGITS}) == 1


def make_font(families: Sequence[str], size_px: int, weight: int) -> QFont:
    """A font of `size_px` pixels; tabular digits are asked for where the family's own differ (Qt ≥ 6.7)."""
    font = QFont(list(families))
    font.setPixelSize(size_px)
    font.setWeight(QFont.Weight.Bold if weight >= 700 else QFont.Weight.Normal)
    if not digits_share_advance(font):
        font.setFeature(QFont.Tag("tnum"), 1)
    return font
