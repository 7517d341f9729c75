"""Coupons, rewards, stored value and change, with the keyboard alone, in the real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.sale import TenderKind
from tests.gui.screens.conftest import Open, Till
from tests.support.tray_till import ZHANG, furnish
from ui.presenters.keys import Screen
from ui.views.coupon_tray import TrayView
from ui.views.pay import PayView
from ui.views.top_up import TopUpView
from ui.widgets.keypad import DELETE


@pytest.fixture
def till(open_till: Open) -> Till:
    till = open_till().sign_on()
    till.stage.fake.head_office.online = True
    furnish(till.stage.fake)
    till.stage.basket_of_the_pictures()
    return till


def tray_view(till: Till) -> TrayView:
    view = till.work.view(Screen.TRAY)
    assert isinstance(view, TrayView)
    return view


def pay_view(till: Till) -> PayView:
    view = till.work.view(Screen.PAY)
    assert isinstance(view, PayView)
    return view


def balance(till: Till) -> int:
    return till.stage.fake.members.holdings(ZHANG, ()).stored_value.balance_minor


def test_the_member_card_says_what_there_is_and_where(till: Till) -> None:
    rows = till.work.counter.member.benefits
    assert rows.isVisibleTo(till.window)
    assert "free ×1" in rows.coupon.accessibleName()
    assert "fits this receipt · 2 more" in rows.coupon.accessibleName()
    assert "summer 3 / 10" in rows.stamps[0].accessibleName()
    assert "¥36.00" in rows.stored.accessibleName()
    rows.coupon.button.click()
    assert till.stage.shell.state.screen is Screen.TRAY


def test_coupon_and_reward_by_digit_then_paid_without_the_mouse(till: Till) -> None:
    till.press(Qt.Key.Key_F11)
    view = tray_view(till)
    assert QApplication.focusWidget() is view
    till.press("2")
    assert view.due.accessibleName() == "Due ¥250.20"
    assert view.rows[0].button.text() == "Take off"
    till.press("2", "1", "w")
    assert till.stage.till.tray.state.why
    till.press(Qt.Key.Key_F10, Qt.Key.Key_F10)
    sale = till.stage.fake.truth.sales[0]
    assert (sale.coupons, [one.id for one in sale.basket.rewards]) == ((), ["five"])
    assert till.stage.shell.state.screen is Screen.COUNTER


def test_touching_the_tray_does_the_same(till: Till) -> None:
    till.press(Qt.Key.Key_F11)
    view = tray_view(till)
    view.rows[1].button.click()
    assert len(till.stage.cart.state.cart.coupons) == 1
    view.why.click()
    assert view.rows[5].isVisibleTo(view)
    view.more.click()
    view.back.click()
    assert till.stage.shell.state.screen is Screen.COUNTER
    assert "used on this receipt (1)" in till.work.counter.member.benefits.coupon.accessibleName()
    till.press(Qt.Key.Key_F11)
    tray_view(till).due.button.click()
    assert till.stage.shell.state.screen is Screen.PAY


def test_stored_value_is_topped_up_and_spent_by_key(till: Till) -> None:
    till.press(Qt.Key.Key_F11, "t", "200")
    view = till.work.view(Screen.TOP_UP)
    assert isinstance(view, TopUpView)
    assert "¥236.00" in view.balance.accessibleName()
    till.qtbot.keyClick(view, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert till.stage.till.top_up.state.kind is TenderKind.CARD
    till.press(Qt.Key.Key_Backspace, "0", Qt.Key.Key_F10)
    assert balance(till) == 23_600
    till.press(Qt.Key.Key_F10)
    pay = pay_view(till)
    till.qtbot.keyClick(pay, Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    assert "Take ¥236.00 of stored value" in pay.side.change.button.accessibleName()
    till.press(Qt.Key.Key_F10)
    till.press("50", "s")
    assert "Into stored value" in pay.side.change.accessibleName()
    till.press(Qt.Key.Key_F10)
    assert till.stage.shell.state.screen is Screen.COUNTER
    assert balance(till) == 5_000 - 3_420


def test_top_up_by_touch_and_on_a_narrow_panel(open_till: Open) -> None:
    till = open_till(size=(600, 1024)).sign_on()
    furnish(till.stage.fake)
    till.stage.scan(till.stage.card())
    till.press(Qt.Key.Key_F11)
    tray = tray_view(till)
    assert not tray.basket.isVisibleTo(tray)
    assert "none fits this receipt yet" in till.work.counter.member.benefits.coupon.accessibleName()
    tray.stored.button.click()
    view = till.work.view(Screen.TOP_UP)
    assert isinstance(view, TopUpView)
    till.settle()
    assert not view.go.isEnabled()
    view.likely[0].click()
    view.tenders[TenderKind.QR].click()
    view.pad.pressed.emit(DELETE)
    assert view.go.parentWidget() is view.foot
    till.press(Qt.Key.Key_Escape)
    assert till.stage.shell.state.screen is Screen.COUNTER
