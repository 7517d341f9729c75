"""The day on one page: five tiles, money by the hour against last week, who bought, who enrolled, what to look at."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.money import on_screen
from app.services.till import Place
from app.services.today import Today
from ui.presenters.today import TodayPresenter, TodayState
from ui.theme.names import Icon, Role, Size, Tone
from ui.views import wording
from ui.views.common import Shown, Ui, scroll_area
from ui.views.notice import NoticeBanner
from ui.widgets.basics import Card, Label, column, row
from ui.widgets.buttons import KeyButton
from ui.widgets.chips import Chip
from ui.widgets.figures import Bar
from ui.widgets.hours import Hour, HourChart
from ui.widgets.runs import RunLine
from ui.widgets.tables import StatTile
from ui.widgets.values import AnyRun, ChipSpec, IconRun, Run

STACK_BELOW, TILES_BELOW = 900, 860  # logical widths below which the right cards go under, the tiles into two lines
BOARD_MAX = 6


class TodayView(QWidget):
    """`pressed(action)`: Esc as a button."""

    pressed = Signal(str)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui, tr, px = ui, ui.tr, ui.px
        self._presenter: TodayPresenter | None = None
        self.place: Place | None = None
        self.setProperty("ground", "base")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Today"))
        self.title, self.note = Label(ui.theme, tr("Today"), size=Size.NAME), Label(ui.theme, tone=Tone.SECOND)
        self.notice = NoticeBanner(ui.theme)
        self.tiles = [StatTile(ui.theme) for _ in range(5)]
        self._grid = QGridLayout()
        self._grid.setSpacing(px(12))
        self.print = KeyButton(ui.theme, tr("Print"), key="P", icon=Icon.PRINT)
        self.back = KeyButton(ui.theme, tr("Back"), key="Esc")
        self.back.clicked.connect(lambda: self.pressed.emit("Esc"))
        self.source, self.waiting = Chip(ui.theme, ChipSpec("")), Chip(ui.theme, ChipSpec(""))
        self._sides = QHBoxLayout()
        self._sides.setSpacing(px(12))
        self._sides.addLayout(column(self._hours(), self._buyers(), gap=px(12)), 2)
        self._sides.addLayout(column(self._enrolments(), self._exceptions(), gap=px(12)), 1)
        body = QWidget()
        whole = QVBoxLayout(body)
        whole.setContentsMargins(px(12), px(12), px(12), px(12))
        whole.setSpacing(px(12))
        whole.addLayout(row(self.title, self.note, 1, gap=px(12)))
        whole.addWidget(self.notice)
        whole.addLayout(self._grid)
        whole.addLayout(self._sides, 1)
        area = scroll_area(tr("Today"))
        area.setWidget(body)
        feet = row(self.source, self.waiting, 1, self.print, self.back, gap=px(10))
        feet.setContentsMargins(px(12), 0, px(12), px(12))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area, 1)
        outer.addLayout(feet)

    def _hours(self) -> Card:
        ui, tr = self._ui, self._ui.tr
        card = Card(ui.theme)
        self.hours_title = RunLine(ui.theme, height_px=30)
        self.chart = HourChart(ui.theme, name=tr("Sales by the hour"))
        card.body.addWidget(self.hours_title)
        card.body.addWidget(self.chart, 1)
        return card

    def _buyers(self) -> Card:
        ui, tr = self._ui, self._ui.tr
        card = Card(ui.theme)
        self.members = Bar(ui.theme, height_px=14)
        self.buyers = [RunLine(ui.theme, height_px=28) for _ in range(3)]
        for part in (Label(ui.theme, tr("Who buys, at this till"), size=Size.TITLE), self.members, *self.buyers):
            card.body.addWidget(part)
        return card

    def _enrolments(self) -> Card:
        ui, tr, px = self._ui, self._ui.tr, self._ui.px
        card = Card(ui.theme)
        card.body.addWidget(Label(ui.theme, tr("Enrolments at this till"), size=Size.TITLE))
        self.board: list[tuple[Label, Bar, Label]] = []
        grid = QGridLayout()
        grid.setSpacing(px(8))
        for line in range(BOARD_MAX):
            one = Label(ui.theme), Bar(ui.theme, height_px=14), Label(ui.theme, size=Size.STRONG)
            one[2].setAlignment(Qt.AlignmentFlag.AlignRight)
            for place, part in enumerate(one):
                grid.addWidget(part, line, place)
            self.board.append(one)
        grid.setColumnMinimumWidth(0, px(72))
        grid.setColumnMinimumWidth(2, px(36))
        grid.setColumnStretch(1, 1)
        self.nobody = Label(ui.theme, tr("Nobody enrolled yet"), tone=Tone.SECOND)
        card.body.addLayout(grid)
        card.body.addWidget(self.nobody)
        card.body.addStretch(1)
        return card

    def _exceptions(self) -> Card:
        ui, tr = self._ui, self._ui.tr
        card = Card(ui.theme)
        card.body.addWidget(Label(ui.theme, tr("Worth a look"), size=Size.TITLE))
        self.looks = [RunLine(ui.theme, height_px=32) for _ in range(4)]
        for line in self.looks:
            card.body.addWidget(line)
        return card

    def attach(self, presenter: TodayPresenter) -> None:
        """Show the day and send what is pressed."""
        self._presenter = presenter
        self.print.clicked.connect(presenter.print)
        presenter.attach(Shown(self.show_state))

    def show_state(self, state: TodayState) -> None:
        """Everything of the day."""
        tr = self._ui.tr
        self.notice.set_notice(state.notice)
        self.print.setEnabled(state.shown is not None)
        self.print.set_busy(tr("Printing") if state.printing else "")
        if state.shown is not None:
            self._show(state.shown)

    def _show(self, shown: Today) -> None:
        tr, place = self._ui.tr, self.place
        parts = [place.store_name] if place else []
        parts.append(f"{shown.business_on[5:]} {wording.weekday(shown.weekday, tr)}")
        if place:
            parts.append(tr("until {time}", time=wording.hour(shown.at_ms, place.zone)))
        self.note.set_text(" · ".join(parts))
        text = tr("The whole store, as head office last sent it") if shown.store else tr("This till only")
        self.source.set_chip(ChipSpec(text, Role.PRIMARY if shown.store else Role.PLAIN, Icon.DB))
        self.waiting.setVisible(bool(shown.waiting))
        waits = tr("{count} waiting for head office, counted", count=f"{shown.waiting:,}")
        self.waiting.set_chip(ChipSpec(waits, Role.INFO, Icon.UP))
        self._show_tiles(shown)
        self._show_hours(shown)
        self._show_buyers(shown)
        self._show_board(shown)
        self._show_looks(shown)

    def _show_tiles(self, shown: Today) -> None:
        tr, figures = self._ui.tr, shown.figures
        average = tr("{amount} each", amount=wording.yuan(figures.average_minor))
        members = tr("{count} of {sales} sales", count=f"{figures.members:,}", sales=f"{figures.sales:,}")
        goal = shown.enrolments_goal
        enrolled = f"{figures.enrolments:,} / {goal:,}" if goal else f"{figures.enrolments:,}"
        left = max(0, goal - figures.enrolments)
        reach = (tr("{count} to go", count=left) if left else tr("goal reached")) if goal else ""
        spent = tr(
            "{points} spent · {amount}", points=f"{shown.points_redeemed:,}",
            amount=wording.yuan_short(shown.redeemed_minor),
        )  # fmt: skip
        tiles = (
            (
                tr("Sales less returns"),
                wording.yuan_short(figures.net_minor // 100 * 100),
                self._change(shown),
                Tone.INK,
            ),
            (tr("Sales"), f"{figures.sales:,}", (_note(average),), Tone.INK),
            (tr("Sales to members"), f"{figures.member_percent} %", (_note(members),), Tone.INK),
            (tr("Enrolments"), enrolled, (_note(reach),), Tone.INK),
            (tr("Points issued"), f"{shown.points_issued:,}", (_note(spent),), Tone.POINTS),
        )
        for tile, (caption, figure, note, tone) in zip(self.tiles, tiles, strict=True):
            tile.set_stat(caption, figure, *note, tone=tone)

    def _change(self, shown: Today) -> tuple[AnyRun, ...]:
        """Against the same weekday last week, up to the hour that is over."""
        tr, percent = self._ui.tr, shown.change_percent
        if percent is None:
            return (_note(tr("nothing to compare yet")),)
        sign = "\u25b2" if percent > 0 else "\u25bc" if percent < 0 else "="
        day = wording.weekday(shown.weekday, tr)
        words = tr("on last {day}, to {hour}:00", day=day, hour=shown.hour)
        return Run(f"{sign} {abs(percent)} %", Size.CAPTION, Tone.PRIMARY, bold=True), Run(
            words, Size.CAPTION, Tone.SECOND, gap_px=6
        )

    def _show_hours(self, shown: Today) -> None:
        tr, figures, before = self._ui.tr, shown.figures, shown.before
        order = [(shown.first_hour + step) % 24 for step in range(24)]
        filled = [hour for hour in order if figures.by_hour[hour] or (before and before.by_hour[hour])]
        first = order.index(filled[0]) if filled else 0
        last = max(order.index(filled[-1]) if filled else 0, order.index(shown.hour))
        self.chart.set_hours(
            [
                Hour(
                    f"{hour}",
                    figures.by_hour[hour],
                    before.by_hour[hour] if before else None,
                    running=hour == shown.hour,
                )
                for hour in order[min(first, order.index(shown.hour)) : last + 1]
            ]
        )
        legend: tuple[AnyRun, ...] = (
            IconRun(Icon.CHART, 20, Tone.PRIMARY),
            Run(tr("today"), Size.LABEL, Tone.SECOND, gap_px=6),
        )
        if before is not None:
            day = wording.weekday(shown.weekday, tr)
            legend += (
                Run("\u2014", tone=Tone.POINTS, bold=True, gap_px=14),
                Run(tr("last {day}", day=day), Size.LABEL, Tone.SECOND, gap_px=6),
            )
        self.hours_title.set_runs((Run(tr("Sales by the hour"), Size.TITLE),), legend)

    def _show_buyers(self, shown: Today) -> None:
        tr, own = self._ui.tr, shown.till
        money = own.member_minor + own.other_minor
        self.members.set_permille(own.member_minor * 1000 // money if money else 0)
        percent = own.member_minor * 100 // money if money else 0
        lines = (
            (tr("Members, {percent} % of the money", percent=percent), own.member_minor, own.member_sales),
            (tr("of them enrolled today"), own.new_minor, 0),
            (tr("Everybody else"), own.other_minor, own.other_sales),
        )
        for line, (caption, minor, sales) in zip(self.buyers, lines, strict=True):
            each = tr("{amount} each", amount=wording.yuan(minor // sales)) if sales else ""
            line.set_runs(
                (Run(caption, tone=Tone.SECOND), Run(each, Size.CAPTION, Tone.THIRD, gap_px=10)),
                (Run(f"¥{on_screen(minor)}", Size.STRONG),),
            )

    def _show_board(self, shown: Today) -> None:
        self.nobody.setVisible(not shown.board)
        most = max((one.count for one in shown.board), default=1)
        for place, parts in enumerate(self.board):
            for part in parts:
                part.setVisible(place < len(shown.board))
            if place < len(shown.board):
                one = shown.board[place]
                parts[0].set_text(one.name)
                parts[1].set_permille(one.count * 1000 // most)
                parts[2].set_text(f"{one.count:,}")

    def _show_looks(self, shown: Today) -> None:
        tr, own = self._ui.tr, shown.till
        lines = (
            (Icon.CARD, tr("One member, three sales or more"), own.often),
            (Icon.SHIELD, tr("Approved by a second person"), own.approvals),
            (Icon.DRAWER, tr("Drawer opened without a sale"), own.drawer_opened),
            (Icon.UNDO, tr("Sales taken back"), own.undone),
        )
        for line, (icon, caption, count) in zip(self.looks, lines, strict=True):
            tone = Tone.ATTENTION if count else Tone.SECOND
            line.set_runs((IconRun(icon, 20, tone), Run(caption, gap_px=10)), (Run(f"{count:,}", Size.NUMBER),))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """P prints; the rest is the shell's."""
        if self._presenter is None or not event.text() or not self._presenter.char(event.text()):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrow screens put the tiles into two lines and the cards under each other."""
        super().resizeEvent(event)
        px, ways = self._ui.px, QBoxLayout.Direction
        self._sides.setDirection(ways.TopToBottom if self.width() < px(STACK_BELOW) else ways.LeftToRight)
        columns = 5 if self.width() >= px(TILES_BELOW) else 2
        for place, tile in enumerate(self.tiles):
            self._grid.addWidget(tile, place // columns, place % columns)
        for place in range(5):
            self._grid.setColumnStretch(place, 1 if place < columns else 0)


def _note(text: str) -> Run:
    return Run(text, Size.CAPTION, Tone.SECOND)
