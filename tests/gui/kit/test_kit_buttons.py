"""Key buttons: states, key caps, targets, words in full."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.theme.names import THEMES, Icon, Kind, Size
from ui.theme.theme import Theme
from ui.widgets.buttons import FunctionKey, KeyButton, RedeemButton
from ui.widgets.focus import FocusRing
from ui.widgets.frame import FunctionKeyStrip
from ui.widgets.runs import fit_runs, runs_width, smaller
from ui.widgets.values import CapRun, KeySpec, Redeem, Run

WORDS = ("收款", "显示完整手机号", "Pay", "Show the full phone number", "Approve")


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def shown(qtbot: QtBot, widget: QWidget) -> QWidget:
    qtbot.addWidget(widget)
    widget.show()
    return widget


@pytest.mark.parametrize("kind", [Kind.PLAIN, Kind.PRIMARY, Kind.QUIET])
@pytest.mark.parametrize("name", THEMES)
def test_each_state_looks_different(qtbot: QtBot, themed: Callable[..., Theme], name: str, kind: Kind) -> None:
    button = KeyButton(themed(name), "收款", kind=kind, key="F10")
    shown(qtbot, button)
    normal = picture(button)
    button.setDown(True)
    held = picture(button)
    button.setDown(False)
    button.setEnabled(False)
    disabled = picture(button)
    assert normal != held
    assert normal != disabled
    assert held != disabled


def test_a_chosen_button_is_told_apart(qtbot: QtBot, theme: Theme) -> None:
    button = KeyButton(theme, "同意", kind=Kind.INK)
    shown(qtbot, button)
    before = picture(button)
    button.set_chosen(True)
    assert picture(button) != before


def test_the_key_is_on_the_button_and_in_its_name(qtbot: QtBot, theme: Theme) -> None:
    button = KeyButton(theme, "收款", key="F10")
    shown(qtbot, button)
    assert CapRun("F10") in button.runs()
    assert button.accessibleName() == "收款 F10"
    with_cap = picture(button)
    size = button.size()
    button.set_text("收款", key="")
    button.resize(size)
    assert picture(button) != with_cap


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("text", WORDS)
def test_words_are_never_cut(themed: Callable[..., Theme], scale: float, text: str) -> None:
    theme = themed("light", scale)
    for kind in Kind:
        button = KeyButton(theme, text, kind=kind, key="Enter", icon=Icon.EYE)
        need = runs_width(theme, button.runs())
        assert button.sizeHint().width() >= need
        assert button.minimumSizeHint() == button.sizeHint()
        assert button.sizeHint().height() >= theme.line_px(Size.STRONG)


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_targets_are_large_enough(themed: Callable[..., Theme], scale: float) -> None:
    theme = themed("light", scale)
    small = KeyButton(theme, icon=Icon.LOCK)
    assert min(small.sizeHint().width(), small.sizeHint().height()) >= theme.px(48)
    assert KeyButton(theme, "收款", kind=Kind.PRIMARY).sizeHint().height() == theme.px(72)
    assert KeyButton(theme, "兑换", kind=Kind.GOLD).sizeHint().height() == theme.px(64)


def test_a_press_does_not_take_the_keyboard_away(qtbot: QtBot, theme: Theme) -> None:
    page, edit, button = QWidget(), QLineEdit(), KeyButton(theme, "补打")
    layout = QVBoxLayout(page)
    layout.addWidget(edit)
    layout.addWidget(button)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    edit.setFocus()
    with qtbot.waitSignal(button.clicked):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert edit.hasFocus()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_the_keyboard_presses_it(qtbot: QtBot, theme: Theme, key: Qt.Key) -> None:
    button = KeyButton(theme, "补打")
    shown(qtbot, button)
    with qtbot.waitSignal(button.clicked):
        qtbot.keyClick(button, key)


def test_a_busy_button_keeps_its_width_and_takes_no_presses(qtbot: QtBot, theme: Theme) -> None:
    button = KeyButton(theme, "确认退货", kind=Kind.PRIMARY, key="F10")
    shown(qtbot, button)
    width, pressed = button.width(), []
    button.clicked.connect(lambda: pressed.append(1))
    button.set_busy("正在退…")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(button, Qt.Key.Key_Return)
    assert (pressed, button.width()) == ([], width)
    button.set_busy("")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert pressed == [1]


def test_the_redeem_button_says_the_limit(theme: Theme) -> None:
    button = RedeemButton(theme)
    button.set_redeem(Redeem("兑换", "F4", "本单可抵", "¥135", enabled=False))
    assert button.accessibleName() == "兑换 本单可抵 ¥135 F4"
    assert not button.isEnabled()


def strip(theme: Theme, words: tuple[str, ...]) -> FunctionKeyStrip:
    made = FunctionKeyStrip(theme)
    made.set_keys([KeySpec(f"F{number}", text, text) for number, text in enumerate(words, 2)])
    return made


def test_function_keys_say_which_one_was_pressed(qtbot: QtBot, theme: Theme) -> None:
    keys = strip(theme, ("查找", "新会员"))
    shown(qtbot, keys)
    with qtbot.waitSignal(keys.pressed) as said:
        qtbot.mouseClick(keys.key("新会员"), Qt.MouseButton.LeftButton)
    assert said.args == ["新会员"]


def test_function_keys_stay_when_only_their_state_changes(qtbot: QtBot, theme: Theme) -> None:
    keys = strip(theme, ("查找", "新会员"))
    qtbot.addWidget(keys)
    before = keys.key("查找")
    keys.set_keys([KeySpec("F2", "Find", "查找", enabled=False), KeySpec("F3", "Enrol", "新会员", hot=True)])
    assert keys.key("查找") is before
    assert (before.text(), before.isEnabled()) == ("Find", False)


def test_a_strip_too_narrow_for_words_keeps_its_caps(qtbot: QtBot, theme: Theme) -> None:
    keys = strip(theme, ("Find", "Approve", "Redeem"))
    shown(qtbot, keys)
    keys.resize(600, 72)
    wide = keys.grab().toImage()
    keys.resize(165, 72)
    narrow = keys.grab().toImage()
    lower = range(44, 66)
    inked = [narrow.pixelColor(x, y).lightness() < 60 for x in range(8, 40) for y in lower]
    assert any(wide.pixelColor(x, y).lightness() < 60 for x in range(60, 140) for y in lower)
    assert not any(inked)


def test_function_keys_shrink_their_words_before_dropping_them(theme: Theme) -> None:
    key = FunctionKey(theme, "Approve", "F8")
    assert key.words_width(Size.CAPTION) < key.words_width(Size.STRONG)


def test_the_focus_ring_lies_around_the_focused_button_and_follows_it(qtbot: QtBot, theme: Theme) -> None:
    page = QWidget()
    inner = QWidget(page)
    inner.setGeometry(20, 20, 300, 200)
    button = KeyButton(theme, "使用", parent=inner)
    button.setGeometry(10, 10, 100, 48)
    edit = QLineEdit(page)
    edit.setFocus()
    ring = FocusRing(theme, page)
    page.resize(400, 300)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    assert not ring.isVisible()
    button.setFocus()
    qtbot.waitUntil(ring.isVisible)
    assert ring.geometry().adjusted(5, 5, -5, -5).size() == button.size()
    inner.move(60, 40)
    assert ring.geometry().topLeft() + QPoint(5, 5) == QPoint(70, 50)
    edit.setFocus()
    qtbot.waitUntil(lambda: not ring.isVisible())


def test_the_keys_of_a_strip_speak_in_one_size(qtbot: QtBot, theme: Theme) -> None:
    keys = strip(theme, ("Find", "Approve"))
    shown(qtbot, keys)
    keys.resize(2 * int(keys.key("Approve").words_width(Size.STRONG)) + 8, 72)
    assert {keys.key(name)._words for name in ("Find", "Approve")} == {Size.CAPTION}
    keys.resize(400, 72)
    assert {keys.key(name)._words for name in ("Find", "Approve")} == {Size.STRONG}


def test_a_narrow_redeem_button_keeps_the_figure(theme: Theme) -> None:
    button = RedeemButton(theme)
    button.set_redeem(Redeem("兑换", "F4", "本单可抵", "¥135"))
    assert button.minimumSizeHint().width() < button.sizeHint().width()
    assert button.minimumSizeHint().width() > runs_width(theme, (Run("¥135", Size.NAME),))


def test_other_actions_make_other_keys(qtbot: QtBot, theme: Theme) -> None:
    keys = strip(theme, ("查找", "新会员"))
    shown(qtbot, keys)
    keys.set_keys([KeySpec("A", "全选", "all")])
    assert keys.key("all").text() == "全选"
    with pytest.raises(KeyError):
        keys.key("查找")


def test_a_button_too_narrow_writes_smaller_before_it_cuts(theme: Theme) -> None:
    runs = (Run("¥270.20", Size.STRONG, bold=True),)
    full = runs_width(theme, runs)
    assert smaller(theme, runs, full) == runs
    less = smaller(theme, runs, full - 5)
    assert runs_width(theme, less) < full - 5
    assert fit_runs(theme, less, full - 5) == less
