"""All components and states on one page, to be compared with the pictures o, p, q. For developers only.

`python -m ui.widgets.gallery OUT.png [light|dark|contrast] [scale]` renders it; the words are the pictures' own.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from app.resources import resources
from ui.theme.apply import apply_theme
from ui.theme.names import Icon, Kind, Role, Size, Tier, Tone
from ui.theme.theme import Theme, open_theme
from ui.widgets.basics import Card, Label, column, row
from ui.widgets.basket import BasketList
from ui.widgets.buttons import KeyButton, RedeemButton
from ui.widgets.chips import Chip, ChoiceChip, StatusBadge, TierChip
from ui.widgets.field import Field
from ui.widgets.figures import PointsMeter
from ui.widgets.focus import FocusRing
from ui.widgets.frame import FunctionKeyStrip
from ui.widgets.keypad import Keypad
from ui.widgets.notices import Banner, EmptyState, Progress, Toast
from ui.widgets.paint import box
from ui.widgets.scan_field import ScanField
from ui.widgets.sheet import Sheet
from ui.widgets.values import (
    BannerAction,
    BasketRow,
    ChipSpec,
    IconRun,
    KeySpec,
    Redeem,
    Run,
)

GOODS = (
    BasketRow("玻尿酸补水面膜 5 片装", "49.90", 2, "99.80"),
    BasketRow("氨基酸洁面乳 120g", "39.00", 1, "39.00", "会员价 · 省 ¥6.00"),
    BasketRow("棉柔巾 100 抽 三包装", "29.90", 1, "29.90"),
    BasketRow("樱花身体乳 400ml", "59.00", 1, "59.00"),
)
SIZE_PX = (1366, 1570)


class Swatch(QWidget):
    """A colour and its name."""

    def __init__(self, theme: Theme, colour: str, name: str) -> None:
        super().__init__()
        self._theme, self._colour = theme, colour
        self.setFixedSize(theme.px(76), theme.px(62))
        label = Label(theme, name, size=Size.CAPTION, tone=Tone.SECOND, parent=self)
        label.setGeometry(0, theme.px(40), theme.px(76), theme.px(22))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The colour in a box."""
        area = self.rect().toRectF()
        area.setHeight(self._theme.px(40))
        colours = (QColor(self._colour), QColor(self._theme.palette.line.subtle))
        box(QPainter(self), area, colours, radius=self._theme.px(6), edge=1)


