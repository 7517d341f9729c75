"""The member card's parts: who it is, the points panel, a coupon or offer row, the way to the next tier."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.theme.names import Icon, Kind, Role, Size, Tier, Tone
from ui.theme.theme import Theme
from ui.widgets.basics import IconLabel, Label, column, row
from ui.widgets.buttons import KeyButton
from ui.widgets.chips import Chip, TierChip
from ui.widgets.figures import Avatar, Bar, PointsMeter
from ui.widgets.runs import RunLine
from ui.widgets.values import AnyRun, ChipSpec, IconRun, Member, PointsView, Run


class MemberHead(QWidget):
    """Avatar, masked name in 32, tier, masked phone, how they were recognised, a hint chip at the right.

    Name and tier are never dropped: without room for all, the hint goes.
    """

    def __init__(self, theme: Theme, *, avatar_px: int = 56, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.avatar = Avatar(theme, px=avatar_px)
        self.name = Label(theme, size=Size.NAME)
        self.tier = TierChip(theme, Tier.BASE, "")
        self.hint = Chip(theme, ChipSpec("", Role.POINTS, Icon.CAKE), self)
        self.hint.hide()
        self.below = RunLine(theme, height_px=26)
        first = row(self.name, self.tier, 1, gap=theme.px(12))
        words = column(gap=0)
        words.addLayout(first)
        words.addWidget(self.below)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(14))
        layout.addWidget(self.avatar)
        layout.addLayout(words, 1)
        self._hint = ""

    def set_member(self, member: Member) -> None:
        """Show another member."""
        self.setAccessibleName(f"{member.name} {member.tier_name} {member.phone}")
        self.avatar.set_person(member.initial, member.tier)
        self.name.set_text(member.name)
        self.tier.set_tier(member.tier, member.tier_name)
        self._hint = member.hint
        if member.hint:
            self.hint.set_chip(ChipSpec(member.hint, Role.POINTS, Icon.CAKE))
        phone = Run(member.phone, tone=Tone.SECOND)
        icon = Icon.OKC if member.checked else Icon.DOT
        check = (IconRun(icon, 20, Tone.PRIMARY, 12), Run(member.check, Size.LABEL, Tone.SECOND, gap_px=4))
        if member.check:
            self.below.set_choices(((phone, *check), ()), ((phone, check[0]), ()), ((phone,), ()))
        else:
            self.below.set_runs((phone,))
        self._place_hint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Decide whether the hint fits."""
        super().resizeEvent(event)
        self._place_hint()

    def _place_hint(self) -> None:
        gap, size = self._theme.px(12), self.hint.sizeHint()
        avatar = 0 if self.avatar.isHidden() else self.avatar.width() + self._theme.px(14)
        tier = self.tier.sizeHint().width()
        name = min(self.name.sizeHint().width(), max(0, self.width() - avatar - gap - tier))
        self.name.setMinimumWidth(name)  # never under the tier: it is written smaller first
        taken = avatar + name + gap + tier + gap
        self.hint.setVisible(bool(self._hint) and taken + size.width() <= self.width())
        line = self._theme.line_px(Size.NAME)
        top = max(0, (self.height() - line - self.below.height()) // 2)
        self.hint.setGeometry(self.width() - size.width(), top + (line - size.height()) // 2,
                              size.width(), size.height())  # fmt: skip


class PointsPanel(QFrame):
    """The gold-tinted panel: balance in 48, its worth, the meter, what can be used and what expires.

    The balance is never cut: without room for all, captions go first, then the worth; what expires outlives the note
    about the network, which the gold button repeats.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("banner", "points")
        self.head = RunLine(theme, height_px=52)
        self.meter = PointsMeter(theme)
        self.foot = RunLine(theme, height_px=22)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(14), theme.px(10), theme.px(14), theme.px(12))
        layout.setSpacing(0)
        for widget, gap in ((self.head, 6), (self.meter, 8), (self.foot, 0)):
            layout.addWidget(widget)
            layout.addSpacing(theme.px(gap))
        self.setFixedHeight(theme.px(126))

    def set_points(self, points: PointsView) -> None:
        """Show a balance."""
        self.setAccessibleName(f"{points.caption} {points.balance}")
        balance = Run(points.balance, Size.FIGURE, Tone.POINTS, gap_px=10)
        left = (Run(points.caption, tone=Tone.POINTS), balance)
        worth = Run(points.worth, Size.TITLE, gap_px=4)
        if points.worth:
            caption = Run(points.worth_caption, tone=Tone.SECOND)
            self.head.set_choices((left, (caption, worth)), (left, (worth,)), ((balance,), (worth,)), ((balance,), ()))
        else:
            self.head.set_choices((left, ()), ((balance,), ()))
        self.meter.set_shares(points.usable_permille, points.network_permille)
        self._set_foot(points)

    def _set_foot(self, points: PointsView) -> None:
        note: tuple[AnyRun, ...] = (Run(points.left, Size.LABEL, Tone.SECOND),)
        if points.left_offline:
            note = (IconRun(Icon.OFFLINE, 20, Tone.INFO), Run(points.left, Size.LABEL, Tone.INFO, gap_px=6))
        expires = (IconRun(Icon.CLOCK, 20, Tone.ATTENTION), Run(points.right, Size.LABEL, Tone.ATTENTION, gap_px=4))
        if points.right:
            self.foot.set_choices((note, expires), ((), expires), ((), expires[1:]), ((), ()))
        else:
            self.foot.set_runs(note)


class ItemRow(QWidget):
    """A row under the member: icon, line, smaller line, and a button or a figure. A thin line above."""

    pressed = Signal()

    def __init__(
        self,
        theme: Theme,
        *,
        icon: Icon | None = None,
        tone: Tone = Tone.INK,
        height_px: int = 61,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.icon = IconLabel(theme, icon or Icon.DOT, tone=tone)
        if icon is None:
            self.icon.hide()
        self.title = Label(theme)
        self.note = Label(theme, size=Size.CAPTION, tone=Tone.SECOND)
        self.note.hide()
        self.title.setFixedHeight(theme.px(24))
        self.note.setFixedHeight(theme.px(20))
        self.button = KeyButton(theme)
        self.button.set_look(padding_px=18)
        self.button.hide()
        self.button.clicked.connect(self.pressed)
        self.tail = RunLine(theme)
        self.tail.hide()
        words = column(1, self.title, self.note, 1, gap=0)
        line = row(self.icon, gap=theme.px(10))
        line.addLayout(words, 1)
        line.addWidget(self.tail)
        line.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        rule = QFrame()
        rule.setProperty("rule", "true")
        rule.setFixedHeight(1)
        layout.addWidget(rule)
        layout.addLayout(line, 1)
        self.setFixedHeight(theme.px(height_px))

    def set_item(self, title: str, note: str = "") -> None:
        """Its words."""
        self.title.set_text(title)
        self.note.set_text(note)
        self.note.setVisible(bool(note))
        self.setAccessibleName(f"{title} {note}".strip())

    def set_button(self, text: str, *, key: str = "", icon: Icon | None = None, kind: Kind = Kind.PLAIN) -> None:
        """A button at the right (`pressed`); with only an icon it is quiet and square. Empty hides it."""
        self.button.setVisible(bool(text or icon))
        self.button.set_kind(kind if text else Kind.QUIET)
        self.button.set_icon(icon if not text else None)
        self.button.set_text(text, key=key)

    def set_tail(self, *runs: AnyRun) -> None:
        """Figures or words at the right."""
        self.tail.set_runs((), runs)
        self.tail.setVisible(bool(runs))


class TierProgress(QWidget):
    """How far the next tier is: words and a bar."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = Label(theme, size=Size.LABEL, tone=Tone.SECOND)
        self.bar = Bar(theme)
        layout = row(self.words, self.bar, gap=theme.px(10))
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.setFixedHeight(theme.px(40))

    def set_progress(self, text: str, permille: int) -> None:
        """`再消费 ¥1,320 升级钻石` and thousandths of the way."""
        self.words.set_text(text)
        self.bar.set_permille(permille)
        self.setAccessibleName(text)
