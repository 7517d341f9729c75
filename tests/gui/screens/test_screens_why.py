"""Why these points with real key presses and a touch on the sums."""

from __future__ import annotations

from PySide6.QtCore import Qt

from tests.gui.screens.conftest import Open, Till
from ui.presenters.keys import Screen
from ui.views.why import WhyView
from ui.widgets.member import ItemRow


def rows(till: Till) -> list[str]:
    view = till.work.view(Screen.WHY)
    assert isinstance(view, WhyView)
    return [row.accessibleName() for row in view.findChildren(ItemRow) if row.isVisible()]


def test_a_question_mark_asks_at_the_counter_and_on_the_last_receipt(open_till: Open) -> None:
    till = open_till().sign_on()
    till.stage.basket_of_the_pictures()
    till.press("?")
    till.settle()
    assert till.stage.shell.state.screen is Screen.WHY
    assert len(rows(till)) == 6 + 3
    till.press(Qt.Key.Key_Escape, Qt.Key.Key_F10, Qt.Key.Key_Return, Qt.Key.Key_F5)
    till.settle()
    assert till.stage.shell.state.screen is Screen.RECEIPT
    till.press("?")
    till.settle()
    assert till.stage.shell.state.screen is Screen.WHY
    assert len(rows(till)) == 6 + 3


def test_touching_the_sums_asks_too(open_till: Open) -> None:
    till = open_till().sign_on()
    till.stage.basket_of_the_pictures()
    till.settle()
    till.qtbot.mouseClick(till.work.counter.basket.foot, Qt.MouseButton.LeftButton)
    till.settle()
    assert till.stage.shell.state.screen is Screen.WHY
    view = till.work.view(Screen.WHY)
    assert isinstance(view, WhyView)
    view.back.click()
    assert till.stage.shell.state.screen is Screen.COUNTER
