"""The page of the devices with real key presses and presses of its buttons."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.gui.screens.conftest import Open, Till
from tests.support.demo_people import DEMO_PIN
from tests.support.stage import CARDS
from tools.screens_stage import STAGES
from ui.presenters.devices import Checked, CheckLevel, DeviceCard, DeviceKind, Health
from ui.presenters.keys import Screen
from ui.views.device_health import DeviceHealthView

DRAWER = DeviceCard("drawer", DeviceKind.DRAWER, Health.OK, testable=True)


def view(till: Till) -> DeviceHealthView:
    shown = till.work.view(Screen.DEVICES)
    assert isinstance(shown, DeviceHealthView)
    return shown


def at_devices(open_till: Open) -> Till:
    till = open_till().sign_on()
    till.stage.devices.now_cards = (*CARDS[:2], DRAWER)
    till.press(Qt.Key.Key_F12, "d")
    till.settle()
    assert till.stage.shell.state.screen is Screen.DEVICES
    return till


def test_a_device_is_chosen_checked_and_tried_by_keys(open_till: Open) -> None:
    till = at_devices(open_till)
    assert view(till).detail.name.text() == "Printer"
    till.press("c")
    assert "Asking the device" in view(till).news.title.text()
    till.stage.devices.answer("printer", Checked(CheckLevel.EXTERNAL, Health.OK, at_ms=1_790_000_000_000))
    till.stage.shell.devices_changed()
    assert "connected and reports no trouble" in view(till).news.title.text()
    assert view(till).detail.stage.accessibleName() == "State enabled"
    assert "asked" in view(till).detail.checked.accessibleName()
    till.press("2")
    assert view(till).detail.name.text() == "Serial scanner"
    assert "]C0 Code 128" in view(till).detail.scan.accessibleName()
    till.press(Qt.Key.Key_Up, "t")
    assert till.stage.devices.checks_asked[-1] == ("printer", CheckLevel.INTERACTIVE)
    till.press(Qt.Key.Key_Escape, Qt.Key.Key_Escape)
    assert till.stage.shell.state.screen is Screen.STATUS


def test_the_buttons_do_what_their_keys_do(open_till: Open) -> None:
    till = at_devices(open_till)
    shown = view(till)
    shown.check.click()
    shown.back.click()
    shown.rows[1].button.click()
    shown.test.click()
    assert [name for name, _ in till.stage.devices.checks_asked] == ["printer", "scanner"]
    assert "Scan any code now" in shown.news.title.text()
    assert not shown.test.isEnabled()


def test_the_drawer_asks_a_cashier_for_a_second_person(open_till: Open) -> None:
    till = at_devices(open_till)
    till.press("3", "t")
    assert view(till).sheet.isVisible()
    till.press("9")
    till.press(Qt.Key.Key_Backspace)
    till.press(DEMO_PIN, Qt.Key.Key_Return)
    till.settle()
    assert not view(till).sheet.isVisible()
    assert till.stage.devices.checks_asked == [("drawer", CheckLevel.INTERACTIVE)]
    till.stage.devices.answer("drawer", Checked(CheckLevel.INTERACTIVE, Health.OK))
    till.stage.shell.devices_changed()
    assert "pulse was sent" in view(till).news.title.text()


def test_what_is_wrong_is_said_with_what_to_do(open_till: Open) -> None:
    till = at_devices(open_till)
    broken = DeviceCard("printer", DeviceKind.PRINTER, Health.ERROR, code="device_failed", facts={"error": "OSError"})
    lost = DeviceCard("scanner", DeviceKind.SCANNER, Health.OFFLINE)
    till.stage.devices.now_cards = (broken, lost, DeviceCard("drawer", DeviceKind.DRAWER, Health.NONE))
    till.stage.shell.devices_changed()
    assert "stopped with OSError" in view(till).detail.words.text()
    till.press("2")
    assert "looking for it" in view(till).detail.words.text()
    assert view(till).detail.stage.accessibleName() == "State not connected"
    till.press("3", "t", "c")
    assert "No such device" in view(till).detail.words.text()
    assert not view(till).detail.stage.isVisible()
    assert till.stage.devices.checks_asked == []


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("scanner", DeviceKind.SCANNER, "is the scanner there? Yes."),
        ("wedge", DeviceKind.SCANNER, "cannot be asked"),
        ("drawer", DeviceKind.DRAWER, "cannot be asked"),
        ("display", DeviceKind.DISPLAY, "is the customer display there? Yes."),
    ],
)
def test_a_check_says_what_was_asked_and_answered(open_till: Open, name: str, kind: DeviceKind, words: str) -> None:
    till = at_devices(open_till)
    till.stage.devices.now_cards = (DeviceCard(name, kind, Health.OK, testable=True),)
    till.stage.shell.devices_changed()
    till.press("c")
    till.stage.devices.answer(name, Checked(CheckLevel.EXTERNAL, Health.OK, at_ms=1_790_000_000_000))
    till.stage.shell.devices_changed()
    assert words in view(till).news.title.text()


def test_the_picture_of_a_test_scan_says_what_came(open_till: Open) -> None:
    till = open_till()
    STAGES["devices-scan"](till.stage)
    till.settle()
    text = view(till).news.title.text()
    assert text == "Arrived: member card · ]C0 Code 128 · 13 characters · 88…93 · serial"


def test_the_status_screen_leads_to_the_page_of_a_device(open_till: Open) -> None:
    till = open_till().sign_on()
    till.press(Qt.Key.Key_F12)
    till.settle()
    status = till.work.screens.currentWidget()
    status.cards["scanner"].test.click()  # type: ignore[attr-defined]
    assert till.stage.shell.state.screen is Screen.DEVICES
    assert till.stage.devices.checks_asked == [("scanner", CheckLevel.INTERACTIVE)]
    till.press(Qt.Key.Key_Escape, Qt.Key.Key_Escape)
    status.look.click()  # type: ignore[attr-defined]
    assert till.stage.shell.state.screen is Screen.DEVICES


def test_on_a_narrow_screen_the_chosen_device_comes_into_view(open_till: Open) -> None:
    till = open_till(size=(1024, 768), scale=1.5).sign_on()
    till.stage.devices.now_cards = (*CARDS[:2], DRAWER)
    till.press(Qt.Key.Key_F12, "d")
    till.settle()
    assert view(till).detail.visibleRegion().boundingRect().height() < 100
    till.press(Qt.Key.Key_Down)
    till.settle()
    assert view(till).detail.visibleRegion().boundingRect().height() > 100
