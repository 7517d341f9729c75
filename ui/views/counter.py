"""The counter screen: left column (idle, receipt, results, amount), key strip, right column (shift or member), due."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.domain.money import on_screen
from app.services.till import Place
from ui.presenters.amount import AmountState
from ui.presenters.counter_screen import CounterScreen, Panel
from ui.presenters.counter_state import CounterState
from ui.presenters.find import FindState
from ui.presenters.keys import STRIP, Key
from ui.theme.names import Kind, Size, Tone
from ui.views.amount import AmountPanel
from ui.views.basket import BasketPanel, PaperBanner
from ui.views.common import Pages, Shown, Ui, scroll_area, unset_layout
from ui.views.find import FindPanel
from ui.views.idle import IdlePanel, LastSaleStrip, ShiftPanel
from ui.views.member_card import MemberCard, NobodyCard
from ui.views.notice import NoticeBanner
from ui.widgets.basics import row
from ui.widgets.buttons import KeyButton
from ui.widgets.figures import Amount
from ui.widgets.frame import DuePanel, FunctionKeyStrip
from ui.widgets.keypad import CLEAR, DELETE, OnScreenKeyboard
from ui.widgets.runs import RunLine
from ui.widgets.values import KeySpec, Run

WIDE_MIN, HIGH_MIN = 880, 600  # logical px below which the right column goes on top of the basket
SCROLL_MIN = 560  # logical height the column needs; less than that scrolls, nothing is cut
TIGHT_BELOW = 1200
ROOMY_FROM = 760  # logical height of the counter from which the member card shows every row
DUE_STACK_BELOW = 560
FEW_KEYS_BELOW = 600  # logical width below which keys that do nothing now give their place up


class DueRow(QFrame):
    """Due and pay in one row, for portrait. The same words as DuePanel."""

    confirmed = Signal()

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "raised")
        self.caption = RunLine(ui.theme, height_px=30)
        self.amount = Amount(ui.theme, size=Size.AMOUNT)
        self.button = KeyButton(ui.theme, kind=Kind.PRIMARY)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.set_look(shrink=True)
        self.button.clicked.connect(self.confirmed)
        self._ui = ui
        self._row = row(gap=ui.px(20))
        self._row.setContentsMargins(ui.px(16), ui.px(12), ui.px(16), ui.px(12))
        self._row.addLayout(row(self.caption, self.amount, gap=ui.px(20)))
        self._row.addWidget(self.button, 1)
        self.setLayout(self._row)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the screen is."""
        return QSize(self._ui.px(200), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The button goes under the amount where there is no room beside it."""
        super().resizeEvent(event)
        narrow = self.width() < self._ui.px(DUE_STACK_BELOW)
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    def set_due(self, caption: str, amount: str, *, note: str = "", dim: bool = False) -> None:
        """As DuePanel.set_due."""
        runs = [Run(caption, Size.TITLE, Tone.SECOND, bold=False)]
        if note:
            runs.append(Run(note, tone=Tone.THIRD))
        self.caption.set_runs((), runs)
        self.amount.set_amount(amount, Tone.THIRD if dim else Tone.INK)
        self.setAccessibleName(f"{caption} ¥{amount}")

    def set_button(self, text: str, key: str, *, enabled: bool = True) -> None:
        """As DuePanel.set_button."""
        self.button.set_text(text, key=key)
        self.button.setEnabled(enabled)


class CounterView(QWidget):
    """Shows the counter's presenters. `pressed(action)`: a key of the strip or a button that means the same."""

    pressed = Signal(str)
    scan_news = Signal(object)
    typed_news = Signal(object)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self._screen: CounterScreen | None = None
        self.place: Place | None = None
        self._tall: bool | None = None
        self.setProperty("ground", "base")
        self.setAccessibleName(ui.tr("Counter"))
        self.notice, self.paper = NoticeBanner(ui.theme), PaperBanner(ui)
        self.notice.hide()
        self.idle, self.basket = IdlePanel(ui), BasketPanel(ui)
        self.results, self.amount = FindPanel(ui), AmountPanel(ui)
        self.left = Pages()
        for panel in (self.idle, self.basket, self.results, self.amount):
            self.left.addWidget(panel)
        self.last = LastSaleStrip(ui)
        self.strip = FunctionKeyStrip(ui.theme)
        self.keyboard = OnScreenKeyboard(
            ui.theme, clear_text=ui.tr("Clear"), delete_name=ui.tr("Delete"), close_name=ui.tr("Put the keys away")
        )
        self.shift, self.nobody = ShiftPanel(ui), NobodyCard(ui)
        self.member, self.preview = MemberCard(ui), MemberCard(ui, preview=True)
        self.side = Pages()
        for card in (self.shift, self.nobody, self.member, self.preview):
            self.side.addWidget(card)
        self.due, self.due_row = DuePanel(ui.theme, parent=self), DueRow(ui, self)
        self.area = scroll_area(ui.tr("Counter"))
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body = QWidget()
        self.area.setWidget(self.body)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        self._arrange(tall=False)

    # ---- presenters

    def attach(self, screen: CounterScreen) -> None:
        """Show this counter and send it what is pressed."""
        self._screen = screen
        cart, find, amount = screen.cart, screen.find, screen.amount
        self.paper.pressed.connect(lambda action: cart.settle_paper(came_out=action == "out"))
        self.basket.step_asked.connect(cart.step_line)
        self.basket.chosen.connect(cart.select)
        self.basket.why_asked.connect(lambda: self.pressed.emit("?"))
        self.results.pointed.connect(find.choose)
        self.results.taken.connect(find.take)
        self.keyboard.pressed.connect(
            lambda key: find.typed("") if key == CLEAR else find.delete() if key == DELETE else find.key(key)
        )
        self.keyboard.closed.connect(find.toggle_keyboard)
        self.amount.keyed.connect(amount.key)
        self.amount.deleted.connect(amount.delete)
        self.amount.entered.connect(amount.enter)
        self.amount.closed.connect(amount.close)
        self.strip.pressed.connect(self.pressed)
        self.idle.pressed.connect(self._idle_pressed)
        self.last.reprint.connect(lambda: self.pressed.emit(Key.F5.value))
        self.last.undo.connect(lambda: self.pressed.emit(Key.F6.value))
        for card in (self.member, self.preview):
            card.redeem_asked.connect(lambda: self.pressed.emit(Key.F4.value))
            card.tray_asked.connect(lambda: self.pressed.emit(Key.F11.value))
        for due in (self.due, self.due_row):
            due.confirmed.connect(self._confirmed)
        cart.attach(Shown(self._show_cart))
        find.attach(Shown(self._show_find))
        amount.attach(Shown(self._show_amount))

    def _idle_pressed(self, action: str) -> None:
        if action == "amount" and self._screen is not None:
            self._screen.amount.open()
        else:
            self.pressed.emit({"find": Key.F2, "enrol": Key.F3}.get(action, Key.F2).value)

    def _confirmed(self) -> None:
        if self._screen is not None and self._screen.panel() is Panel.FIND:
            self._screen.find.pick()
        else:
            self.pressed.emit(Key.F10.value)

    def _show_cart(self, state: CounterState) -> None:
        self.scan_news.emit(state)
        self._refresh()

    def _show_find(self, state: FindState) -> None:
        self.typed_news.emit(state)
        self._refresh()

    def _show_amount(self, state: AmountState) -> None:
        self.amount.show_amount(state)
        self._refresh()

    # ---- showing

    def _refresh(self) -> None:
        screen = self._screen
        if screen is None:
            return
        state, panel = screen.cart.state, screen.panel()
        panels: dict[Panel, QWidget] = {
            Panel.IDLE: self.idle,
            Panel.BASKET: self.basket,
            Panel.FIND: self.results,
            Panel.AMOUNT: self.amount,
        }
        self.left.show_page(panels[panel])
        self.notice.set_notice(state.notice)
        self.paper.show_paper(state.paper, self.place)
        last = screen.cart.last_sale()
        self.last.setVisible(panel is Panel.IDLE and last is not None)
        if last is not None:
            self.last.show_sale(last, state.done, state.job_state, self.place)
            self.last.show_undo(screen.can(Key.F6))
        if panel is Panel.BASKET:
            self.basket.show_cart(state, tight=self._logical_width() < TIGHT_BELOW or self._ui.tr.language == "en")
        if panel is Panel.FIND:
            self.results.show_find(screen.find.state)
        called = panel is Panel.FIND and screen.find.state.keyboard
        self.keyboard.setVisible(called)
        self.strip.setVisible(not called)
        self._show_side(screen, state, panel)
        self._show_keys(screen)

    def _show_side(self, screen: CounterScreen, state: CounterState, panel: Panel) -> None:
        tr, customer, chosen = self._ui.tr, state.cart.customer, screen.find.state.preview
        if panel is Panel.FIND and chosen is not None:
            found = screen.find.state.found
            many = found is not None and found.total > 1
            advice = tr("Several may fit. Ask for the phone tail or the member code before you take one.")
            self.preview.show_customer(chosen, advice=advice if many else "")
            self.side.show_page(self.preview)
        elif customer is not None:
            self.member.show_customer(customer, can_redeem=state.payable)
            self.member.show_redeem(state.quote, can_redeem=state.payable)
            self.member.show_benefits(state.tray)
            self.side.show_page(self.member)
        else:
            self.shift.show_shift(state.shift, self.place)
            self.side.show_page(self.shift if state.empty else self.nobody)
        self.side.setVisible(not self._tall or not state.empty or panel is Panel.FIND)
        card = self.side.currentWidget()
        self.side.setMaximumHeight(card.sizeHint().height() if self._tall and card is not None else 16_777_215)
        self._show_due(state, taking=panel is Panel.FIND and chosen is not None)

    def _show_due(self, state: CounterState, *, taking: bool) -> None:
        tr, quote = self._ui.tr, state.quote
        text, key = (tr("Take this member"), Key.ENTER) if taking else (tr("Pay"), Key.F10)
        note = ""
        if quote is not None and quote.pieces:
            note = tr("{count} items", count=quote.pieces) if quote.pieces != 1 else tr("1 item")
        amount = on_screen(quote.due_minor) if quote is not None else "0.00"
        struck = f"¥{on_screen(quote.payable_minor)}" if quote is not None and quote.points_minor else ""
        enabled = taking or state.payable
        self.due.set_due(tr("Due"), amount, note="" if struck else note, struck=struck, dim=not state.payable)
        self.due.set_button(text, key.value, enabled=enabled)
        self.due_row.set_due(tr("Due"), amount, note=note, dim=not state.payable)
        self.due_row.set_button(text, key.value, enabled=enabled)

    def _show_keys(self, screen: CounterScreen) -> None:
        tr = self._ui.tr
        names = {
            Key.F2: tr("Find"),
            Key.F3: tr("Enrol"),
            Key.F4: tr("Redeem"),
            Key.F5: tr("Reprint"),
            Key.F6: tr("Undo"),
            Key.F7: tr("Return"),
            Key.F8: tr("Approve"),
            Key.ESC: tr("Back"),
        }
        self.strip.set_keys(
            tuple(
                KeySpec(key.value, names[key], key.value, enabled=screen.can(key))
                for key in STRIP
                if screen.can(key) or self._logical_width() >= FEW_KEYS_BELOW
            )
        )

    # ---- layout

    def _logical_width(self) -> float:
        return self.width() / self._ui.theme.scale

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Portrait and small tills put the member on top; nothing is ever cut, it scrolls instead."""
        super().resizeEvent(event)
        scale = self._ui.theme.scale
        width, height = self.width() / scale, self.height() / scale
        tall = self.width() < self.height() or width < WIDE_MIN or height < HIGH_MIN - 64
        self._arrange(tall=tall)
        side = self._ui.theme.tokens.layout
        self.side.setMinimumWidth(0)
        small = height < SCROLL_MIN
        for card in (self.member, self.preview):
            card.set_room(
                wide=tall and width >= FEW_KEYS_BELOW,
                small=small,
                narrow=width < TIGHT_BELOW,
                roomy=height >= ROOMY_FROM,
            )
        if not tall:
            self.side.setFixedWidth(self._ui.px(min(side.side_max, max(side.side_min, round(width * side.side_share)))))
            self.due.setFixedWidth(self.side.width())
        else:
            self.side.setMaximumWidth(16_777_215)
            self.due.setMaximumWidth(16_777_215)
        self.body.setMinimumHeight(self._ui.px(SCROLL_MIN) if small else 0)
        self._refresh()

    def _arrange(self, *, tall: bool) -> None:
        if tall == self._tall:
            return
        self._tall = tall
        px = self._ui.px
        unset_layout(self.body)
        while self._outer.takeAt(0) is not None:
            pass
        left = QVBoxLayout()
        left.setSpacing(px(12))
        left.addWidget(self.paper)
        left.addWidget(self.notice)
        left.addWidget(self.left, 1)
        left.addWidget(self.last)
        left.addWidget(self.strip)
        left.addWidget(self.keyboard)
        self._outer.addWidget(self.area, 1)
        self.due.setVisible(not tall)
        self.due_row.setVisible(tall)
        whole: QVBoxLayout | QHBoxLayout
        if tall:
            whole = QVBoxLayout(self.body)
            whole.addWidget(self.side)
            whole.addLayout(left, 1)
            foot = row(self.due_row)
            foot.setContentsMargins(px(12), 0, px(12), px(12))
            self._outer.addLayout(foot)
        else:
            whole = QHBoxLayout(self.body)
            whole.addLayout(left, 1)
            right = QVBoxLayout()
            right.setSpacing(px(12))
            right.addWidget(self.side, 1)
            right.addWidget(self.due)
            whole.addLayout(right)
        whole.setContentsMargins(px(12), px(12), px(12), px(12))
        whole.setSpacing(px(12))
