"""Today with real key presses, and its chart."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.gui.screens.conftest import Open
from tools.screens_stage import STAGES
from ui.presenters.keys import Screen
from ui.views.today import TodayView
from ui.widgets.hours import grid_step


def test_the_day_is_opened_printed_and_left_by_keys(open_till: Open) -> None:
    till = open_till().sign_on()
    till.stage.shell.session_changed(till.stage.fake.sign_on("0103"))
    till.press(Qt.Key.Key_F8, "6")
    till.settle()
    assert till.stage.shell.state.screen is Screen.TODAY
    till.press("P")
    assert [job.kind for job in till.stage.fake.truth.jobs] == ["day"]
    till.press(Qt.Key.Key_Escape)
    assert till.stage.shell.state.screen is Screen.COUNTER


def test_the_figures_are_said_and_compared(open_till: Open) -> None:
    till = open_till()
    STAGES["today"](till.stage)
    till.settle()
    view = till.work.view(Screen.TODAY)
    assert isinstance(view, TodayView)
    assert "13: 5,380" in view.chart.accessibleName()
    assert "last Sun" in view.tiles[0].accessibleName()
    view.print.click()
    view.back.click()
    assert till.stage.shell.state.screen is Screen.COUNTER


@pytest.mark.parametrize(
    ("top", "step"), [(0, 0), (100, 100), (401, 200), (900, 500), (538_000, 200_000), (9_000_000, 5_000_000)]
)
def test_the_grid_has_round_steps_at_most_four(top: int, step: int) -> None:
    assert grid_step(top) == step