class Gallery(QWidget):
    """The page. UI thread."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("ground", "base")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("gallery")
        self.rings: list[tuple[FocusRing, QWidget]] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(*[theme.px(16)] * 4)
        grid.setSpacing(theme.px(12))
        for number in range(12):
            grid.setColumnStretch(number, 1)
        parts = (
            ("颜色 Colour", self._colours(), (0, 0, 12)),
            ("按钮 Buttons：平常 · 焦点 · 按下 · 不可用", self._buttons(), (1, 0, 7)),
            ("功能键 Function keys", self._keys(), (1, 7, 5)),
            ("状态徽标 Status badge：健康时什么都不显示", self._badges(), (2, 0, 12)),
            ("扫描框 Scan field：待扫 · 输入 · 认出 · 拒绝", self._scans(), (3, 0, 6)),
            ("横幅与轻提示 Banner and toast", self._banners(), (3, 6, 6)),
            ("积分条 Points meter：本单可用 · 超出本单上限 · 需联网", self._meters(), (4, 0, 6)),
            ("输入框 Fields", self._fields(), (4, 6, 3)),
            ("空 Empty", self._empty(), (4, 9, 3)),
            ("主管授权 Approval sheet：从右侧滑入，盖住右栏，不盖小票", self._sheet(), (5, 0, 12)),
        )
        for title, content, (line, start, span) in parts:
            grid.addWidget(self._section(title, content), line, start, 1, span)

    def show_rings(self) -> None:
        """Place the focus rings; after the page is shown."""
        for ring, target in self.rings:
            ring.surround(target)

    def _section(self, title: str, content: QLayout) -> QFrame:
        card = Card(self._theme)
        card.setMinimumWidth(0)
        card.body.addWidget(Label(self._theme, title, size=Size.LABEL, tone=Tone.SECOND, bold=True))
        card.body.addLayout(content)
        card.body.addStretch(1)
        return card

    def _colours(self) -> QHBoxLayout:
        palette, theme = self._theme.palette, self._theme
        pairs = {
            "base": palette.surface.base,
            "raised": palette.surface.raised,
            "sunken": palette.surface.sunken,
            "selected": palette.surface.selected,
            "primary": palette.primary.fill,
            "points": palette.points.fill,
            "info": palette.info.fill,
            "attention": palette.attention.fill,
            "error": palette.error.fill,
            "text": palette.text.primary,
            "second": palette.text.secondary,
            "third": palette.text.tertiary,
            "edge": palette.line.strong,
        }
        return row(*(Swatch(theme, colour, name) for name, colour in pairs.items()), 1, gap=theme.px(8))

    def _four(self, text: str, kind: Kind, key: str) -> list[QWidget]:
        """A button in its four states."""
        buttons = [KeyButton(self._theme, text, kind=kind, key=key) for _ in range(4)]
        self.rings.append((FocusRing(self._theme, self, follow=False), buttons[1]))
        buttons[2].setDown(True)
        buttons[3].setEnabled(False)
        return list(buttons)

    def _buttons(self) -> QVBoxLayout:
        theme = self._theme
        redeem = RedeemButton(theme)
        redeem.set_redeem(Redeem("兑换", "F4", "本单可抵", "¥135"))
        redeem.setFixedWidth(theme.px(300))
        quiet = KeyButton(theme, "不再提示", kind=Kind.QUIET)
        lines = column(gap=theme.px(12))
        lines.addLayout(row(*self._four("收款", Kind.PRIMARY, "F10"), 1, gap=theme.px(14)))
        lines.addLayout(row(redeem, *self._four("使用", Kind.PLAIN, ""), 1, gap=theme.px(14)))
        lines.addLayout(row(quiet, 1))
        return lines

    def _keys(self) -> QVBoxLayout:
        theme = self._theme
        strip = FunctionKeyStrip(theme)
        strip.set_keys([KeySpec("F2", "查找", "find"), KeySpec("F4", "兑换", "redeem", hot=True),
                        KeySpec("F5", "补打", "reprint", enabled=False), KeySpec("F8", "主管", "approve")])  # fmt: skip
        names = {Tier.BASE: "普通", Tier.SILVER: "银卡", Tier.GOLD: "金卡", Tier.DIAMOND: "钻石"}
        chips = (
            ChipSpec("已同意", Role.PRIMARY, Icon.OKC), ChipSpec("待上传", Role.INFO, Icon.UP),
            ChipSpec("生日", Role.POINTS, Icon.CAKE), ChipSpec("快没纸", Role.ATTENTION, Icon.WARN),
            ChipSpec("已拒绝", Role.ERROR, Icon.STOP),
        )  # fmt: skip
        lines = column(strip, gap=theme.px(10))
        lines.addLayout(row(*(TierChip(theme, tier, name) for tier, name in names.items()), 1, gap=theme.px(10)))
        lines.addLayout(row(*(Chip(theme, spec) for spec in chips), 1, gap=theme.px(8)))
        return lines

    def _badges(self) -> QHBoxLayout:
        shown = (
            (Role.INFO, Icon.OFFLINE, "离线 · 12 笔待上传"), (Role.INFO, Icon.CLOCK, "网络慢"),
            (Role.INFO, Icon.SYNC, "同步中 3/12"), (Role.ATTENTION, Icon.WARN, "需要处理：打印机"),
        )  # fmt: skip
        badges: list[QWidget | int] = []
        for role, icon, text in shown:
            badge = StatusBadge(self._theme, self)
            badge.show_status(role, icon, text)
            badges.append(badge)
        badges += [Chip(self._theme, ChipSpec("待上传", Role.INFO, Icon.UP)), 1]
        return row(*badges, gap=self._theme.px(10))

    def _scans(self) -> QVBoxLayout:
        fields = [ScanField(self._theme, hint="扫码，或输入手机尾号、姓名、首字母", name="扫描框") for _ in range(4)]
        fields[1].set_text("2719")
        fields[1].set_note("3 位会员")
        fields[2].show_recognised("会员 张*凡", "动态码已验")
        fields[3].show_refused("会员码已过期", "请顾客刷新后再扫（M-04）")
        self.scans = fields
        return column(*fields, gap=self._theme.px(8))

    def _banners(self) -> QVBoxLayout:
        theme = self._theme
        banners = [Banner(theme) for _ in range(3)]
        banners[0].show_notice(Role.INFO, Icon.OFFLINE, "网络断开，积分已保存，恢复后自动上传（S-12）")
        banners[1].show_notice(
            Role.ATTENTION,
            Icon.WARN,
            "小票可能没打出来",
            note="积分已保存。看一眼纸，再选。",
            actions=(BannerAction("打出来了", "yes"), BannerAction("补打", "again", "F5")),
        )
        banners[2].show_notice(Role.ERROR, Icon.STOP, "积分不够：可用 2,300，需要 3,000（R-02）")
        self.toast_host = QWidget()
        self.toast_host.setFixedHeight(theme.px(48))
        self.toast = Toast(theme, self.toast_host)
        return column(*banners, self.toast_host, gap=theme.px(8))

    def show_toast(self) -> None:
        """Fill the toast's place."""
        self.toast.show_toast("完成，+300 积分", BannerAction("撤销", "undo", "F6"), bottom_px=0)
        self.toast.setGeometry(self.toast_host.rect())

    def _meters(self) -> QVBoxLayout:
        theme = self._theme
        meters = [PointsMeter(theme) for _ in range(3)]
        meters[0].set_shares(800)
        meters[1].set_shares(180, 620)
        note = Label(theme, "实心＝现在能用　斜纹＝联网后能用　空白＝这单用不到", size=Size.LABEL, tone=Tone.SECOND)
        progress = Progress(theme, cancel_text="取消")
        progress.set_progress("下载会员快照", "41 / 64 桶 · 8.4 MB/s · 还要 12 秒", 640)
        lines = column(*meters, note, gap=theme.px(12))
        lines.addWidget(Label(theme, "进度 Progress", size=Size.LABEL, tone=Tone.SECOND, bold=True))
        lines.addWidget(progress)
        return lines

    def _fields(self) -> QVBoxLayout:
        fields = [Field(self._theme, "") for _ in range(3)]
        for field, text, name in zip(fields, ("136 **** 8804", "陈*", "1368804"), "abc", strict=True):
            field.set_text(text)
            field.edit.setAccessibleName(name)
            field.setAccessibleName(name)
        fields[1].set_active(True)
        fields[2].set_error("手机号是 11 位，还差 4 位")
        return column(*fields, gap=self._theme.px(8))

    def _empty(self) -> QVBoxLayout:
        empty = EmptyState(self._theme, Icon.SMILE)
        empty.set_words("没有待处理的反馈", "顾客打 1–2 分或留言时会列在这里")
        return column(empty)

    def _sheet(self) -> QVBoxLayout:
        theme = self._theme
        host = QWidget()
        host.setFixedHeight(theme.px(330))
        basket = BasketList(theme, ("商品", "数量", "金额"), name="购物篮", parent=host)
        basket.setGeometry(theme.px(12), theme.px(12), theme.px(616), theme.px(306))
        basket.set_rows(GOODS[:3])
        basket.foot.set_sums(
            (Run("小计", Size.LABEL, Tone.SECOND), Run("¥276.20", Size.STRONG, gap_px=6),
             Run("会员价", Size.LABEL, Tone.SECOND, gap_px=22), Run("−¥6.00", Size.STRONG, gap_px=6)),
            (IconRun(Icon.COIN, 24, Tone.POINTS), Run("本单积分", Size.LABEL, Tone.POINTS, gap_px=6),
             Run("+324", Size.TITLE, Tone.POINTS, gap_px=6)),
        )  # fmt: skip
        self.sheet = Sheet(theme, host)
        self.sheet.set_title("主管授权：兑换 13,500 分", "超过收银员上限 5,000 分 · 只对这一笔有效 · 60 秒内")
        self.sheet.set_left_time("剩 52 秒")
        self.sheet.body.addLayout(self._approval())
        return column(host)

    def _approval(self) -> QHBoxLayout:
        theme = self._theme
        card = Banner(theme)
        card.show_notice(Role.PLAIN, Icon.BADGE, "请刷主管卡", note="或输入工号和 PIN")
        reasons = [ChoiceChip(theme, text) for text in ("顾客要求", "活动补偿", "其他")]
        reasons[0].set_chosen(True)
        cancel = KeyButton(theme, "取消", key="Esc", height_px=64)
        cancel.set_look(size=Size.STRONG)
        allow = KeyButton(theme, "授权", kind=Kind.PRIMARY, key="Enter", height_px=64)
        allow.setEnabled(False)
        keys = Keypad(theme, names=("C", "删除"), clear=True, key_px=50, gap_px=6)
        keys.setFixedWidth(theme.px(240))
        left = column(card, Label(theme, "原因", size=Size.LABEL, tone=Tone.SECOND), gap=theme.px(8))
        left.addLayout(row(*reasons, 1, gap=theme.px(10)))
        left.addStretch(1)
        buttons = row(cancel, allow, gap=theme.px(10))
        buttons.setStretch(1, 1)
        left.addLayout(buttons)
        both = QHBoxLayout()
        both.setSpacing(theme.px(20))
        both.addLayout(left, 1)
        both.addWidget(keys)
        return both


def main(arguments: Sequence[str]) -> int:
    """Render the gallery to a file."""
    app = QApplication([])
    name = arguments[1] if len(arguments) > 1 else "light"
    theme = open_theme(resources(), name, float(arguments[2]) if len(arguments) > 2 else 1.0)
    apply_theme(app, theme)
    page = Gallery(theme)
    page.resize(theme.px(SIZE_PX[0]), theme.px(SIZE_PX[1]))
    page.show()
    page.sheet.present()
    page.show_toast()
    app.processEvents()
    page.show_rings()
    app.processEvents()
    return 0 if page.grab().save(arguments[0]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
