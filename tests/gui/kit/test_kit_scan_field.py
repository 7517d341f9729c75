"""The scan field: always ready, flashes, refuses until the next key, keeps the input method out."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QInputMethodQueryEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ui.theme.names import ScanState, Size
from ui.theme.theme import Theme
from ui.widgets.field import Field
from ui.widgets.scan_field import SILENT_FLASH_MS, ScanField


@pytest.fixture
def field(qtbot: QtBot, theme: Theme) -> ScanField:
    made = ScanField(theme, hint="扫码，或输入手机尾号", name="扫描框", keyboard_name="屏幕键盘")
    made.resize(800, 48)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.setFocus()
    return made


def ime_enabled(widget: QWidget) -> bool:
    query = QInputMethodQueryEvent(Qt.InputMethodQuery.ImEnabled)
    QApplication.sendEvent(widget, query)
    return bool(query.value(Qt.InputMethodQuery.ImEnabled))


def test_the_input_method_is_kept_out_until_it_is_allowed(field: ScanField) -> None:
    assert not ime_enabled(field.edit)
    field.edit.allow_ime(True)
    assert ime_enabled(field.edit)


def test_a_plain_field_keeps_it_out_and_a_name_field_lets_it_in(qtbot: QtBot, theme: Theme) -> None:
    phone, name = Field(theme, "手机号"), Field(theme, "称呼", ime=True)
    qtbot.addWidget(phone)
    qtbot.addWidget(name)
    assert (ime_enabled(phone.edit), ime_enabled(name.edit)) == (False, True)


def test_a_chinese_name_can_be_typed_where_it_is_allowed(qtbot: QtBot, theme: Theme) -> None:
    name = Field(theme, "称呼", ime=True)
    qtbot.addWidget(name)
    event = QInputMethodEvent()
    event.setCommitString("张")
    with qtbot.waitSignal(name.edited):
        QApplication.sendEvent(name.edit, event)
    assert name.text() == "张"


def test_enter_submits_what_was_typed(qtbot: QtBot, field: ScanField) -> None:
    qtbot.keyClicks(field.edit, "2719")
    with qtbot.waitSignal(field.submitted) as said:
        qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert said.args == ["2719"]


def test_typing_tells_every_step_and_grows_the_words(qtbot: QtBot, field: ScanField, theme: Theme) -> None:
    said: list[str] = []
    field.edited.connect(said.append)
    assert field.edit.font().pixelSize() == theme.font(Size.BODY).pixelSize()
    qtbot.keyClicks(field.edit, "zx")
    assert said == ["z", "zx"]
    assert field.edit.font().pixelSize() == theme.font(Size.TITLE).pixelSize()


def test_recognised_flashes_and_goes_back_by_itself(qtbot: QtBot, field: ScanField) -> None:
    calm = field.grab().toImage()
    field.show_recognised("会员 张*凡", "动态码已验")
    assert field.state is ScanState.RECOGNISED
    assert field.grab().toImage() != calm
    qtbot.waitUntil(lambda: field.state is ScanState.READY)
    assert not field.veil.isVisible()


def test_the_keyboard_stays_in_the_field_while_it_flashes(qtbot: QtBot, field: ScanField) -> None:
    field.show_recognised("会员 张*凡")
    qtbot.keyClicks(field.edit, "6")
    assert (field.text(), field.state) == ("6", ScanState.READY)


def test_refused_stays_until_the_next_key(qtbot: QtBot, field: ScanField) -> None:
    field.show_recognised("会员 张*凡")
    field.show_refused("会员码已过期", "请顾客刷新后再扫（M-04）")
    assert not field._timer.isActive()
    assert field.state is ScanState.REFUSED
    assert field.accessibleDescription() == "会员码已过期 请顾客刷新后再扫（M-04）"
    qtbot.keyClicks(field.edit, "1")
    assert field.state is ScanState.READY


def test_without_sound_the_flash_lasts_longer(field: ScanField, theme: Theme) -> None:
    field.set_silent(True)
    field.show_recognised("会员 张*凡")
    assert field._timer.interval() == SILENT_FLASH_MS
    field.set_silent(False)
    field.show_recognised("会员 张*凡")
    assert field._timer.interval() == theme.tokens.motion.flash


def test_the_keyboard_button_asks_for_the_keys_and_leaves_the_focus(qtbot: QtBot, field: ScanField) -> None:
    with qtbot.waitSignal(field.keyboard_asked):
        qtbot.mouseClick(field.keyboard, Qt.MouseButton.LeftButton)
    assert field.edit.hasFocus()


def test_clearing_by_the_screen_tells_nobody(field: ScanField) -> None:
    said: list[str] = []
    field.edited.connect(said.append)
    field.set_text("zxf")
    field.clear()
    assert said == ["zxf"]


def test_a_wrong_field_says_so_below_and_its_words_do_not_move(qtbot: QtBot, theme: Theme) -> None:
    field = Field(theme, "手机号")
    qtbot.addWidget(field)
    with qtbot.waitExposed(field):
        field.show()
    field.set_text("1368804")
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    x = field.edit.mapTo(field, field.edit.rect().topLeft()).x()
    field.set_error("手机号是 11 位，还差 4 位")
    qtbot.waitUntil(field.error.isVisible)
    assert field.edit.mapTo(field, field.edit.rect().topLeft()).x() == x
    assert field.edit.accessibleDescription() == "手机号是 11 位，还差 4 位"
    field.set_error("")
    assert not field.error.isVisible()


def test_a_field_submits_on_enter_and_can_be_out_of_use(qtbot: QtBot, theme: Theme) -> None:
    field = Field(theme, "手机号")
    qtbot.addWidget(field)
    with qtbot.waitExposed(field):
        field.show()
    field.set_hint("11 位")
    qtbot.keyClicks(field.edit, "136")
    with qtbot.waitSignal(field.submitted) as said:
        qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert said.args == ["136"]
    field.set_dead(True)
    assert not field.edit.isEnabled()
    field.set_dead(False)
    assert field.edit.isEnabled()


def test_a_key_nobody_took_still_ends_a_refusal(qtbot: QtBot, field: ScanField) -> None:
    field.show_refused("会员码已过期")
    qtbot.keyClick(field, Qt.Key.Key_F7)
    assert field.state is ScanState.READY
    field.set_hint("再扫一张")
    assert field.edit.placeholderText() == "再扫一张"
