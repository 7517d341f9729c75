"""F8 with real key presses, and touches: the shift closed, cash moved, points posted with a second person's PIN."""

from __future__ import annotations

import itertools
import json

import pytest
from PySide6.QtCore import Qt

from app.domain.sale import TenderKind
from tests.gui.screens.conftest import Open, Till
from tests.support.demo_people import DEMO_PIN
from ui.presenters.by_hand_state import Page
from ui.presenters.keys import Key, Screen
from ui.views.by_hand import ByHandView


def view(till: Till) -> ByHandView:
    found = till.work.view(Screen.BY_HAND)
    assert isinstance(found, ByHandView)
    return found


def last(till: Till) -> dict[str, object]:
    found: dict[str, object] = json.loads(till.stage.fake.truth.events[-1].raw)
    return found


def test_the_shift_is_counted_and_closed_by_the_keyboard_alone(open_till: Open) -> None:
    till = open_till().sign_on()
    till.stage.scan(till.stage.barcode())
    till.press(Qt.Key.Key_F10, Qt.Key.Key_Return)
    till.press(Qt.Key.Key_F8, "2", "1", Qt.Key.Key_Down, "25", Qt.Key.Key_Backspace, Qt.Key.Key_F10)
    till.settle()
    assert view(till).count.facts[1].isVisible()
    till.press(Qt.Key.Key_F10)
    assert last(till)["type"] == "shift_close"
    assert till.stage.till.by_hand.state.closed
    till.settle()
    assert view(till).report.title.text() == "Z report 1"
    till.press("2", "500", Qt.Key.Key_Return)
    assert last(till)["type"] == "shift_open"
    assert till.stage.shell.state.screen is Screen.COUNTER


def test_points_are_posted_by_keys_and_the_sheet_gives_the_keyboard_back(open_till: Open) -> None:
    till = open_till().sign_on()
    till.stage.scan(till.stage.card())
    till.press(Qt.Key.Key_F8, "4", "120", Qt.Key.Key_Down, Qt.Key.Key_F10)
    till.settle()
    assert view(till).sheet.isVisible()
    till.press(Qt.Key.Key_Escape)
    assert not view(till).sheet.isVisible()
    till.press(Qt.Key.Key_F10, DEMO_PIN, Qt.Key.Key_Return)
    assert last(till)["type"] == "adjustment"
    till.settle()
    assert not view(till).sheet.isVisible()
    till.press(Qt.Key.Key_Escape)
    assert till.stage.shell.state.screen is Screen.COUNTER


def test_everything_can_be_touched(open_till: Open) -> None:
    till = open_till().sign_on()
    till.stage.scan(till.stage.card())
    till.stage.shell.key(Key.F8)
    till.settle()
    screen = view(till)
    screen.items["4"].click()
    screen.form.take.click()
    screen.form.add.click()
    screen.form.reasons.chips[1].click()
    for key in ("5", "0", "delete"):
        screen.form.pad.key(key).click()
    assert till.stage.till.by_hand.state.form.points == 5
    screen.form.button.click()
    till.settle()
    screen.sheet.tiles[1].click()
    for key in ("1", "delete", "2", "clear", *DEMO_PIN):
        screen.sheet.pad.key(key).click()
    screen.sheet.sign.click()
    assert last(till)["type"] == "adjustment"
    screen.items["3"].click()
    screen.form.kinds.chips[1].click()
    screen.form.point.click()
    screen.form.pad.key("7").click()
    assert till.stage.till.by_hand.state.form.text == ".7"
    screen.items["2"].click()
    screen.count.table.chosen.emit(8)
    for key in ("1", "2", "delete"):
        screen.count.pad.key(key).click()
    screen.count.point.click()
    till.settle()
    assert till.stage.till.by_hand.state.count.texts[8] == "1."
    screen.count.button.click()
    reviewed = till.stage.till.by_hand.state.reviewed
    assert reviewed is not None
    assert reviewed.counted is not None
    assert reviewed.counted[0].kind is TenderKind.CASH
    screen.back.click()
    screen.back.click()
    assert till.stage.till.by_hand.state.page is Page.SHIFT


def test_what_cannot_be_approved_here_says_so(open_till: Open) -> None:
    till = open_till().sign_on()
    people = till.stage.fake.essentials.people
    till.stage.fake.essentials.people = tuple(one for one in people if one.staff_no == "0271")
    till.press(Qt.Key.Key_F8, "3", "5", Qt.Key.Key_F10)
    till.settle()
    assert view(till).sheet.note.text() == "Nobody here may approve this"
    view(till).sheet.cancel.click()
    assert not view(till).sheet.isVisible()


def test_a_sum_that_is_half_typed_shows_a_dash(open_till: Open) -> None:
    till = open_till().sign_on()
    till.press(Qt.Key.Key_F8, "2")
    till.stage.till.by_hand.mark(8)
    till.press(".")
    till.settle()
    assert "—" in view(till).count.sum.accessibleName()


@pytest.mark.parametrize("size", [(1366, 768), (1024, 768)])
def test_the_sheet_of_an_approval_has_room_for_its_keys_and_a_refusal(open_till: Open, size: tuple[int, int]) -> None:
    till = open_till(size=size).sign_on()
    till.stage.shell.key(Key.F8)
    till.press("6")
    till.settle()
    sheet = view(till).sheet
    till.press(*"111111", Qt.Key.Key_Return)
    till.settle()
    assert sheet.notice.isVisible()
    keys = [sheet.pad.key(key) for key in ("1", "4", "7", "0")]
    assert all(above.geometry().bottom() < below.geometry().top() for above, below in itertools.pairwise(keys))
    assert sheet.pad.geometry().bottom() < sheet.cancel.geometry().top()
    assert sheet.pad.rect().contains(keys[-1].geometry())
