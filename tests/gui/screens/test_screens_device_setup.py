"""The set-up of a device with real key presses, presses of its buttons, and the words of what went wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from app.domain.card import CodeKind
from tests.gui.screens.conftest import Open, Till
from tools.screens_devices import PLUGGED_IN
from ui.presenters.device_setup_state import Page
from ui.presenters.device_trial import Completion, Sent
from ui.presenters.devices import Health, ScanSeen
from ui.presenters.keys import Screen
from ui.views.device_health import DeviceHealthView
from ui.views.device_setup import DeviceSetupView
from ui.widgets.buttons import KeyButton

SEEN = ScanSeen("serial", CodeKind.MEMBER_CARD, "88…93", 13, "C0", "cr")


def view(till: Till) -> DeviceSetupView:
    shown = till.work.view(Screen.SETUP)
    assert isinstance(shown, DeviceSetupView)
    return shown


def at_setup(open_till: Open, *keys: str) -> Till:
    till = open_till().sign_on()
    till.stage.devices.plugged_in = PLUGGED_IN
    till.press(Qt.Key.Key_F12, "d", *keys, "s")
    till.settle()
    assert till.stage.shell.state.screen is Screen.SETUP
    return till


def news(till: Till, **changes: object) -> None:
    till.stage.devices.becomes(**changes)
    till.stage.shell.devices_changed()
    till.settle()


def shown(buttons: list[KeyButton]) -> list[str]:
    return [button.text() for button in buttons if button.isVisible()]


def test_the_scan_field_says_that_no_scan_goes_to_the_receipt_until_the_set_up_is_left(open_till: Open) -> None:
    till = at_setup(open_till)
    assert till.work.scan.edit.placeholderText() == "No scan goes to the receipt while a device is set up"
    till.press(Qt.Key.Key_Escape)
    assert till.work.scan.edit.placeholderText() == "Scans go on; or type a code and press Enter"


def test_a_printer_is_set_up_by_keys_alone(open_till: Open) -> None:
    till = at_setup(open_till)
    first, second = shown(view(till).found)
    assert (first, second) == ("TM-T88VI · USB printer · /dev/usb/lp0", "USB Serial · serial port · /dev/ttyUSB0")
    till.press("1")
    assert not any(button.isEnabled() for button in view(till).answers)
    till.press("p")
    assert view(till).said.title.text() == "The printer is at work"
    news(till, sent=Sent.DONE)
    assert shown(view(till).answers) == ["32 columns", "42 columns", "48 columns", "None of them"]
    till.press("4")
    assert "None of them fits" in view(till).notice.accessibleName()
    till.press("2", "p")
    news(till, sent=Sent.DONE)
    till.press("2", "p")
    news(till, sent=Sent.DONE, completion=Completion.NONE)
    assert "never printed" in view(till).said.title.text()
    till.press(Qt.Key.Key_F10, "1")
    till.settle()
    facts = [fact.accessibleName() for fact in view(till).facts if fact.isVisible()]
    assert facts[2:] == [
        "Width 42 columns",
        "Chinese drawn by the till",
        "Answers none: sent, never printed",
        "Drawer opens at a cash sale",
    ]
    till.press(Qt.Key.Key_Left)
    assert view(till).answers[0].chosen
    till.press(Qt.Key.Key_F10, Qt.Key.Key_Return)
    assert till.stage.devices.kept["printer.profile"] == "one-way-76"
    assert till.stage.shell.state.screen is Screen.DEVICES
    till.settle()
    devices = till.work.view(Screen.DEVICES)
    assert isinstance(devices, DeviceHealthView)
    assert till.work.toast.isVisible()
    assert till.work.toast.geometry().bottom() <= devices.test.mapTo(till.work, devices.test.rect().topLeft()).y()


def test_a_printer_is_set_up_by_touch_alone(open_till: Open) -> None:
    till = at_setup(open_till)
    shown = view(till)
    shown.found[0].click()
    for answer in (0, 0):
        shown.do.click()
        news(till, sent=Sent.DONE)
        shown.answers[answer].click()
    shown.back.click()
    assert till.stage.till.setup.state.page is Page.CHINESE
    shown.on.click()
    shown.do.click()
    news(till, sent=Sent.DONE, completion=Completion.ID)
    shown.on.click()
    shown.answers[1].click()
    shown.on.click()
    assert till.stage.devices.kept["printer.profile"] == "epson-58"
    assert till.stage.devices.kept["drawer.kick"] is False


def test_an_address_is_typed_where_the_letter_a_leads(open_till: Open) -> None:
    till = at_setup(open_till)
    till.press("a")
    assert view(till).address.edit.hasFocus()
    till.press("10.0.0.9", Qt.Key.Key_Return)
    assert till.stage.till.setup.state.page is Page.RULER
    assert till.stage.devices.on_trial is not None
    assert till.stage.devices.on_trial.address == "tcp://10.0.0.9:9100"
    till.press("p")
    assert till.stage.devices.sheets


def test_an_address_is_typed_by_touch(open_till: Open) -> None:
    till = at_setup(open_till)
    for key in view(till).address_keys.findChildren(KeyButton):
        if key.text() in ("1", ".", "2"):
            key.click()
    delete = next(key for key in view(till).address_keys.findChildren(KeyButton) if not key.text())
    assert view(till).address.text() == "12."
    delete.click()
    assert till.stage.till.setup.state.address == "12"


def test_esc_from_the_address_leaves_the_set_up(open_till: Open) -> None:
    till = at_setup(open_till)
    till.press("a", "1", Qt.Key.Key_Escape)
    assert till.stage.shell.state.screen is Screen.DEVICES


def test_another_kind_is_chosen_by_arrow_or_touch(open_till: Open) -> None:
    till = at_setup(open_till)
    till.press(Qt.Key.Key_Down)
    assert "Scanner by cable" in view(till).title.text()
    assert view(till).found[1].text() == "DS2208 · HID scanner"
    view(till).kinds.chips[2].click()
    assert view(till).question.text() == "A scanner that types needs no address"
    assert not view(till).address.isVisible()
    view(till).on.click()
    assert till.stage.till.setup.state.page is Page.SAMPLES
    view(till).cancel.click()
    assert till.stage.shell.state.screen is Screen.DEVICES


def test_a_device_that_is_gone_is_taken_out_of_the_set_up(open_till: Open) -> None:
    till = at_setup(open_till)
    view(till).none.click()
    till.settle()
    assert view(till).facts[0].accessibleName() == "Receipt printer none at this till"
    till.press(Qt.Key.Key_F10)
    assert till.stage.devices.kept == {"printer.address": ""}


def test_nothing_plugged_in_is_said_and_can_be_searched_again(open_till: Open) -> None:
    till = at_setup(open_till)
    till.stage.devices.plugged_in = ()
    till.stage.tasks.hold = True
    till.press("s")
    till.stage.tasks.run_all()
    till.settle()
    assert "Nothing that fits" in view(till).nothing.text()
    view(till).do.click()
    assert view(till).nothing.text() == "Looking at what is plugged in"


@pytest.mark.parametrize(
    ("scan", "words"),
    [
        (SEEN, "All three are the same, and a member card"),
        (replace(SEEN, ended="silence"), "All three are the same, without an end sign"),
        (replace(SEEN, kind=CodeKind.UNKNOWN), "All three are the same, but no member card"),
    ],
)
def test_three_samples_say_what_the_scanner_sends(open_till: Open, scan: ScanSeen, words: str) -> None:
    till = at_setup(open_till, "2")
    till.press("2")
    assert not view(till).said.isVisible()
    news(till, scans=(scan,))
    assert view(till).said.title.text() == "1 of 3"
    news(till, scans=(scan,) * 3)
    assert view(till).said.title.text().startswith(words)
    assert "88…93" in view(till).samples[2].accessibleName()
    news(till, alike=False)
    assert "not the same code" in view(till).said.title.text()
    till.press("a")
    assert "waits for a scan" in view(till).samples[0].accessibleName()
    news(till, scans=(scan,) * 3, alike=True)
    till.press(Qt.Key.Key_F10)
    till.settle()
    assert view(till).facts[0].accessibleName() == "Device Scanner by cable or HID"


def test_what_was_learned_of_a_scanner_that_types_is_shown_before_it_is_kept(open_till: Open) -> None:
    till = at_setup(open_till)
    till.press(Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_F10)
    news(till, scans=(SEEN,) * 3, settings={"scanner.wedge_gap_ms": 24})
    till.press(Qt.Key.Key_F10)
    till.settle()
    assert "Its keys come closer than 24 ms" in [fact.accessibleName() for fact in view(till).facts]


def test_a_printer_that_is_pulled_out_says_so_until_it_is_back(open_till: Open) -> None:
    till = at_setup(open_till)
    till.press("1", "p")
    news(till, health=Health.OFFLINE, sent=Sent.FAILED)
    assert view(till).link.title.text() == "Connecting to the device"
    assert view(till).said.title.text() == ("Not everything was printed. When the printer is connected, press P again")
    assert not view(till).do.isEnabled()
    news(till, code="device_missing")
    assert "(D-04)" in view(till).link.title.text()
    news(till, health=Health.OK, code="")
    assert not view(till).link.isVisible()
    assert view(till).do.isEnabled()


def test_an_address_that_does_not_answer_is_said_in_words_of_a_set_up(open_till: Open) -> None:
    till = at_setup(open_till)
    till.press("1", "p")
    news(till, health=Health.OFFLINE, code="device_unreachable", sent=Sent.HELD)
    said = view(till).link.title.text()
    assert said.startswith("This address does not answer (D-03).")
    assert "Points" not in said
    assert "← leads to another address" in said
    assert view(till).said.title.text() == "Nothing was printed. When the printer is connected, press P again"
    assert (view(till).do.isEnabled(), view(till).back.isEnabled()) == (False, True)


def test_without_paper_nothing_is_called_sent_and_nothing_can_be_answered(open_till: Open) -> None:
    till = at_setup(open_till)
    till.press("1", "p")
    out = {"health": Health.WARN, "code": "printer_paper_out", "stopped": True}
    for sent, happened in (
        (Sent.HELD, "Nothing was printed."),
        (Sent.FAILED, "Not everything was printed."),
        (Sent.DONE, "The printer stands still."),
    ):
        news(till, **out, sent=sent)
        assert view(till).link.title.text() == "The printer is out of paper (D-11). Load paper."
        assert view(till).said.title.text() == f"{happened} Load paper (D-11), then press P again"
        assert not any(button.isEnabled() for button in view(till).answers)
        assert view(till).do.isEnabled()
    news(till, code="printer_cover_open")
    assert view(till).said.title.text() == "The printer stands still. Do what is said above, then press P again"
    news(till, health=Health.OK, code="", stopped=False)
    till.press("1", "p")
    news(till, sent=Sent.DONE)
    till.press("1", "p")
    news(till, **out, sent=Sent.HELD)
    assert view(till).said.title.text() == "Nothing is known yet. Load paper (D-11), then press P again"
    assert not view(till).on.isEnabled()
    news(till, health=Health.OK, code="", stopped=False)
    assert view(till).said.title.text() == "Nothing is known yet. Check the printer, then press P again"


def test_while_a_device_is_opened_nothing_else_is_taken(open_till: Open) -> None:
    till = at_setup(open_till)
    till.stage.tasks.hold = True
    till.press("1", Qt.Key.Key_Escape)
    assert till.stage.shell.state.screen is Screen.SETUP
    assert not view(till).cancel.isEnabled()
    till.stage.tasks.run_all()
    till.settle()
    assert till.stage.till.setup.state.page is Page.RULER
