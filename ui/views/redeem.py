"""Spending points: the receipt with its new due at the left, at the right how many, what they are worth, one button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.money import on_screen
from app.services.redemption import Limit, Room
from ui.presenters.counter_state import CounterState
from ui.presenters.redeem import RedeemPresenter, RedeemState
from ui.theme.names import Kind, Size, Tone
from ui.views import wording
from ui.views.basket import BasketPanel
from ui.views.common import Shown, Ui
from ui.views.notice import NoticeBanner
from ui.widgets.basics import Card, Label, column, row
from ui.widgets.buttons import KeyButton
from ui.widgets.frame import DuePanel
from ui.widgets.keypad import DELETE, Keypad
from ui.widgets.member import MemberHead
from ui.widgets.runs import RunLine
from ui.widgets.tasks import FactRow, PointsSlider
from ui.widgets.values import MoneyRun, Run

LEFT_WIDTH, SIDE_WIDTH = 560, 300
EXCLUDED_MAX = 2
STACK_BELOW, NARROW_BELOW = 1000, 620  # logical widths below which the receipt, then the side column, go under


class Figure(QFrame):
    """A caption over a big gold or black figure, gold ground."""

    def __init__(self, ui: Ui, caption: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("banner", "points")
        self._caption = caption
        self.head, self.line = RunLine(ui.theme, height_px=24), RunLine(ui.theme, height_px=52)
        layout = column(self.head, self.line, gap=0)
        layout.setContentsMargins(ui.px(14), ui.px(6), ui.px(14), ui.px(6))
        self.setLayout(layout)

    def show_figure(self, run: Run | MoneyRun, *, right: bool = False) -> None:
        """The figure at the left, or at the right."""
        caption = Run(self._caption, Size.LABEL, Tone.SECOND)
        self.head.set_runs(() if right else (caption,), (caption,) if right else ())
        self.line.set_runs(() if right else (run,), (run,) if right else ())
        self.setAccessibleName(f"{self._caption} {run.text}")


class RedeemView(QWidget):
    """Shows the redeem presenter. `pressed(action)`: Esc and Enter as buttons."""

    pressed = Signal(str)
    scan_news = Signal(object)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui, tr = ui, ui.tr
        self._presenter: RedeemPresenter | None = None
        self.setProperty("ground", "base")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Redeem"))
        self.basket, self.due = BasketPanel(ui), DuePanel(ui.theme)
        self.left = QWidget()
        self.left.setLayout(column(self.basket, self.due, gap=ui.px(12)))
        self.sheet = Card(ui.theme, look="points")
        self._fill_sheet()
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setAccessibleName(tr("Redeem"))
        body = QWidget()
        self._whole = QHBoxLayout(body)
        self._whole.setContentsMargins(ui.px(12), ui.px(12), ui.px(12), ui.px(12))
        self._whole.setSpacing(ui.px(12))
        self._whole.addWidget(self.left)
        self._whole.addWidget(self.sheet, 1)
        self.area.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.area)

    def _fill_sheet(self) -> None:
        ui, tr, px = self._ui, self._ui.tr, self._ui.px
        self.head = MemberHead(ui.theme, avatar_px=48)
        self.back = KeyButton(ui.theme, tr("Back"), key="Esc")
        self.back.clicked.connect(lambda: self.pressed.emit("Esc"))
        self.used, self.worth = Figure(ui, tr("Points to use")), Figure(ui, tr("Pays"))
        self.slider = PointsSlider(ui.theme, name=tr("Points to use"))
        self.ends = RunLine(ui.theme, height_px=24)
        self.rules = Label(ui.theme, size=Size.LABEL, tone=Tone.SECOND, wrap=True)
        self.notice = NoticeBanner(ui.theme)
        self.pad = Keypad(ui.theme, names=("", tr("Delete")))
        self.most, self.none = KeyButton(ui.theme, height_px=56), KeyButton(ui.theme, tr("None"), key="C", height_px=56)
        self.most.set_look(shrink=True)
        self.none.set_look(shrink=True)
        self.rest, self.earns = FactRow(ui.theme, tr("Points left")), FactRow(ui.theme, tr("This sale earns"))
        self.go = KeyButton(ui.theme, kind=Kind.PRIMARY)
        self.go.set_look(shrink=True)
        self.go.clicked.connect(lambda: self.pressed.emit("Enter"))
        side = column(gap=px(8))
        side.addLayout(row(self.most, self.none, gap=px(8)))
        side.addWidget(self.rest)
        side.addWidget(self.earns)
        side.addStretch(1)
        side.addWidget(self.go)
        self.side = QWidget()
        side.setContentsMargins(0, 0, 0, 0)
        self.side.setLayout(side)
        self._middle = row(self.pad, self.side, gap=px(16))
        self._middle.setStretch(0, 1)
        body = self.sheet.body
        body.setContentsMargins(px(20), px(14), px(20), px(16))
        body.setSpacing(px(8))
        self._top = row(self.head, self.back, gap=px(14))
        self._top.setStretch(0, 1)
        body.addLayout(self._top)
        self._figures = row(self.used, self.worth, gap=px(12))
        self._figures.setStretch(0, 1)
        self._figures.setStretch(1, 1)
        body.addLayout(self._figures)
        body.addWidget(self.slider)
        body.addWidget(self.ends)
        body.addWidget(self.rules)
        body.addWidget(self.notice)
        body.addLayout(self._middle, 1)

    def attach(self, presenter: RedeemPresenter) -> None:
        """Show these points and send what is pressed."""
        self._presenter = presenter
        self.pad.pressed.connect(lambda key: presenter.delete() if key == DELETE else presenter.digit(key))
        self.most.clicked.connect(presenter.all)
        self.none.clicked.connect(presenter.clear)
        self.slider.valueChanged.connect(presenter.choose)
        presenter.attach(Shown(self.show_state))

    def show_state(self, state: RedeemState) -> None:
        """Everything of the sheet."""
        self.scan_news.emit(state)
        customer, room, preview = state.cart.customer, state.room, state.preview
        if customer is None or room is None:
            return
        tr = self._ui.tr
        quote = preview.after if preview else state.before
        self.basket.show_cart(CounterState(cart=state.cart, quote=quote), tight=True)
        self.head.set_member(wording.who(customer, tr))
        self.used.show_figure(Run(f"{state.points:,}", Size.FIGURE, Tone.POINTS))
        minor = on_screen(preview.minor if preview else 0)
        self.worth.show_figure(MoneyRun(minor, Size.FIGURE), right=True)
        self._show_limits(state, room)
        self.notice.set_notice(state.notice)
        self.most.set_text(tr("All {points}", points=f"{room.most:,}"), key="A")
        for button in (self.most, self.none, self.slider, self.pad, self.back):
            button.setEnabled(not state.asking)
        if preview is not None:
            before = wording.yuan(preview.before.due_minor)
            self.due.set_due(tr("Due"), on_screen(preview.after.due_minor), struck=before)
            self.earns.set_change(wording.signed(preview.before.earns), wording.signed(preview.after.earns))
        else:
            if state.before is not None:
                self.due.set_due(tr("Due"), on_screen(state.before.due_minor))
            self.earns.set_fact(Run("—", tone=Tone.THIRD))
        self.due.set_button("", "")
        there = customer.view.points
        if there is None or there < state.points:
            self.rest.set_fact(Run("—", tone=Tone.THIRD))
        else:
            self.rest.set_change(wording.points(there), wording.points(there - state.points))
        self.go.set_text(tr("Redeem ¥{amount}", amount=minor), key="Enter")
        self.go.setEnabled(preview is not None)
        self.go.set_busy(tr("Asking") if state.asking else "")

    def _show_limits(self, state: RedeemState, room: Room) -> None:
        self.slider.blockSignals(True)
        self.slider.setRange(0, room.most)
        self.slider.setSingleStep(room.step)
        self.slider.setPageStep(room.step)
        self.slider.setValue(min(state.points, room.most))
        self.slider.blockSignals(False)
        self.slider.update()
        zero = Run("0", Size.LABEL, Tone.SECOND)
        most = Run(f"{room.most:,}", Size.LABEL, Tone.SECOND, bold=True)
        self.ends.set_runs((zero,), (most, Run(limit_words(room, self._ui), Size.LABEL, Tone.SECOND, gap_px=6)))
        self.rules.set_text(rule_words(room, self._ui))
        self.rules.setVisible(state.notice is None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits are points, A all of them, C none; the rest is the shell's."""
        presenter, text = self._presenter, event.text()
        if presenter is not None and event.key() == Qt.Key.Key_Backspace:
            presenter.delete()
        elif presenter is None or not text or not presenter.char(text):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrow screens put the sheet under the due, and its side column under the keys."""
        super().resizeEvent(event)
        ui = self._ui
        stacked, narrow = self.width() < ui.px(STACK_BELOW), self.width() < ui.px(NARROW_BELOW)
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._whole.setDirection(down if stacked else across)
        for part in (self._middle, self._top, self._figures):
            part.setDirection(down if narrow else across)
        self.head.avatar.setVisible(not narrow)
        self.basket.setVisible(not stacked)
        self.left.setMinimumWidth(0)
        self.left.setMaximumWidth(16_777_215)
        if not stacked:
            self.left.setFixedWidth(min(ui.px(LEFT_WIDTH), self.width() * 41 // 100))
        self.side.setMinimumWidth(0)
        self.side.setMaximumWidth(16_777_215)
        if not narrow:
            self.side.setFixedWidth(ui.px(SIDE_WIDTH))


def rule_words(room: Room, ui: Ui) -> str:
    """From how many, in which steps, and what points do not pay for."""
    tr = ui.tr
    words = tr("From {least} points, {step} at a time.", least=f"{room.least:,}", step=f"{room.step:,}")
    if not room.excluded:
        return words
    few = ", ".join(room.excluded[:EXCLUDED_MAX])
    more = len(room.excluded) - EXCLUDED_MAX
    goods = few if more <= 0 else tr("{goods} and {count} more", goods=few, count=more)
    return f"{words} {tr('Points do not pay for: {goods}.', goods=goods)}"


def limit_words(room: Room, ui: Ui) -> str:
    """What ends the slider."""
    tr = ui.tr
    return {
        Limit.BALANCE: tr("points · all there are"),
        Limit.SHARE: tr("points · {percent}% of this sale", percent=room.share_percent),
        Limit.RECEIPT: tr("points · most per receipt"),
        Limit.GOODS: tr("points · for these goods"),
    }[room.limit]
