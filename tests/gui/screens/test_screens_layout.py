"""Every screen in every size, scale, theme and language: named, touchable, nothing cut."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QScrollArea, QWidget

from tests.gui.screens.conftest import Open, Till
from tools.screens_stage import STAGES
from ui.views.screens import SCREENS
from ui.widgets.buttons import KeyButton

SIZES = ((1366, 768), (1024, 768), (1920, 1080), (768, 1024))
SCALES = (1.0, 1.5, 2.0)
SIZED = (
    "sign-on", "idle", "member", "find", "amount", "pay", "redeem", "redeem-ask", "redeemed", "return", "enrol",
    "receipt", "status", "devices-scan", "setup-find", "setup-ruler",
    "shift", "shift-count", "cash", "points-by-hand", "approval", "today",
)  # fmt: skip


def staged(open_till: Open, name: str, **look: object) -> Till:
    till = open_till(**look)
    STAGES[name](till.stage)
    till.settle()
    return till


def shown(till: Till) -> list[QWidget]:
    return [widget for widget in till.window.findChildren(QWidget) if widget.isVisible()]


def test_the_stage_knows_every_registered_screen() -> None:
    assert {entry.name for entry in SCREENS} == set(STAGES)


@pytest.mark.parametrize("name", [entry.name for entry in SCREENS])
def test_every_control_has_a_name_and_can_be_touched(open_till: Open, name: str) -> None:
    till = staged(open_till, name)
    for widget in shown(till):
        if isinstance(widget, QAbstractButton | QLineEdit):
            assert widget.accessibleName(), f"{type(widget).__name__} has no name"
        if isinstance(widget, KeyButton):
            least = min(widget.width(), widget.height())
            assert least >= 48, f"{widget.accessibleName()} is only {least} px"


def _cut(till: Till) -> list[str]:
    """Buttons that are outside of what is shown and cannot be scrolled to."""
    problems = []
    for widget in shown(till):
        if not isinstance(widget, KeyButton):
            continue
        holder: QWidget | None = widget
        scrolled = False
        while holder is not None and holder is not till.window:
            scrolled = scrolled or isinstance(holder, QScrollArea)
            holder = holder.parentWidget()
        left = widget.mapTo(till.window, widget.rect().topLeft())
        right = widget.mapTo(till.window, widget.rect().bottomRight())
        wide = left.x() >= 0 and right.x() <= till.window.width()
        high = left.y() >= 0 and right.y() <= till.window.height()
        if not wide or not (high or scrolled):
            problems.append(f"{widget.accessibleName()} at {left.x()},{left.y()}–{right.x()},{right.y()}")
    return problems


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("name", SIZED)
def test_nothing_is_cut_in_any_size(open_till: Open, name: str, language: str, scale: float) -> None:
    till = staged(open_till, name, language=language, scale=scale)
    for size in SIZES:
        till.window.resize(*size)
        till.settle()
        assert (till.window.width(), till.window.height()) == size
        cut = _cut(till)
        assert not cut, "\n".join((str(size), *cut))


@pytest.mark.parametrize("theme", ["dark", "contrast"])
@pytest.mark.parametrize("name", [entry.name for entry in SCREENS])
def test_every_screen_is_drawn_in_every_theme(open_till: Open, name: str, theme: str) -> None:
    till = staged(open_till, name, language="zh_CN", theme=theme)
    image = till.window.grab().toImage()
    colours = {image.pixel(x, y) for x in range(0, image.width(), 40) for y in range(0, image.height(), 40)}
    assert len(colours) > 1
