"""The second gallery page: the parts of the task screens (pictures b, f, g, h, i, j, k, m, s). For developers only.

`python -m ui.widgets.gallery_tasks OUT.png [light|dark|contrast] [scale]`
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from app.domain.receipt import Align, Barcode, Columns, Cut, QrCode, Receipt, Rule, Text
from app.resources import resources
from ui.theme.apply import apply_theme
from ui.theme.names import Icon, Role, Size, Tier, Tone
from ui.theme.theme import Theme, open_theme
from ui.widgets.basics import Card, Label, column, row
from ui.widgets.field import Field, FigureField
from ui.widgets.frame import DuePanel, Rail, TitleBlock, TopBar
from ui.widgets.keypad import OnScreenKeyboard
from ui.widgets.member import ItemRow, MemberHead, PointsPanel, TierProgress
from ui.widgets.people import CardTile, PinDots, StaffTile
from ui.widgets.receipt import ReceiptPaper
from ui.widgets.results import ResultList
from ui.widgets.returns import ReturnList
from ui.widgets.tables import StatTile, Table
from ui.widgets.tasks import ConsentChoice, ConsentRow, FactRow, PointsSlider, Steps, TenderButton
from ui.widgets.values import (
    CapRun,
    Cell,
    ChipSpec,
    Column,
    IconRun,
    Member,
    PointsView,
    ResultRow,
    ReturnRow,
    Run,
    Staff,
    Step,
    Tender,
)

SIZE_PX = (1366, 1900)
RECEIPT = Receipt((
    Text("花间生活馆", Align.CENTRE, bold=True, double=True), Text("静安寺店　2号机", Align.CENTRE), Rule(),
    Columns("小票 S027-2-000331", "2026-12-06 14:33"), Text("玻尿酸补水面膜 5 片装"), Columns("    2 x 49.90", "99.80"),
    Rule(), Columns("应收", "¥250.20", double=True, bold=True), QrCode("https://example.cn/r/S027-2-000331"),
    Barcode("S0272000331"), Cut(),
))  # fmt: skip


class TaskGallery(QWidget):
    """The page. UI thread."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("ground", "base")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("gallery")
        grid = QGridLayout(self)
        grid.setContentsMargins(*[theme.px(12)] * 4)
        grid.setSpacing(theme.px(12))
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        for line, parts in enumerate((
            (self._bar(), None), (self._results(), self._member()), (self._keyboard(), self._people()),
            (self._returns(), self._redeem()), (self._enrol(), self._pay()), (self._report(), self._paper()),
        )):  # fmt: skip
            for place, part in enumerate(parts):
                if part is not None:
                    grid.addWidget(part, line, place, 1, 1 if parts[1] else 2)

    def _bar(self) -> QWidget:
        title = TitleBlock(self._theme, "柜台")
        title.set_title("今日", "静安寺店 · 12-06 周日 · 截至 14:32")
        title.setMinimumWidth(self._theme.px(700))
        bar = TopBar(self._theme, title, help_name="帮助", lock_name="锁定")
        bar.set_who("沈岚", "店长")
        bar.set_time("14:32")
        bar.badge.show_status(Role.INFO, Icon.OFFLINE, "离线 · 12 笔待上传")
        return bar

    def _results(self) -> QWidget:
        rows = (
            ResultRow("张", "张*凡", "ZXF", "138****2719", "静安寺店 · 12 天前", Tier.GOLD, "金卡", "16,860"),
            ResultRow("张", "张*芳", "ZXF", "159****0386", "静安寺店 · 昨天", Tier.SILVER, "银卡", "2,340"),
            ResultRow("郑", "郑*菲", "ZXF", "137****4402", "静安寺店 · 5 天前", Tier.DIAMOND, "钻石", "48,120"),
        )
        results = ResultList(self._theme, name="找到的会员")
        results.set_rows(rows, 0)
        keys = (CapRun("↑"), CapRun("↓"), Run("选择", Size.LABEL), CapRun("Enter"), Run("确定", Size.LABEL))
        results.set_head((Run("20", Size.LABEL, bold=True), Run("位会员", Size.LABEL, Tone.SECOND, gap_px=4)), keys)
        results.set_foot(Run("还有 15 位，继续输入可缩小范围：加一位手机尾号", Size.LABEL, Tone.SECOND))
        return results

    def _member(self) -> QWidget:
        theme, card = self._theme, Card(self._theme)
        head, points = MemberHead(theme), PointsPanel(theme)
        head.set_member(Member("张", "张*凡", Tier.GOLD, "金卡", "138****2719", "动态码已验", True, "本月生日"))
        points.set_points(PointsView("积分", "16,860", "值", "¥168", 178, 623,
                                     "可离线抵扣 3,000 分 · 全部 13,500 分需联网", True))  # fmt: skip
        coupon, offer = ItemRow(theme, icon=Icon.TICKET, tone=Tone.POINTS), ItemRow(theme)
        progress = TierProgress(theme)
        coupon.set_item("满 200 减 20", "适用本单 · 另有 1 张")
        coupon.set_button("使用")
        offer.set_item("收回当时得的积分", "樱花身体乳 −66")
        offer.set_tail(Run("−80", Size.NUMBER, Tone.SECOND))
        progress.set_progress("再消费 ¥1,320 升级钻石", 868)
        for part in (head, points, coupon, offer, progress):
            card.body.addWidget(part)
        return card

    def _keyboard(self) -> QWidget:
        return OnScreenKeyboard(self._theme, clear_text="清空", delete_name="删除", close_name="收起键盘")

    def _people(self) -> QWidget:
        theme, card = self._theme, Card(self._theme)
        first = StaffTile(theme, Staff("1", "林", "林晓", "收银员 · 0271"))
        first.set_chosen(True)
        dots = PinDots(theme, name="PIN")
        dots.set_filled(4)
        card.body.addWidget(first)
        card.body.addWidget(CardTile(theme, "刷员工卡登录"))
        card.body.addWidget(dots)
        return card

    def _returns(self) -> QWidget:
        lines = ReturnList(self._theme, ("商品（空格选中，+ − 改数量）", "退货数量", "退回"), name="小票", word="退")
        lines.set_rows((
            ReturnRow("玻尿酸补水面膜 5 片装", "买 2 件 · ¥49.90", False, 0, 2, ""),
            ReturnRow("樱花身体乳 400ml", "买 1 件 · ¥59.00", True, 1, 1, "59.00"),
            ReturnRow("薄荷护龈牙膏 180g", "已退完", False, 0, 0, ""),
        ))  # fmt: skip
        lines.setMinimumHeight(self._theme.px(240))
        return lines

    def _redeem(self) -> QWidget:
        theme, card = self._theme, Card(self._theme, look="points")
        slider = PointsSlider(theme, name="使用积分")
        slider.setRange(0, 3000)
        slider.setValue(2000)
        left, earned = FactRow(theme, "剩余积分"), FactRow(theme, "本单积分")
        left.set_change("16,860", "14,860")
        earned.set_change("+324", "+300")
        for part in (slider, left, earned):
            card.body.addWidget(part)
        return card

    def _enrol(self) -> QWidget:
        theme, card = self._theme, Card(self._theme)
        steps = Steps(theme)
        steps.set_steps((Step("手机号", True), Step("姓名", True), Step("授权", current=True), Step("发卡")))
        phone = Field(theme, "手机号", icon=Icon.PHONE)
        phone.set_text("136 **** 8804")
        found = Run("未发现重复", tone=Tone.PRIMARY, gap_px=6)
        phone.set_tail(IconRun(Icon.OKC, 20, Tone.PRIMARY), found)
        consent = ConsentRow(theme, Icon.HEART, "会员服务", "记录积分、发放权益，办卡所必需")
        consent.set_answer(ChipSpec("同意", Role.PRIMARY, Icon.OK))
        choice = ConsentChoice(theme, "与合作方共享", "仅用于联合积分", answers=("同意", "不同意"))
        choice.set_answer(False)
        for part in (steps, phone, consent, choice):
            card.body.addWidget(part)
        return card

    def _pay(self) -> QWidget:
        theme, page = self._theme, QWidget()
        tenders = [TenderButton(theme, Tender(Icon.CASH, "现金", "1", "cash", chosen=True)),
                   TenderButton(theme, Tender(Icon.QR, "扫码支付", "2", "qr")),
                   TenderButton(theme, Tender(Icon.COIN, "积分", "F4", "points", enabled=False))]  # fmt: skip
        cash, due = FigureField(theme, name="实收现金"), DuePanel(theme)
        cash.set_figure("300")
        due.set_due("找零", "49.80", struck="¥300.00")
        due.set_button("完成", "F10")
        lines = column(gap=theme.px(12))
        lines.addLayout(row(*tenders, gap=theme.px(10)))
        lines.addWidget(cash)
        lines.addWidget(due)
        page.setLayout(lines)
        return page

    def _report(self) -> QWidget:
        theme, page = self._theme, QWidget()
        pages = (("cart", Icon.CART, "收银"), ("today", Icon.CHART, "今日"), ("sync", Icon.PULSE, "同步与设备"))
        rail = Rail(theme, pages, name="页面")
        rail.set_current("today")
        tile = StatTile(theme)
        than = Run("比上周日同时", Size.CAPTION, Tone.SECOND, gap_px=4)
        tile.set_stat("销售额", "¥18,264", Run("▲ 8%", Size.CAPTION, Tone.PRIMARY, bold=True), than)
        table = Table(theme, (Column("时间", 100), Column("会员"), Column("积分", 90, right=True), Column("状态", 130)),
                      name="待上传")  # fmt: skip
        chip = Cell("", chip=ChipSpec("等网络", Role.INFO, Icon.UP))
        table.set_rows([(Cell("14:31"), Cell("王*婷"), Cell("+158", Tone.POINTS, bold=True), chip)] * 2, chosen=0)
        right = column(tile, table, gap=theme.px(12))
        both = row(rail, gap=theme.px(12))
        both.addLayout(right, 1)
        page.setLayout(both)
        return page

    def _paper(self) -> QWidget:
        paper = ReceiptPaper(self._theme, name="小票")
        paper.set_receipt(RECEIPT)
        page = QWidget()
        page.setLayout(column(Label(self._theme, "小票", size=Size.LABEL), paper, 1))
        return page


def main(arguments: Sequence[str]) -> int:
    """Render the page to a file."""
    app = QApplication([])
    name = arguments[1] if len(arguments) > 1 else "light"
    theme = open_theme(resources(), name, float(arguments[2]) if len(arguments) > 2 else 1.0)
    apply_theme(app, theme)
    page = TaskGallery(theme)
    page.resize(theme.px(SIZE_PX[0]), theme.px(SIZE_PX[1]))
    page.show()
    app.processEvents()
    return 0 if page.grab().save(arguments[0]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
