"""Redeeming, returning and undoing with real keys and touches."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.receipt import QrCode
from tests.gui.screens.conftest import Open, Till
from ui.presenters.keys import Screen
from ui.views.redeem import RedeemView
from ui.views.returning import ReturnView


@pytest.fixture
def till(open_till: Open) -> Till:
    till = open_till().sign_on()
    till.stage.fake.head_office.online = True
    till.stage.basket_of_the_pictures()
    return till


def redeem_view(till: Till) -> RedeemView:
    view = till.work.view(Screen.REDEEM)
    assert isinstance(view, RedeemView)
    return view


def return_view(till: Till) -> ReturnView:
    view = till.work.view(Screen.RETURN)
    assert isinstance(view, ReturnView)
    return view


def test_the_gold_button_says_what_points_could_pay(till: Till) -> None:
    assert "¥135" in till.work.counter.member.redeem.accessibleName()
    till.stage.fake.head_office.online = False
    till.stage.scan(till.stage.barcode(0))
    assert "needs head office" in till.work.counter.member.redeem.accessibleName()


def test_points_are_typed_confirmed_and_pay_a_part(till: Till) -> None:
    till.press(Qt.Key.Key_F4)
    view = redeem_view(till)
    assert till.stage.shell.state.screen is Screen.REDEEM
    assert QApplication.focusWidget() is view
    assert view.slider.value() == view.slider.maximum() == 13_500
    till.press("c2000")
    assert "2,000" in view.used.accessibleName()
    assert "20.00" in view.worth.accessibleName()
    assert "14,860" in view.rest.accessibleName()
    assert "+300" in view.earns.accessibleName()
    assert view.due.accessibleName() == "Due ¥250.20"
    till.press(Qt.Key.Key_Backspace)
    till.press("0", Qt.Key.Key_Return)
    assert till.stage.shell.state.screen is Screen.COUNTER
    counter = till.work.counter
    assert counter.due.accessibleName() == "Due ¥250.20"
    assert "¥20" in counter.member.redeem.accessibleName()
    assert QApplication.focusWidget() is till.work.scan.edit
    till.press(Qt.Key.Key_F10, Qt.Key.Key_F10)
    assert till.stage.fake.truth.sales[0].result.redeemed == 2_000


def test_steps_and_goods_that_points_do_not_pay_are_said(till: Till) -> None:
    programme = till.stage.fake.essentials.programme
    assert programme is not None
    assert programme.redeem is not None
    till.press(Qt.Key.Key_F4)
    assert redeem_view(till).rules.text() == "From 100 points, 100 at a time."
    till.press(Qt.Key.Key_Escape)
    skin = replace(programme.redeem, exclude_categories=frozenset({"skin"}))
    till.stage.fake.essentials.programme = replace(programme, redeem=skin)
    till.press(Qt.Key.Key_F4)
    assert "氨基酸洁面乳 120g and 1 more" in redeem_view(till).rules.text()


def test_touching_slider_and_buttons_does_the_same(till: Till) -> None:
    till.press(Qt.Key.Key_F4)
    view = redeem_view(till)
    view.none.click()
    assert not view.go.isEnabled()
    view.slider.setValue(4_500)
    assert till.stage.till.redeem.state.points == 4_500
    view.pad.key("delete").click()
    assert till.stage.till.redeem.state.points == 450
    view.pad.key("0").click()
    view.most.click()
    view.go.click()
    assert till.stage.cart.state.cart.spend is not None
    till.press(Qt.Key.Key_F4, Qt.Key.Key_Escape)
    assert till.stage.shell.state.screen is Screen.COUNTER


def test_goods_come_back_by_keys(till: Till) -> None:
    till.press(Qt.Key.Key_F10, Qt.Key.Key_F10)
    done = till.stage.cart.state.done
    assert done is not None
    till.press(Qt.Key.Key_F7)
    view = return_view(till)
    assert view.middle.currentWidget() is view.empty
    till.stage.scan(next(block.data for block in done.receipt.blocks if isinstance(block, QrCode)))
    assert view.middle.currentWidget() is view.lines
    assert "code checked" in view.head.accessibleName()
    till.press(Qt.Key.Key_Down, " ", "a", "c", " ")
    assert view.side.due.accessibleName() == "Refund ¥39.00"
    assert "16,860" not in view.side.points.accessibleName()
    till.press(Qt.Key.Key_F10)
    assert till.stage.shell.state.screen is Screen.COUNTER
    assert [one.refund_minor for one in till.stage.fake.truth.returns] == [3_900]
    assert till.work.toast.isVisible()


def test_a_receipt_number_typed_in_the_scan_field_is_found(till: Till) -> None:
    till.press(Qt.Key.Key_F10, Qt.Key.Key_F10, Qt.Key.Key_F7)
    assert QApplication.focusWidget() is till.work.scan.edit
    till.press("S027-2-000001", Qt.Key.Key_Return)
    view = return_view(till)
    assert "number typed" in view.head.accessibleName()
    assert QApplication.focusWidget() is view
    view.lines.lines[0].check.click()
    view.lines.lines[0].stepper.less.emit()
    assert till.stage.till.returning.state.quantities == {0: 1}
    view.none.click()
    view.all.click()
    view.side.due.button.click()
    assert till.stage.fake.truth.returns[0].refund_minor == 27_020


def test_the_last_sale_is_taken_back_from_its_strip(till: Till) -> None:
    till.press(Qt.Key.Key_F10, Qt.Key.Key_F10)
    strip = till.work.counter.last
    assert strip.undo_button.isVisible()
    strip.undo_button.click()
    strip.undo_button.click()
    assert till.stage.fake.truth.returns[0].undo
    assert "taken back" in strip.accessibleName()
    assert not strip.undo_button.isVisible()
