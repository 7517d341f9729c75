"""Frame, notices, keypads, sheets, task parts: what they show and what they say."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.theme.names import Icon, Role, Size, Tone
from ui.theme.theme import Theme
from ui.widgets.basics import Label
from ui.widgets.buttons import KeyButton
from ui.widgets.chips import StatusBadge
from ui.widgets.field import Field
from ui.widgets.frame import DuePanel, Rail, TopBar
from ui.widgets.keypad import CLEAR, DELETE, Keypad, OnScreenKeyboard, typed
from ui.widgets.notices import Banner, Progress, Toast
from ui.widgets.people import PinDots, StaffTile
from ui.widgets.sheet import Sheet
from ui.widgets.tables import StatTile
from ui.widgets.tasks import ConsentChoice, FactRow, PointsSlider, Steps, TenderButton
from ui.widgets.values import BannerAction, IconRun, Run, Staff, Step, Tender


def shown(qtbot: QtBot, widget: QWidget, width: int = 0, height: int = 0) -> None:
    if width:
        widget.resize(width, height or widget.sizeHint().height())
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()


def test_the_badge_is_silent_when_healthy(qtbot: QtBot, theme: Theme) -> None:
    bar = TopBar(theme, QWidget(), help_name="帮助", lock_name="锁定")
    shown(qtbot, bar, 1366)
    assert not bar.badge.isVisible()
    bar.badge.show_status(Role.INFO, Icon.OFFLINE, "离线 · 12 笔待上传")
    assert bar.badge.isVisible()
    with qtbot.waitSignal(bar.status_asked):
        qtbot.mouseClick(bar.badge, Qt.MouseButton.LeftButton)
    bar.badge.show_healthy()
    assert not bar.badge.isVisible()


def test_a_badge_without_a_home_never_becomes_a_window(qtbot: QtBot, theme: Theme) -> None:
    badge = StatusBadge(theme)
    qtbot.addWidget(badge)
    badge.show_status(Role.INFO, Icon.OFFLINE, "离线")
    assert not badge.isVisible()


def test_the_due_panel_keeps_its_height_and_asks_once(qtbot: QtBot, theme: Theme) -> None:
    panel = DuePanel(theme)
    shown(qtbot, panel, 505)
    panel.set_due("应收", "270.20", note="8 件")
    panel.set_button("收款", "F10")
    before = panel.sizeHint().height()
    panel.set_due("应收", "0.00", struck="¥270.20", dim=True)
    assert panel.sizeHint().height() == before
    with qtbot.waitSignal(panel.confirmed):
        qtbot.mouseClick(panel.button, Qt.MouseButton.LeftButton)


def test_the_rail_marks_one_page(qtbot: QtBot, theme: Theme) -> None:
    rail = Rail(theme, [("today", Icon.CHART, "今日"), ("sync", Icon.PULSE, "同步与设备")], name="页")
    qtbot.addWidget(rail)
    rail.set_current("sync")
    assert [item.chosen for item in rail._items.values()] == [False, True]


@pytest.mark.parametrize(("clear", "corner"), [(False, "00"), (True, CLEAR)])
def test_the_keypad_says_each_key(qtbot: QtBot, theme: Theme, clear: bool, corner: str) -> None:
    pad = Keypad(theme, names=("清空", "删除"), clear=clear)
    shown(qtbot, pad, 300, 400)
    said: list[str] = []
    pad.pressed.connect(said.append)
    keys = [*"1234567890", corner, DELETE]
    for key in keys:
        qtbot.mouseClick(pad.key(key), Qt.MouseButton.LeftButton)
    assert said == keys
    assert pad.key(DELETE).autoRepeat()
    assert not pad.key("1").autoRepeat()
    assert min(pad.key(key).height() for key in keys) >= 64


def test_the_on_screen_keys_type_and_close(qtbot: QtBot, theme: Theme) -> None:
    keys = OnScreenKeyboard(theme, clear_text="清空", delete_name="删除", close_name="收起键盘")
    shown(qtbot, keys, 825)
    said: list[str] = []
    keys.pressed.connect(said.append)
    buttons = {button.accessibleName(): button for button in keys.findChildren(KeyButton)}
    for name in ("z", "7", "删除"):
        qtbot.mouseClick(buttons[name], Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(keys.closed):
        qtbot.mouseClick(buttons["收起键盘"], Qt.MouseButton.LeftButton)
    assert said == ["z", "7", DELETE]


@pytest.mark.parametrize(
    ("text", "key", "after"), [("12", "3", "123"), ("12", DELETE, "1"), ("", DELETE, ""), ("12", CLEAR, ""),
                               ("12", "00", "120")]
)  # fmt: skip
def test_keys_change_what_is_typed(text: str, key: str, after: str) -> None:
    assert typed(text, key, length_max=3) == after


def test_a_banner_offers_at_most_two_ways_on(qtbot: QtBot, theme: Theme) -> None:
    page = QWidget()
    banner = Banner(theme, page)
    banner.setGeometry(0, 0, 700, 80)
    shown(qtbot, page, 700, 80)
    both = (BannerAction("打出来了", "yes"), BannerAction("补打", "again", "F5"))
    banner.show_notice(Role.ATTENTION, Icon.WARN, "小票可能没打出来", note="积分已保存。", actions=both)
    with qtbot.waitSignal(banner.pressed) as said:
        qtbot.mouseClick(banner.buttons[1], Qt.MouseButton.LeftButton)
    assert said.args == ["again"]
    with pytest.raises(ValueError, match="two"):
        banner.show_notice(Role.INFO, Icon.INFO, "三个", actions=(*both, both[0]))


def test_a_toast_goes_by_itself_and_never_takes_the_focus(qtbot: QtBot, theme: Theme) -> None:
    host = QWidget()
    shown(qtbot, host, 800, 400)
    host.setFocus()
    toast = Toast(theme, host)
    toast.show_toast("完成，+300 积分", BannerAction("撤销", "undo", "F6"))
    assert toast.isVisible()
    assert host.rect().contains(toast.geometry())
    host.resize(700, 300)
    assert host.rect().contains(toast.geometry())
    assert toast._timer.interval() == theme.tokens.motion.toast_stay
    assert toast.focusPolicy() == Qt.FocusPolicy.NoFocus
    toast._timer.timeout.emit()
    assert not toast.isVisible()


def test_touching_a_toast_does_its_action(qtbot: QtBot, theme: Theme) -> None:
    host = QWidget()
    shown(qtbot, host, 800, 400)
    toast = Toast(theme, host)
    toast.show_toast("完成", BannerAction("撤销", "undo", "F6"))
    with qtbot.waitSignal(toast.pressed) as said:
        qtbot.mouseClick(toast, Qt.MouseButton.LeftButton)
    assert said.args == ["undo"]


def test_progress_without_a_total_does_not_move(qtbot: QtBot, theme: Theme) -> None:
    progress = Progress(theme, cancel_text="取消")
    shown(qtbot, progress, 500)
    progress.set_progress("下载会员快照", "正在准备", None)
    assert not progress.bar.isVisible()
    progress.set_progress("下载会员快照", "41 / 64 桶", 640)
    assert progress.bar.isVisible()
    with qtbot.waitSignal(progress.cancelled):
        qtbot.mouseClick(progress.cancel, Qt.MouseButton.LeftButton)


def test_a_sheet_covers_the_right_keeps_presses_away_and_asks_to_go_on_esc(qtbot: QtBot, theme: Theme) -> None:
    host = QWidget()
    shown(qtbot, host, 1366, 704)
    sheet = Sheet(theme, host)
    sheet.present()
    assert (sheet.geometry().right(), sheet.width()) == (host.rect().right(), 640)
    assert sheet.scrim.geometry() == host.rect()
    assert host.childAt(QPoint(20, 20)) is sheet.scrim
    host.resize(1024, 600)
    assert sheet.geometry().right() == host.rect().right()
    with qtbot.waitSignal(sheet.dismissed):
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert sheet.isVisible()
    sheet.dismiss()
    assert not sheet.scrim.isVisible()


def test_pin_dots_say_how_many_never_which(theme: Theme) -> None:
    dots = PinDots(theme, 6, name="PIN")
    dots.set_filled(4)
    assert dots.accessibleName() == "PIN 4/6"
    dots.set_filled(9)
    assert dots.accessibleName() == "PIN 6/6"


def test_a_staff_tile_carries_its_person(qtbot: QtBot, theme: Theme) -> None:
    tile = StaffTile(theme, Staff("p-1", "林", "林晓", "收银员 · 0271"))
    shown(qtbot, tile, 377)
    plain = tile.grab().toImage()
    tile.set_chosen(True)
    assert tile.grab().toImage() != plain
    assert (tile.staff.staff_id, tile.accessibleName(), tile.height()) == ("p-1", "林晓 收银员 · 0271", 84)


def test_a_tender_shows_whether_it_is_chosen_or_dead(qtbot: QtBot, theme: Theme) -> None:
    tender = Tender(Icon.CASH, "现金", "1", "cash")
    button = TenderButton(theme, tender)
    shown(qtbot, button, 168)
    plain = button.grab().toImage()
    button.set_tender(Tender(Icon.CASH, "现金", "1", "cash", chosen=True))
    assert button.grab().toImage() != plain
    button.set_tender(Tender(Icon.CASH, "现金", "1", "cash", enabled=False))
    assert not button.isEnabled()


def test_steps_say_the_current_one(theme: Theme) -> None:
    steps = Steps(theme)
    steps.set_steps([Step("手机号", done=True), Step("姓名", current=True), Step("授权")])
    assert steps.accessibleName() == "姓名"
    assert steps.sizeHint().width() > 300


def test_agree_and_decline_are_the_same_size_and_none_is_chosen_first(qtbot: QtBot, theme: Theme) -> None:
    choice = ConsentChoice(theme, "优惠通知", "短信或微信", answers=("同意", "不同意"))
    shown(qtbot, choice, 950)
    assert choice.agree.size() == choice.decline.size()
    assert not choice.agree.chosen
    assert not choice.decline.chosen
    with qtbot.waitSignal(choice.answered) as said:
        qtbot.mouseClick(choice.decline, Qt.MouseButton.LeftButton)
    assert said.args == [False]
    choice.set_answer(False)
    assert (choice.agree.chosen, choice.decline.chosen) == (False, True)
    assert choice.agree.size() == choice.decline.size()


def test_a_fact_says_before_and_after(theme: Theme) -> None:
    fact = FactRow(theme, "剩余积分")
    fact.set_change("16,860", "14,860")
    assert fact.accessibleName() == "剩余积分 16,860 14,860"


def test_the_slider_jumps_where_it_is_touched_and_ends_at_the_limit(qtbot: QtBot, theme: Theme) -> None:
    slider = PointsSlider(theme, name="使用积分")
    slider.setRange(0, 3000)
    slider.setSingleStep(100)
    shown(qtbot, slider, 600)
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(300, 32))
    assert slider.value() == 1500
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(599, 32))
    assert slider.value() == 3000
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(0, 32))
    assert slider.value() == 0
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert slider.value() == 100


def test_a_stat_tile_says_figure_and_comparison(theme: Theme) -> None:
    tile = StatTile(theme)
    tile.set_stat("销售额", "¥18,264", Run("▲ 8%", Size.CAPTION, Tone.PRIMARY), Run("比上周日同时", Size.CAPTION))
    assert tile.accessibleName() == "销售额 ¥18,264 ▲ 8% 比上周日同时"


def test_a_slim_bar_drops_help_and_gives_its_room_to_the_left(qtbot: QtBot, theme: Theme) -> None:
    page, left = QWidget(), QWidget()
    bar = TopBar(theme, left, help_name="帮助", lock_name="锁定", parent=page)
    bar.set_left_width(825)
    bar.resize(1366, 64)
    shown(qtbot, page, 1366, 100)
    assert (left.width(), bar.help.isVisible()) == (825, True)
    bar.set_slim(True)
    bar.resize(768, 64)
    qtbot.waitUntil(lambda: not bar.help.isVisible() and left.width() < 825)
    assert left.width() > 400
    with qtbot.waitSignal(bar.lock_asked):
        qtbot.mouseClick(bar.lock, Qt.MouseButton.LeftButton)


def test_a_label_can_change_its_words_and_meaning(qtbot: QtBot, theme: Theme) -> None:
    label = Label(theme, "已打印", tone=Tone.PRIMARY)
    shown(qtbot, label, 200)
    before = label.grab().toImage()
    label.set_tone(Tone.ERROR)
    assert label.grab().toImage() != before
    label.set_text("没打出来")
    assert label.accessibleName() == "没打出来"
    assert label.minimumSizeHint().width() == 0


def test_work_that_cannot_be_stopped_has_no_cancel(qtbot: QtBot, theme: Theme) -> None:
    progress = Progress(theme, cancel_text="取消")
    shown(qtbot, progress, 500)
    progress.set_cancellable(False)
    assert not progress.cancel.isVisible()


def test_steps_without_room_drop_dashes_and_then_the_words_that_are_done(qtbot: QtBot, theme: Theme) -> None:
    steps = Steps(theme)
    steps.set_steps([Step("Phone", done=True), Step("Name", done=True), Step("Consent", current=True), Step("Card")])
    least, full = steps.minimumSizeHint().width(), steps.sizeHint().width()
    shown(qtbot, steps, full, 40)
    assert least < full - 100
    for width in (full, least):
        steps.resize(width, 40)
        image = steps.grab().toImage()
        assert image.width() == width
        assert image.pixelColor(width - 12, 4) == QColor(theme.palette.surface.sunken), "the last chip is whole"


def test_what_is_typed_goes_before_the_finding_beside_it(qtbot: QtBot, theme: Theme) -> None:
    field = Field(theme, "Phone number", icon=Icon.PHONE)
    field.set_text("136****8804")
    field.set_tail(IconRun(Icon.OKC, 20, Tone.PRIMARY), Run("not known yet", tone=Tone.PRIMARY))
    shown(qtbot, field, 500, 90)
    assert len(field.tail.shown()[1]) == 2
    field.resize(250, 90)
    qtbot.waitUntil(lambda: len(field.tail.shown()[1]) == 1)
    assert field.edit.width() >= field.edit.fontMetrics().horizontalAdvance("136****8804")
