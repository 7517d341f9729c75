"""Selling with real keys: sign on, scan, pay, change, find, amounts."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.sale import TenderKind
from tests.gui.screens.conftest import Open, Till
from ui.presenters.counter_screen import Panel
from ui.presenters.keys import Screen
from ui.theme.names import ScanState

PAY_CODE = "134567890123456789"


@pytest.fixture
def till(open_till: Open) -> Till:
    return open_till().sign_on()


def test_the_pin_typed_on_the_keyboard_opens_the_counter_with_the_scan_field_ready(open_till: Open) -> None:
    till = open_till()
    assert QApplication.focusWidget() is till.window.sign_on
    till.press("24681x", Qt.Key.Key_Backspace, "10")
    assert till.stage.shell.sign_on.state.pin == "246810"[:4] + "10"
    till.press(Qt.Key.Key_Escape)
    till.sign_on()
    assert till.stage.shell.state.screen is Screen.COUNTER
    assert QApplication.focusWidget() is till.work.scan.edit


def test_a_scanned_member_is_on_the_screen_at_once(till: Till) -> None:
    till.stage.scan(till.stage.card())
    counter = till.work.counter
    assert counter.side.currentWidget() is counter.member
    assert counter.member.head.name.text() == "张*凡"
    assert "16,860" in counter.member.points.head.accessibleName()
    assert till.work.scan.state is ScanState.RECOGNISED
    assert "138****2719" in counter.member.head.below.accessibleName()


def test_member_and_goods_paid_in_cash_with_change(till: Till) -> None:
    till.stage.basket_of_the_pictures()
    assert till.work.counter.basket.model.rowCount() == 6
    assert till.work.counter.due.accessibleName() == "Due ¥270.20"
    till.press(Qt.Key.Key_F10, "300")
    assert till.stage.till.pay.state.change_minor == 2_980
    till.press(Qt.Key.Key_F10)
    assert len(till.stage.fake.truth.sales) == 1
    assert till.stage.shell.state.screen is Screen.COUNTER
    assert "change ¥29.80" in till.work.counter.last.first.accessibleName()
    assert "+324" in till.work.counter.last.first.accessibleName()
    assert QApplication.focusWidget() is till.work.scan.edit
    assert till.work.toast.isVisible()


def test_alt_and_digits_choose_the_way_to_pay(till: Till) -> None:
    till.stage.scan(till.stage.barcode(0))
    till.press(Qt.Key.Key_F10)
    focus = QApplication.focusWidget()
    assert focus is not None
    till.qtbot.keyClick(focus, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert till.stage.till.pay.state.kind is TenderKind.QR
    till.press("12.5", Qt.Key.Key_Backspace)
    assert till.stage.till.pay.state.text == "12."
    till.press(Qt.Key.Key_Escape)
    assert till.stage.shell.state.screen is Screen.COUNTER


def test_the_keypad_and_the_likely_amounts_can_be_touched(till: Till) -> None:
    till.stage.basket_of_the_pictures()
    till.press(Qt.Key.Key_F10)
    pay = till.work.screens.currentWidget()
    for key in ("3", "00", "delete", "0"):
        pay.pad.key(key).click()  # type: ignore[attr-defined, union-attr]
    assert till.stage.till.pay.state.text == "300"
    pay.note_buttons[1].click()  # type: ignore[union-attr, attr-defined]
    assert till.stage.till.pay.state.given_minor == 27_100
    pay.side.change.button.click()  # type: ignore[union-attr, attr-defined]
    assert len(till.stage.fake.truth.sales) == 1


def test_initials_typed_and_a_digit_pick_a_member(till: Till) -> None:
    till.press("zxf")
    assert till.stage.till.counter.panel() is Panel.FIND
    assert till.work.counter.results.results.model.rowCount() == 5
    till.press("2")
    customer = till.stage.cart.state.cart.customer
    assert customer is not None
    assert customer.view.name == "张*芳"
    assert till.work.scan.text() == ""


def test_a_phone_tail_is_typed_and_enter_takes_the_member(till: Till) -> None:
    till.press("2719", Qt.Key.Key_Return)
    customer = till.stage.cart.state.cart.customer
    assert customer is not None
    assert customer.view.name == "张*凡"


def test_a_chinese_name_comes_through_the_input_method_after_f2_only(till: Till) -> None:
    edit = till.work.scan.edit
    assert edit.inputMethodQuery(Qt.InputMethodQuery.ImEnabled) is False
    till.press(Qt.Key.Key_F2)
    assert edit.inputMethodQuery(Qt.InputMethodQuery.ImEnabled) is True
    till.compose("张")
    assert till.stage.till.counter.find.state.text == "张"
    till.press(Qt.Key.Key_Escape)
    assert edit.inputMethodQuery(Qt.InputMethodQuery.ImEnabled) is False


def test_arrows_preview_and_escape_returns_to_the_receipt(till: Till) -> None:
    till.press("zxf", Qt.Key.Key_Down)
    assert till.work.counter.results.results.active == 1
    assert till.work.counter.preview.head.name.text() == "张*芳"
    till.press(Qt.Key.Key_Escape)
    assert till.stage.till.counter.panel() is Panel.IDLE


def test_the_on_screen_keys_type_into_the_scan_field(till: Till) -> None:
    till.work.scan.keyboard.click()
    counter = till.work.counter
    assert counter.keyboard.isVisible()
    assert not counter.strip.isVisible()
    till.stage.till.counter.find.key("z")
    assert till.work.scan.text() == "z"
    till.stage.till.counter.find.toggle_keyboard()
    assert counter.strip.isVisible()


def test_the_star_opens_amount_only_and_enter_adds_it(till: Till) -> None:
    till.press("*", "86.49", Qt.Key.Key_Backspace, Qt.Key.Key_Return)
    assert till.stage.cart.state.cart.basket.lines[0].unit_minor == 8640
    assert till.work.scan.text() == ""


def test_plus_and_minus_keys_step_the_marked_line(till: Till) -> None:
    till.stage.scan(till.stage.barcode(0))
    till.press("+", "+", "-")
    assert till.stage.cart.state.cart.basket.units == 2
    till.work.counter.basket.stepper.plus.click()
    assert till.stage.cart.state.cart.basket.units == 3


def test_a_refused_scan_turns_the_field_crimson_until_the_next_key(till: Till) -> None:
    till.stage.scan(till.stage.barcode(0), PAY_CODE)
    assert till.work.scan.state is ScanState.REFUSED
    assert till.work.counter.notice.isVisible()
    till.press("z")
    assert till.work.scan.state is ScanState.READY


def test_a_scan_in_the_middle_of_typing_keeps_the_typed_text(till: Till) -> None:
    till.press("zx")
    till.stage.scan(till.stage.barcode(0), PAY_CODE)
    assert till.work.scan.text() == "zx"
    till.press("f")
    assert till.work.scan.text() == "zxf"
    assert till.stage.cart.state.cart.basket.units == 1


def test_a_burst_of_scans_during_payment_loses_nothing(till: Till) -> None:
    till.stage.scan(till.stage.barcode(0))
    till.press(Qt.Key.Key_F10, "100")
    till.stage.scan(till.stage.barcode(1), till.stage.card(), till.stage.barcode(1), PAY_CODE, till.stage.barcode(2))
    state = till.stage.till.pay.state
    assert (state.text, state.held) == ("100", 3)
    pay = till.work.screens.currentWidget()
    assert pay.notice.isVisible()  # type: ignore[union-attr, attr-defined]
    till.press(Qt.Key.Key_F10)
    assert till.stage.fake.truth.sales[0].basket.units == 1
    assert till.stage.fake.truth.sales[0].member_id is not None
    assert till.stage.cart.state.cart.basket.units == 3


def test_a_code_typed_by_hand_and_entered_is_taken_like_a_scan(till: Till) -> None:
    till.press(till.stage.barcode(3), Qt.Key.Key_Return)
    assert till.stage.cart.state.cart.basket.lines[0].sku == "M-1004"
    assert till.work.scan.text() == ""


def test_a_code_can_be_typed_by_hand_while_payment_is_open(till: Till) -> None:
    till.stage.scan(till.stage.barcode(0))
    till.press(Qt.Key.Key_F10)
    till.work.scan.edit.setFocus()
    till.press(till.stage.card(), Qt.Key.Key_Return)
    assert till.stage.cart.state.cart.customer is not None
    assert till.stage.shell.state.screen is Screen.PAY


def test_a_character_typed_on_a_focused_button_reaches_the_scan_field(till: Till) -> None:
    till.work.counter.strip.key("F2").setFocus()
    till.press("z")
    assert till.work.scan.text() == "z"
    assert QApplication.focusWidget() is till.work.scan.edit


def test_points_as_money_are_offered_and_refused_with_the_reason(till: Till) -> None:
    till.stage.basket_of_the_pictures()
    till.press(Qt.Key.Key_F4)
    assert till.work.counter.notice.isVisible()
    assert "(C-09)" in till.work.counter.notice.title.text()


def test_a_key_that_does_nothing_now_stays_in_the_strip(till: Till) -> None:
    till.stage.basket_of_the_pictures()
    before = till.stage.cart.state  # F6 takes the last sale back: there is none, and goods are on the receipt
    assert not till.work.counter.strip.key("F6").isEnabled()
    till.press(Qt.Key.Key_F6)
    assert till.stage.cart.state == before


def test_a_toast_stands_above_the_last_sale_on_whatever_screen_it_was_said(
    till: Till,
) -> None:
    till.stage.scan(till.stage.barcode(0)).sell()
    QApplication.processEvents()
    toast, counter = till.work.toast, till.work.counter

    def covered() -> bool:
        strip = counter.last
        assert strip.isVisible()
        return toast.geometry().bottom() > strip.mapTo(till.work, strip.rect().topLeft()).y()

    assert toast.isVisible()
    assert not covered()
    till.press(Qt.Key.Key_F12)
    till.stage.shell.toasts.show("1 2 3")
    till.press(Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert toast.isVisible()
    assert not covered()
