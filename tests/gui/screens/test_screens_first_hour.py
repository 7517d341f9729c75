"""What a new cashier stumbles over in the first hour: heights, colours that stay, forms that forget."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.domain.consent import Purpose
from tests.gui.screens.conftest import Open, Till
from ui.presenters.keys import Screen
from ui.theme.names import ScanState

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
