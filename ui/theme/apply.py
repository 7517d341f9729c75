"""Puts a theme on the application: palette, base font and the one style sheet; once at start and on a switch."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from ui.theme.names import Size
from ui.theme.stylesheet import style_sheet
from ui.theme.theme import Theme


def palette_for(theme: Theme) -> QPalette:
    """Qt's palette from the same tokens, for what the style sheet does not reach (menus, carets, selections)."""
    colours, palette = theme.palette, QPalette()
    pairs = {
        QPalette.ColorRole.Window: colours.surface.base,
        QPalette.ColorRole.Base: colours.surface.raised,
        QPalette.ColorRole.AlternateBase: colours.surface.raised,
        QPalette.ColorRole.Button: colours.surface.raised,
        QPalette.ColorRole.WindowText: colours.text.primary,
        QPalette.ColorRole.Text: colours.text.primary,
        QPalette.ColorRole.ButtonText: colours.text.primary,
        QPalette.ColorRole.Highlight: colours.primary.fill,
        QPalette.ColorRole.HighlightedText: colours.primary.on_fill,
        QPalette.ColorRole.PlaceholderText: colours.text.tertiary,
        QPalette.ColorRole.ToolTipBase: colours.surface.raised,
        QPalette.ColorRole.ToolTipText: colours.text.primary,
    }
    for role, colour in pairs.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.text.disabled))
    return palette


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Style `app` with `theme`. UI thread; a few ms with no windows open."""
    app.setStyle("Fusion")
    app.setPalette(palette_for(theme))
    app.setFont(theme.font(Size.BODY))
    app.setStyleSheet(style_sheet(theme))
