"""The tray: the receipt with its new due at the left, at the right what the member can use, each with its digit."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.money import on_screen
from app.services.tray import CouponChoice
from ui.presenters.counter_state import CounterState
from ui.presenters.tray import PAGE, Choice, TrayPresenter, TrayState
from ui.theme.names import Icon, Kind, Size, Tone
from ui.views import wording
from ui.views.basket import BasketPanel
from ui.views.benefit_words import benefit_title, why_words
from ui.views.common import Shown, Ui, scroll_area
from ui.views.notice import NoticeBanner
from ui.widgets.basics import Card, Label, column, row
from ui.widgets.buttons import KeyButton
from ui.widgets.frame import DuePanel
from ui.widgets.member import ItemRow, MemberHead
from ui.widgets.values import Run

LEFT_WIDTH = 560
STACK_BELOW, NARROW_BELOW = 1000, 620  # logical widths below which the receipt goes, then the words of buttons


class TrayView(QWidget):
    """Shows the tray presenter. `pressed(action)`: Esc and F10 as buttons."""

    pressed = Signal(str)
    scan_news = Signal(object)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui, tr = ui, ui.tr
        self._presenter: TrayPresenter | None = None
        self.setProperty("ground", "base")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Coupons and rewards"))
        self.basket, self.due = BasketPanel(ui), DuePanel(ui.theme)
        self.due.confirmed.connect(lambda: self.pressed.emit("F10"))
        self.left = QWidget()
        self.left.setLayout(column(self.basket, self.due, gap=ui.px(12)))
        self.sheet = Card(ui.theme, look="points")
        self._fill_sheet()
        self._whole = QHBoxLayout(self)
        self._whole.setContentsMargins(ui.px(12), ui.px(12), ui.px(12), ui.px(12))
        self._whole.setSpacing(ui.px(12))
        self._whole.addWidget(self.left)
        self._whole.addWidget(self.sheet, 1)

    def _fill_sheet(self) -> None:
        ui, tr, px = self._ui, self._ui.tr, self._ui.px
        self.head = MemberHead(ui.theme, avatar_px=48)
        self.back = KeyButton(ui.theme, tr("Back"), key="Esc")
        self.back.clicked.connect(lambda: self.pressed.emit("Esc"))
        self.notice = NoticeBanner(ui.theme)
        self.nothing = Label(ui.theme, tr("Nothing fits this receipt now."), tone=Tone.SECOND, wrap=True)
        self.rows = [ItemRow(ui.theme, icon=Icon.TICKET, tone=Tone.POINTS, height_px=64) for _ in range(PAGE)]
        for place, line in enumerate(self.rows):
            line.pressed.connect(lambda place=place: self._pick(place))
        lines = QWidget()
        inner = QVBoxLayout(lines)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        for widget in (self.nothing, *self.rows):
            inner.addWidget(widget)
        inner.addStretch(1)
        self.area = scroll_area(tr("Coupons and rewards"))
        self.area.setWidget(lines)
        lines.setProperty("ground", "raised")
        self.stored = ItemRow(ui.theme, icon=Icon.CASH, tone=Tone.POINTS, height_px=64)
        self.stored.pressed.connect(lambda: self._presenter.top_up() if self._presenter else None)
        self.why = KeyButton(ui.theme, key="W", height_px=56)
        self.why.set_look(shrink=True)
        self.why.clicked.connect(lambda: self._presenter.ask_why() if self._presenter else None)
        self.more = KeyButton(ui.theme, key="→", height_px=56)
        self.more.set_look(shrink=True)
        self.more.clicked.connect(self._turn)
        body = self.sheet.body
        body.setContentsMargins(px(20), px(14), px(20), px(16))
        body.setSpacing(px(8))
        self._top = row(self.head, self.back, gap=px(14))
        self._top.setStretch(0, 1)
        body.addLayout(self._top)
        body.addWidget(self.notice)
        body.addWidget(self.area, 1)
        body.addLayout(row(self.why, self.more, gap=px(8)))
        body.addWidget(self.stored)

    def attach(self, presenter: TrayPresenter) -> None:
        """Show this tray and send what is pressed."""
        self._presenter = presenter
        presenter.attach(Shown(self.show_state))

    def _pick(self, place: int) -> None:
        if self._presenter is not None:
            self._presenter.pick(place)

    def _turn(self) -> None:
        if self._presenter is not None:
            state = self._presenter.state
            self._presenter.move(1 if state.page + 1 < state.pages else -state.page)

    def show_state(self, state: TrayState) -> None:
        """Everything of the sheet."""
        self.scan_news.emit(state)
        customer, tray, tr = state.cart.customer, state.tray, self._ui.tr
        if customer is None or tray is None:
            return
        self.basket.show_cart(CounterState(cart=state.cart, quote=state.quote), tight=True)
        self.head.set_member(wording.who(customer, tr))
        self.notice.set_notice(state.notice)
        self._show_due(state)
        self.nothing.setVisible(not state.shown)
        for place, line in enumerate(self.rows):
            line.setVisible(place < len(state.shown))
            if place < len(state.shown):
                self._show_choice(line, place, state.shown[place], asking=state.asking)
        others = len(tray.others)
        self.why.setVisible(others > 0)
        self.why.set_text(tr("Put away") if state.why else tr("{count} do not fit: why", count=others), key="W")
        self.more.setVisible(state.pages > 1)
        self.more.set_text(tr("Page {page} of {pages}", page=state.page + 1, pages=state.pages), key="→")
        self.stored.set_item(tr("Stored value {amount}", amount=wording.yuan(tray.stored_minor)))
        self.stored.set_button(tr("Top up"), key="T")
        for button in (self.back, self.why, self.stored.button):
            button.setEnabled(not state.asking)

    def _show_choice(self, line: ItemRow, place: int, choice: Choice, *, asking: bool) -> None:
        tr = self._ui.tr
        coupon = isinstance(choice, CouponChoice)
        line.icon.set_icon(Icon.TICKET if coupon else Icon.SPARK, Tone.POINTS)
        line.set_item(benefit_title(choice, tr), _note(choice, self._ui))
        off = f"{on_screen(-1)[:1]}{wording.yuan(choice.minor)}" if choice.minor else ""
        line.set_tail(*((Run(off, Size.STRONG, Tone.POINTS),) if off else ()))
        words = tr("Take off") if choice.taken else tr("Use") if choice.why is None else tr("Why not")
        line.set_button(words, key=str(place + 1), kind=Kind.GOLD if choice.taken else Kind.PLAIN)
        line.button.setEnabled(not asking)

    def _show_due(self, state: TrayState) -> None:
        tr, quote = self._ui.tr, state.quote
        due = quote.due_minor if quote else 0
        gross = quote.gross_minor if quote else 0
        struck = wording.yuan(gross) if gross != due else ""
        self.due.set_due(tr("Due"), on_screen(due), struck=struck, dim=not quote)
        self.due.set_button(tr("Pay"), "F10", enabled=bool(state.cart.basket.lines) and not state.asking)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits pick, W asks why, T tops up; the rest is the shell's."""
        presenter, text = self._presenter, event.text()
        if presenter is None or not text or not presenter.char(text):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrow screens leave the receipt out and keep its due under the sheet."""
        super().resizeEvent(event)
        ui = self._ui
        stacked = self.width() < ui.px(STACK_BELOW)
        up, across = QBoxLayout.Direction.BottomToTop, QBoxLayout.Direction.LeftToRight
        self._whole.setDirection(up if stacked else across)
        self.head.avatar.setVisible(self.width() >= ui.px(NARROW_BELOW))
        self.basket.setVisible(not stacked)
        self.left.setMinimumWidth(0)
        self.left.setMaximumWidth(16_777_215)
        if not stacked:
            self.left.setFixedWidth(min(ui.px(LEFT_WIDTH), self.width() * 41 // 100))


def _note(choice: Choice, ui: Ui) -> str:
    """What it costs or until when it lasts, and why it does not fit."""
    tr = ui.tr
    if choice.why is not None:
        return why_words(choice.why, tr)
    if isinstance(choice, CouponChoice):
        return tr("until {day}", day=choice.last_on)
    return tr("{points} points", points=f"{choice.points:,}")
