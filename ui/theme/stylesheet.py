"""The one style sheet: a template filled from the tokens. Everything QSS cannot say is painted by the widgets."""

from __future__ import annotations

from string import Template

from ui.theme.names import Role, Tone
from ui.theme.theme import Theme

TEMPLATE = Template("""
QWidget { color: $ink; }
QWidget[ground="base"] { background: $base; }
QWidget[ground="raised"] { background: $raised; }
QWidget[ground="sunken"] { background: $sunken; }
QFrame[card="raised"] { background: $raised; border: ${edge}px solid $subtle; border-radius: ${r_card}px; }
QFrame[card="sunken"] { background: $sunken; border: ${edge}px solid $subtle; border-radius: ${r_control}px; }
QFrame[card="points"] { background: $raised; border: 2px solid $points_line; border-radius: ${r_card}px; }
QFrame[card="attention"] { background: $raised; border: 2px solid $attention_line; border-radius: ${r_card}px; }
QFrame[bar="top"] { background: $raised; border: none; border-bottom: ${edge}px solid $subtle; }
QFrame[bar="left"] { background: $raised; border: none; border-left: ${edge}px solid $subtle; }
QFrame[bar="right"] { background: $raised; border: none; border-right: ${edge}px solid $subtle; }
QFrame[sheet="true"] { background: $raised; border: none; border-left: ${sheet}px solid $strong; }
QFrame[rule="true"] { background: $subtle; border: none; }
QFrame[scan] { background: $raised; border: 2px solid $primary_fill; border-radius: ${r_control}px; }
QFrame[scan="recognised"] { background: $primary_tint; }
QFrame[scan="refused"] { background: $error_tint; border-color: $error_fill; }
QFrame[scan] QLineEdit { background: transparent; border: none; padding: 0; placeholder-text-color: $third; }
QFrame[scan] QLabel[veil="true"] { background: $raised; }
QFrame[scan="recognised"] QLabel[veil="true"] { background: $primary_tint; }
QFrame[scan="refused"] QLabel[veil="true"] { background: $error_tint; }
QFrame[field="true"] { background: $raised; border: ${edge}px solid $strong; border-radius: ${r_control}px; }
QFrame[field="true"][active="true"] { border: ${focus_px}px solid $focus; }
QFrame[field="true"][invalid="true"] { border: 2px solid $error_fill; }
QFrame[field="true"][dead="true"] { background: $sunken; border-color: $subtle; }
QFrame[field="true"] QLineEdit { background: transparent; border: none; padding: 0; placeholder-text-color: $third; }
QFrame[toast="true"] { background: $ink; border: none; border-radius: ${r_control}px; }
QFrame[toast="true"] QLabel { color: $raised; }
QLineEdit, QPlainTextEdit { selection-background-color: $primary_fill; selection-color: $primary_on_fill; }
QPlainTextEdit { background: $raised; border: ${edge}px solid $strong; border-radius: ${r_control}px; padding: ${s}px; }
QPlainTextEdit:focus { border: ${focus_px}px solid $focus; }
QListView, QTableView, QScrollArea { background: transparent; border: none; outline: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QHeaderView { background: $sunken; border: none; }
QHeaderView::section { background: $sunken; color: $second; border: none; padding: 0 ${m}px; height: ${head}px; }
QTableView { selection-background-color: $selected; selection-color: $ink; }
QScrollBar:vertical { background: transparent; width: ${bar}px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: ${bar}px; margin: 0; }
QScrollBar::handle { background: $strong; border-radius: ${bar_r}px; margin: 2px; }
QScrollBar::handle:vertical { min-height: ${touch}px; }
QScrollBar::handle:horizontal { min-width: ${touch}px; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page
  { background: transparent; border: none; width: 0; height: 0; }
QToolTip { background: $raised; color: $ink; border: 1px solid $strong; }
""")

BANNER = Template("""QFrame[banner="$role"] { background: $tint; border: ${edge}px solid $line; border-radius: ${r}px; }
""")
LABEL = Template("""QLabel[tone="$tone"] { color: $colour; }
""")


def style_sheet(theme: Theme) -> str:
    """The style sheet for `theme`, to be set once on the application."""
    palette, tokens, px = theme.palette, theme.tokens, theme.px
    values: dict[str, object] = {
        "ink": palette.text.primary,
        "second": palette.text.secondary,
        "third": palette.text.tertiary,
        "base": palette.surface.base,
        "raised": palette.surface.raised,
        "sunken": palette.surface.sunken,
        "selected": palette.surface.selected,
        "subtle": palette.line.subtle,
        "strong": palette.line.strong,
        "focus": palette.line.focus,
        "primary_fill": palette.primary.fill,
        "primary_tint": palette.primary.tint,
        "primary_on_fill": palette.primary.on_fill,
        "error_fill": palette.error.fill,
        "error_tint": palette.error.tint,
        "points_line": palette.points.line,
        "attention_line": palette.attention.line,
        "edge": theme.edge_px(tokens.border.card),
        "sheet": tokens.border.sheet,
        "focus_px": tokens.border.focus,
        "r_card": px(tokens.radius.card),
        "r_control": px(tokens.radius.control),
        "s": px(tokens.space.s),
        "m": px(tokens.space.m),
        "head": px(40),
        "bar": px(12),
        "bar_r": px(12) // 2 - 2,
        "touch": px(tokens.height.touch_min),
    }
    sheet = [TEMPLATE.substitute(values)]
    for role in Role:
        colours = palette.role(role)
        sheet.append(
            BANNER.substitute(
                role=role.value, tint=colours.tint, line=colours.line, edge=values["edge"], r=values["r_control"]
            )
        )
    sheet += [LABEL.substitute(tone=tone.value, colour=theme.tone(tone)) for tone in Tone]
    return "".join(sheet)
