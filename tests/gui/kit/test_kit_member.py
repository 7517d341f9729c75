"""Money and member: amounts in two sizes, what is never cut, the meter, the card's rows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.theme.names import Icon, Size, Tier, Tone
from ui.theme.theme import Theme
from ui.widgets.basics import Label
from ui.widgets.figures import Amount, PointsMeter
from ui.widgets.member import ItemRow, MemberHead, PointsPanel
from ui.widgets.runs import RunLine, fit_runs, runs_width, smaller, split_money
from ui.widgets.values import Member, MoneyRun, PointsView, Run

MEMBER = Member("张", "张*凡", Tier.GOLD, "金卡", "138****2719", "动态码已验", hint="本月生日")


def shown(qtbot: QtBot, widget: QWidget, width: int = 0, height: int = 0) -> None:
    if width:
        widget.resize(width, height or widget.sizeHint().height())
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()


@pytest.mark.parametrize(
    ("text", "parts"),
    [("1,234.50", ("¥", "1,234", ".50")), ("−6.00", ("−¥", "6", ".00")), ("135", ("¥", "135", "")),
     ("¥0.05", ("¥", "0", ".05"))],
)  # fmt: skip
def test_an_amount_is_cut_into_three_runs(text: str, parts: tuple[str, str, str]) -> None:
    cut = split_money(text)
    assert (cut.sign, cut.integer, cut.decimals) == parts


def test_an_amount_is_never_narrower_than_its_figures(theme: Theme) -> None:
    amount = Amount(theme, "99,999,999.99")
    assert amount.minimumSizeHint().width() >= runs_width(theme, (MoneyRun("99,999,999.99"),))
    assert amount.accessibleName() == "¥99,999,999.99"


def test_amounts_of_one_length_are_equally_wide(theme: Theme) -> None:
    widths = {round(runs_width(theme, (MoneyRun(f"{digit * 3}.{digit * 2}"),)), 3) for digit in "0123456789"}
    assert len(widths) == 1


def test_a_large_bold_figure_is_as_heavy_as_a_small_one(qtbot: QtBot, theme: Theme) -> None:
    """From 64 px on Qt draws outlines and a synthetic bold is lost; the kit strokes it."""
    bold, plain = Amount(theme, "270"), RunLine(theme, (Run("270", Size.AMOUNT, bold=False),))
    for widget in (bold, plain):
        shown(qtbot, widget, 300)
    assert dark_share(bold.grab().toImage()) > 1.15 * dark_share(plain.grab().toImage())


def dark_share(image: QImage) -> float:
    places = [(x, y) for x in range(60, image.width()) for y in range(image.height())]
    columns = {x for x, y in places if image.pixelColor(x, y).lightness() < 100}
    dark = sum(image.pixelColor(x, y).lightness() < 100 for x, y in places)
    return dark / max(1, len(columns))


def test_a_line_too_long_is_cut_at_its_end_and_keeps_the_right(theme: Theme) -> None:
    runs = (Run("张*凡", Size.TITLE), Run("静安寺店 · 十二天前 · 还有很长的说明"))
    full = runs_width(theme, runs)
    cut = fit_runs(theme, runs, full - 60)
    assert runs_width(theme, cut) <= full - 60 + 0.5
    assert isinstance(cut[-1], Run)
    assert cut[-1].text.endswith("…")
    assert fit_runs(theme, runs, full) == runs


def test_the_member_head_shows_only_what_it_is_given(qtbot: QtBot, theme: Theme) -> None:
    head = MemberHead(theme)
    shown(qtbot, head, 470)
    head.set_member(MEMBER)
    assert head.accessibleName() == "张*凡 金卡 138****2719"
    assert head.hint.isVisible()
    head.set_member(Member("李", "李*敏", Tier.BASE, "普通", "159****0386"))
    assert not head.hint.isVisible()


def test_the_points_panel_keeps_its_height_whatever_it_shows(theme: Theme) -> None:
    panel = PointsPanel(theme)
    panel.set_points(PointsView("积分", "16,860", "值", "¥168", 801, 0, "本单可用 13,500", right="1,200 分 12-31 到期"))
    before = panel.height()
    panel.set_points(PointsView("积分", "0"))
    assert (before, panel.height()) == (126, 126)
    assert panel.accessibleName() == "积分 0"


@pytest.mark.parametrize(("usable", "network", "at"), [(800, 0, 0.5), (180, 620, 0.1)])
def test_the_meter_is_solid_where_points_can_be_used(
    qtbot: QtBot, theme: Theme, usable: int, network: int, at: float
) -> None:
    meter = PointsMeter(theme)
    shown(qtbot, meter, 400)
    meter.set_shares(usable, network)
    image = meter.grab().toImage()
    assert image.pixelColor(int(400 * at), 7) == QColor(theme.palette.points.fill)
    assert image.pixelColor(395, 7) == QColor(theme.palette.surface.raised)


def test_the_meter_never_fills_beyond_the_whole(theme: Theme) -> None:
    meter = PointsMeter(theme)
    meter.set_shares(900, 900)
    assert meter.accessibleName() == "90 % + 10 %"


def test_an_item_row_has_a_button_only_when_there_is_something_to_do(qtbot: QtBot, theme: Theme) -> None:
    item = ItemRow(theme, icon=Icon.TICKET, tone=Tone.POINTS)
    shown(qtbot, item, 470)
    item.set_item("满 200 减 20", "适用本单")
    assert not item.button.isVisible()
    item.set_button("使用")
    with qtbot.waitSignal(item.pressed):
        qtbot.mouseClick(item.button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("width", [470, 330, 240])
def test_the_balance_is_never_cut(qtbot: QtBot, theme: Theme, width: int) -> None:
    panel = PointsPanel(theme)
    shown(qtbot, panel, 470)
    panel.set_points(PointsView("Points held", "16,860", "worth", "¥168.60", left="Spending points needs head office",
                                left_offline=True, right="1,200 expire 12-31"))  # fmt: skip
    panel.setFixedWidth(width)
    left, _right = panel.head.shown()
    assert any(isinstance(run, Run) and run.text == "16,860" for run in left)
    assert runs_width(theme, left) <= panel.head.width()


def test_captions_go_before_figures(theme: Theme) -> None:
    line = RunLine(theme, height_px=52)
    full: tuple[Run, ...] = (Run("积分"), Run("16,860", Size.FIGURE))
    line.set_choices((full, (Run("值"), Run("¥168"))), (full, ()), (full[1:], ()))
    line.resize(line.sizeHint())
    assert line.shown()[1] != ()
    line.resize(line.sizeHint().width() - 20, 52)
    assert line.shown() == (full, ())
    line.resize(10, 52)
    assert line.shown() == (full[1:], ())
    assert line.accessibleName() == "积分 16,860 值 ¥168"
    assert line.minimumSizeHint().width() >= runs_width(theme, full[1:])


def test_without_room_the_hint_goes_and_the_name_stays(qtbot: QtBot, theme: Theme) -> None:
    head = MemberHead(theme)
    shown(qtbot, head, 470)
    head.set_member(MEMBER)
    head.resize(head.minimumSizeHint().width(), 66)
    assert not head.hint.isVisible()
    assert head.name.width() >= head.name.sizeHint().width()
    head.resize(470, 66)
    assert head.hint.isVisible()
    assert not head.hint.geometry().intersects(head.tier.geometry())


def test_a_label_writes_smaller_before_it_cuts_and_keeps_its_height(qtbot: QtBot, theme: Theme) -> None:
    label = Label(theme, "170.20", size=Size.FIGURE)
    shown(qtbot, label, 300)
    assert label.fitting_font().pixelSize() == 48
    label.setFixedWidth(110)
    assert label.fitting_font().pixelSize() in (28, 32)
    label.setFixedWidth(5)
    assert label.fitting_font().pixelSize() == 15
    assert label.height() == 54


def test_words_shrink_and_figures_do_not(theme: Theme) -> None:
    runs = (Run("积分", Size.BODY), Run("16,860", Size.FIGURE))
    less = smaller(theme, runs, 10)
    assert [run.size for run in less if isinstance(run, Run)] == [Size.CAPTION, Size.FIGURE]


def test_words_become_only_as_small_as_they_must(theme: Theme) -> None:
    runs = (Run("Add to the receipt", Size.HEADLINE, bold=True),)
    full = runs_width(theme, runs)
    assert [run.size for run in smaller(theme, runs, full * 0.9) if isinstance(run, Run)] == [Size.TITLE]
    assert [run.size for run in smaller(theme, runs, full * 0.7) if isinstance(run, Run)] == [Size.STRONG]
