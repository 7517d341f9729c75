"""Basket, results, returns, tables: rows, the one stepper, signals with row numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.theme.names import Icon, Role, Tier, Tone
from ui.theme.theme import Theme
from ui.widgets.basket import BasketList
from ui.widgets.results import ResultList
from ui.widgets.returns import ReturnList
from ui.widgets.tables import Table
from ui.widgets.values import BasketRow, CapRun, Cell, ChipSpec, Column, ResultRow, ReturnRow, Run

GOODS = [BasketRow(f"商品 {number}", "9.90", number, "9.90") for number in range(1, 30)]


def shown(qtbot: QtBot, widget: QWidget, width: int = 825, height: int = 500) -> None:
    widget.resize(width, height)
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()


@pytest.fixture
def basket(qtbot: QtBot, theme: Theme) -> BasketList:
    made = BasketList(theme, ("商品", "数量", "金额"), name="购物篮", step_names=("减一件", "加一件"))
    shown(qtbot, made)
    return made


def test_the_stepper_lies_over_the_active_row(basket: BasketList) -> None:
    basket.set_rows(GOODS[:4], 2)
    assert basket.stepper.isVisible()
    row = basket.view.visualRect(basket.model.index(2))
    assert row.contains(basket.stepper.geometry())
    basket.set_rows(GOODS[:4], -1)
    assert not basket.stepper.isVisible()


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_the_stepper_stays_inside_its_row_at_every_scale(
    qtbot: QtBot, themed: Callable[..., Theme], scale: float
) -> None:
    made = BasketList(themed("light", scale), ("商品", "数量", "金额"), name="购物篮")
    shown(qtbot, made, int(825 * scale), int(400 * scale))
    made.set_rows(GOODS[:3], 1)
    assert made.view.visualRect(made.model.index(1)).contains(made.stepper.geometry())


def test_the_newest_row_is_scrolled_to_and_the_stepper_follows_a_scroll(basket: BasketList) -> None:
    basket.set_rows(GOODS, len(GOODS) - 1)
    bar = basket.view.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    before = basket.stepper.y()
    bar.setValue(bar.value() - 30)
    assert basket.stepper.y() == before + 30


def test_plus_and_minus_ask_for_the_active_row(qtbot: QtBot, basket: BasketList) -> None:
    basket.set_rows(GOODS[:4], 2)
    with qtbot.waitSignal(basket.more) as more:
        qtbot.mouseClick(basket.stepper.plus, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(basket.less) as less:
        qtbot.mouseClick(basket.stepper.minus, Qt.MouseButton.LeftButton)
    assert (more.args, less.args) == ([2], [2])


def test_minus_turns_into_a_bin_at_one(basket: BasketList) -> None:
    basket.set_rows(GOODS[:1], 0)
    last = basket.stepper.minus.grab().toImage()
    basket.set_rows([replace(GOODS[0], quantity=2)], 0)
    assert basket.stepper.count.text() == "2"
    assert basket.stepper.minus.grab().toImage() != last
    assert basket.stepper.minus.accessibleName() == "减一件"


def test_touching_a_row_chooses_it(qtbot: QtBot, basket: BasketList) -> None:
    basket.set_rows(GOODS[:4], 3)
    middle = basket.view.visualRect(basket.model.index(1)).center()
    with qtbot.waitSignal(basket.chosen) as said:
        qtbot.mouseClick(basket.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, middle.y()))
    assert said.args == [1]


def test_a_screen_reader_hears_each_line(basket: BasketList) -> None:
    basket.set_rows(GOODS[:2])
    said = basket.model.data(basket.model.index(1), Qt.ItemDataRole.AccessibleTextRole)
    assert said == "商品 2 × 2 ¥9.90"


def test_changed_rows_keep_the_scroll_place(basket: BasketList) -> None:
    basket.set_rows(GOODS, 0)
    bar = basket.view.verticalScrollBar()
    bar.setValue(100)
    basket.set_rows([replace(row, amount="1.00") for row in GOODS], -1)
    assert bar.value() == 100


FOUND = [ResultRow("张", "张*凡", "ZXF", "138****2719", "静安寺店 · 12 天前", Tier.GOLD, "金卡", "16,860"),
         ResultRow("周", "周*帆", "ZXF", "135****9018", "人民广场店", Tier.BASE, "普通", "60")]  # fmt: skip


def test_a_result_is_pointed_at_first_and_taken_then(qtbot: QtBot, theme: Theme) -> None:
    results = ResultList(theme, name="找到的会员")
    shown(qtbot, results)
    results.set_rows(FOUND, 0)
    results.set_head((Run("20 位会员"),), (CapRun("Enter"), Run("确定")))
    results.set_foot(Run("还有 15 位"))
    place = results.view.visualRect(results.model.index(1)).center()
    with qtbot.waitSignal(results.pointed) as pointed:
        qtbot.mouseClick(results.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    results.set_rows(FOUND, 1)
    with qtbot.waitSignal(results.taken) as taken:
        qtbot.mouseClick(results.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert (pointed.args, taken.args, results.foot.isVisible()) == ([1], [1], True)


def test_results_say_only_what_is_masked(theme: Theme) -> None:
    results = ResultList(theme, name="找到的会员")
    results.set_rows(FOUND)
    assert results.model.data(results.model.index(0)) == "张*凡 138****2719 金卡 16,860"


def test_return_lines_toggle_and_step(qtbot: QtBot, theme: Theme) -> None:
    lines = ReturnList(theme, ("商品", "退货数量", "退回"), name="小票", word="退")
    shown(qtbot, lines)
    rows = [ReturnRow("面膜", "买 2 件", False, 0, 2, ""), ReturnRow("身体乳", "买 1 件", True, 1, 1, "59.00"),
            ReturnRow("牙膏", "已退完", False, 0, 0, "")]  # fmt: skip
    lines.set_rows(rows)
    with qtbot.waitSignal(lines.toggled) as box:
        qtbot.mouseClick(lines.lines[0].check, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(lines.toggled) as line:
        qtbot.mouseClick(lines.lines[1], Qt.MouseButton.LeftButton, pos=QPoint(200, 30))
    with qtbot.waitSignal(lines.less) as less:
        qtbot.mouseClick(lines.lines[1].stepper.minus, Qt.MouseButton.LeftButton)
    assert (box.args, line.args, less.args) == ([0], [1], [1])
    assert not lines.lines[1].stepper.plus.isEnabled()
    assert not lines.lines[2].check.isEnabled()
    assert not lines.lines[0].stepper.isVisible()
    lines.set_rows(rows[:1])
    assert len(lines.lines) == 1


def test_a_table_shares_its_width_and_refuses_rows_that_do_not_fit(qtbot: QtBot, theme: Theme) -> None:
    table = Table(theme, [Column("时间", 120), Column("会员"), Column("积分", 100, right=True)], name="事件")
    row = [Cell("14:31"), Cell("", chip=ChipSpec("等网络", Role.INFO, Icon.UP)), Cell("+158", Tone.POINTS, bold=True)]
    table.set_rows([row, row], chosen=1)
    shown(qtbot, table, 1300, 300)
    assert sum(table.view.columnWidth(number) for number in range(3)) == table.view.viewport().width()
    assert table.model.data(table.model.index(0, 1)) == "等网络"
    with qtbot.waitSignal(table.chosen) as said:
        qtbot.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(30, 70))
    assert said.args == [1]
    with pytest.raises(ValueError, match="columns"):
        table.set_rows([row[:2]])
