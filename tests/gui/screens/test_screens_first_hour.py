"""What a new cashier stumbles over in the first hour: heights, colours that stay, forms that forget."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QWidget

from app.domain.consent import Purpose
from tests.gui.screens.conftest import Open, Till
from ui.application import SIZE_PX, fills
from ui.presenters.keys import Screen
from ui.theme.names import ScanState
from ui.views.enrol import EnrolView
from ui.views.pay import PayView

PAY_CODE = "134567890123456789"


@pytest.fixture
def till(open_till: Open) -> Till:
    return open_till(language="zh_CN").sign_on()


# ---- a fresh start


@pytest.mark.parametrize("size", [(1366, 768), (1024, 768)])
def test_a_fresh_counter_scrolls_nowhere_before_a_member_was_ever_shown(open_till: Open, size: tuple[int, int]) -> None:
    till = open_till(language="zh_CN", size=size).sign_on()
    bar = till.work.counter.area.verticalScrollBar()
    till.stage.scan(till.stage.barcode(0))
    till.settle()
    assert bar.maximum() == 0
    till.stage.till.counter.find.typed("zxf")
    till.settle()
    assert bar.maximum() == 0
    till.stage.till.counter.find.clear()
    till.stage.scan(till.stage.card())
    till.settle()
    assert bar.maximum() == 0


@pytest.mark.parametrize(
    ("screen", "whole"),
    [
        ((1366, 768), True),
        ((1024, 768), True),
        ((768, 1024), True),
        ((1280, 1024), True),
        ((1920, 1080), False),
        ((1440, 900), False),
    ],
)
def test_the_window_takes_the_whole_of_a_screen_that_has_no_room_to_spare(screen: tuple[int, int], whole: bool) -> None:
    assert fills(SIZE_PX, QRect(0, 0, *screen)) is whole


def test_no_key_of_the_pin_moves_when_a_wrong_one_is_refused(open_till: Open) -> None:
    till = open_till(language="zh_CN")
    pad, sign_on = till.window.sign_on.pad, till.stage.shell.sign_on
    till.settle()
    before = pad.mapTo(till.window, QPoint(0, 0))
    till.press("9999", Qt.Key.Key_Return)
    till.settle()
    assert sign_on.state.notice is not None
    assert till.window.sign_on.notice.isVisible()
    assert pad.mapTo(till.window, QPoint(0, 0)) == before


# ---- the scan field says "see below" only while there is something below


def test_the_scan_field_is_ready_again_when_a_digit_takes_the_sentence_of_payment_away(till: Till) -> None:
    till.stage.scan(till.stage.barcode(0))
    till.press(Qt.Key.Key_F10)
    till.stage.scan(PAY_CODE)
    assert till.stage.till.pay.state.notice is not None
    assert till.work.scan.state is ScanState.REFUSED
    till.press("5")
    assert till.stage.till.pay.state.notice is None
    assert till.work.scan.state is ScanState.READY


def test_goods_scanned_while_paying_keep_the_field_crimson_as_long_as_their_sentence(till: Till) -> None:
    till.stage.scan(till.stage.barcode(0))
    till.press(Qt.Key.Key_F10)
    till.stage.scan(till.stage.barcode(1))
    assert till.work.scan.state is ScanState.REFUSED
    till.press(Qt.Key.Key_Escape)
    assert till.work.scan.state is not ScanState.REFUSED


def test_the_scan_field_is_ready_again_when_the_sentence_of_enrolment_goes(till: Till) -> None:
    till.press(Qt.Key.Key_F3)
    enrol = till.stage.till.enrol
    till.stage.scan(till.stage.card())
    assert enrol.state.notice is not None
    assert till.work.scan.state is ScanState.REFUSED
    enrol.answer(Purpose.SERVICE, True)
    assert enrol.state.notice is None
    assert till.work.scan.state is ScanState.READY
    assert till.stage.shell.state.screen is Screen.ENROL


def test_a_lock_leaves_no_refusal_behind_whose_sentence_is_gone(till: Till) -> None:
    till.stage.scan(PAY_CODE)
    assert till.work.scan.state is ScanState.REFUSED
    till.press(Qt.Key.Key_Escape)
    till.stage.shell.lock()
    till.sign_on()
    assert till.work.scan.state is ScanState.READY


# ---- portrait: what ends a screen is always on it


def on_screen_whole(till: Till, widget: QWidget) -> bool:
    """Whether a widget can be seen and touched without scrolling."""
    seen = widget.visibleRegion().boundingRect()
    return widget.isVisible() and seen.size() == widget.size()


@pytest.mark.parametrize("scale", [1.0, 1.25])
def test_on_a_portrait_screen_what_ends_a_screen_is_never_scrolled_away(open_till: Open, scale: float) -> None:
    till = open_till(language="zh_CN", scale=scale, size=(768, 1024))
    sign_on = till.window.sign_on
    till.settle()
    assert on_screen_whole(till, sign_on.enter)
    assert on_screen_whole(till, sign_on.pad)
    till.sign_on()
    till.stage.basket_of_the_pictures()
    till.press(Qt.Key.Key_F10)
    till.settle()
    pay = till.work.view(Screen.PAY)
    assert isinstance(pay, PayView)
    assert on_screen_whole(till, pay.side.change.button)
    till.press(Qt.Key.Key_Escape)
    till.press(Qt.Key.Key_F3)
    till.settle()
    enrol = till.work.view(Screen.ENROL)
    assert isinstance(enrol, EnrolView)
    assert on_screen_whole(till, enrol.side.button)
    till.stage.shell.lock()
    till.settle()
    assert on_screen_whole(till, sign_on.enter)


def test_a_screen_turned_to_portrait_and_back_has_its_buttons_where_they_were(till: Till) -> None:
    till.stage.basket_of_the_pictures()
    till.press(Qt.Key.Key_F10)
    pay = till.work.view(Screen.PAY)
    assert isinstance(pay, PayView)
    for size in ((768, 1024), (1366, 768), (600, 400), (768, 1024), (1366, 768)):
        till.window.resize(*size)
        till.settle()
    assert pay.side.change.parentWidget() is pay.side
    assert on_screen_whole(till, pay.side.change.button)
    till.stage.shell.lock()
    sign_on = till.window.sign_on
    for size in ((768, 1024), (600, 400), (768, 1024), (1366, 768)):
        till.window.resize(*size)
        till.settle()
    assert on_screen_whole(till, sign_on.enter)
    assert sign_on.panel.parentWidget() is sign_on.body
    assert sign_on.panel.x() > sign_on.people.x()


def test_a_toast_never_lies_over_a_form_and_is_said_afterwards(till: Till) -> None:
    till.stage.scan(till.stage.barcode(0)).sell()
    assert till.work.toast.isVisible()
    till.press(Qt.Key.Key_F3)
    assert not till.work.toast.isVisible()
    till.stage.shell.toasts.show("1 2 3")
    assert not till.work.toast.isVisible()
    till.press(Qt.Key.Key_Escape)
    assert till.work.toast.isVisible()


def test_text_left_in_the_search_is_gone_after_the_sale_so_that_the_change_is_seen(till: Till) -> None:
    till.stage.scan(till.stage.barcode(0))
    till.stage.till.counter.find.typed("zxf")
    till.press(Qt.Key.Key_F10, "300", Qt.Key.Key_F10)
    assert len(till.stage.fake.truth.sales) == 1
    assert till.work.scan.text() == ""
    assert till.work.counter.left.currentWidget() is till.work.counter.idle
    assert till.work.counter.last.isVisible()


def test_a_member_enrolled_a_moment_ago_is_said_to_be_just_that(till: Till) -> None:
    till.press(Qt.Key.Key_F3)
    enrol = till.stage.till.enrol
    enrol.phone_typed("13612348804")
    enrol.name_typed("陈小宁")
    enrol.answer(Purpose.SERVICE, True)
    till.press(Qt.Key.Key_F10, Qt.Key.Key_F10)
    head = till.work.counter.member.head.below.accessibleName()
    assert "刚开卡" in head
