"""The whole kit at once: names on every control, nothing small, nothing cut, and PySide6 keeps its references."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from ui.theme.names import THEMES, Tier
from ui.theme.theme import Theme
from ui.widgets.buttons import FunctionKey, KeyButton
from ui.widgets.gallery import SIZE_PX, Gallery
from ui.widgets.gallery_tasks import TaskGallery
from ui.widgets.runs import runs_width

ROUNDS, LOST_MAX = 2000, 1000


def open_gallery(qtbot: QtBot, theme: Theme) -> Gallery:
    page = Gallery(theme)
    page.resize(theme.px(SIZE_PX[0]), theme.px(SIZE_PX[1]))
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    page.sheet.present()
    page.show_toast()
    page.show_rings()
    return page


def open_tasks(qtbot: QtBot, theme: Theme) -> TaskGallery:
    page = TaskGallery(theme)
    page.resize(theme.px(SIZE_PX[0]), theme.px(SIZE_PX[1]))
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    return page


OPEN = {"components": open_gallery, "tasks": open_tasks}


def controls(page: QWidget) -> list[QWidget]:
    """Everything a person or a screen reader meets."""
    kinds = (QAbstractButton, QLineEdit, QLabel)
    return [widget for widget in page.findChildren(QWidget) if widget.isVisible()
            and (isinstance(widget, kinds) or widget.focusPolicy() != Qt.FocusPolicy.NoFocus)]  # fmt: skip


@pytest.mark.parametrize("name", THEMES)
def test_every_component_is_drawn_in_every_theme(qtbot: QtBot, themed: Callable[..., Theme], name: str) -> None:
    theme = themed(name)
    image = open_gallery(qtbot, theme).grab().toImage()
    colours = {image.pixelColor(x, y).name().upper() for x in range(0, 1366, 3) for y in range(0, 1500, 3)}
    palette = theme.palette
    fills = {palette.primary.fill, palette.points.fill, palette.attention.fill, palette.error.fill, palette.info.line}
    assert fills <= colours


@pytest.mark.parametrize("name", THEMES)
def test_every_task_part_is_drawn_in_every_theme(qtbot: QtBot, themed: Callable[..., Theme], name: str) -> None:
    theme = themed(name)
    image = open_tasks(qtbot, theme).grab().toImage()
    colours = {image.pixelColor(x, y).name().upper() for x in range(0, 1366, 3) for y in range(0, image.height(), 3)}
    palette = theme.palette
    assert {palette.primary.fill, palette.points.fill, palette.surface.selected, palette.line.focus} <= colours
    assert {tier.back for tier in palette.tier.values()} - colours <= {palette.tier[Tier.BASE].back}


@pytest.mark.parametrize("name", OPEN)
def test_every_control_has_an_accessible_name(qtbot: QtBot, theme: Theme, name: str) -> None:
    page = OPEN[name](qtbot, theme)
    nameless = [f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}" for widget in controls(page)
                if not widget.accessibleName()]  # fmt: skip
    assert nameless == []
    assert len(controls(page)) > 50


@pytest.mark.parametrize("name", OPEN)
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_nothing_is_smaller_than_15_px_and_no_button_is_cut(
    qtbot: QtBot, themed: Callable[..., Theme], scale: float, name: str
) -> None:
    theme = themed("light", scale)
    page = OPEN[name](qtbot, theme)
    small = [widget.accessibleName() for widget in controls(page) if widget.font().pixelSize() < theme.px(15)]
    assert small == []
    cut = [button.accessibleName() for button in page.findChildren(KeyButton) if button.isVisible()
           and not isinstance(button, FunctionKey) and runs_width(theme, button.runs()) > button.width()]  # fmt: skip
    assert cut == []


def test_pyside_does_not_lose_references_to_none_and_true(qtbot: QtBot, theme: Theme) -> None:
    """PySide6 6.12.0 on CPython 3.11 does, and aborts (facts.md). Immortal from CPython 3.12 on."""
    button = KeyButton(theme, "使用")
    qtbot.addWidget(button)
    heard: list[bool] = []

    def hear(checked: bool) -> None:
        heard.append(checked)

    button.clicked.connect(hear)
    before = (sys.getrefcount(None), sys.getrefcount(True))
    for _ in range(ROUNDS):
        button.click()
        button.setProperty("ring", True)
        button.property("nothing")
        button.parentWidget()
        button.isEnabled()
        heard.clear()
    after = (sys.getrefcount(None), sys.getrefcount(True))
    assert before[0] - after[0] < LOST_MAX
    assert before[1] - after[1] < LOST_MAX
