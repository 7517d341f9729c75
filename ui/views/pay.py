"""Payment: ways to pay, what is given, likely amounts, keypad; at the right who, points after, due, change, finish."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.money import on_screen
from app.domain.sale import TenderKind
from ui.presenters.pay import KINDS, SUGGESTIONS_MAX, PayPresenter, PayState, suggestions
from ui.theme.names import Icon, Size, Tone
from ui.views import wording
from ui.views.common import PIN_FROM, Shown, Ui, pin
from ui.views.notice import NoticeBanner
from ui.views.pay_side import PaySide
from ui.views.sides import FormBesideSide
from ui.widgets.basics import Card, Label, column, row
from ui.widgets.buttons import KeyButton
from ui.widgets.field import FigureField
from ui.widgets.keypad import DELETE, Keypad
from ui.widgets.runs import RunLine
from ui.widgets.tasks import TenderButton
from ui.widgets.values import Run, Tender

TENDER_ICONS = {
    TenderKind.CASH: Icon.CASH,
    TenderKind.QR: Icon.QR,
    TenderKind.CARD: Icon.CARD,
    TenderKind.STORED_VALUE: Icon.COIN,
}
TENDER_KEYS = {kind: f"Alt+{number}" for number, kind in enumerate(KINDS, start=1)}
STACK_BELOW = 900  # logical width below which the right column goes under
NARROW_BELOW = 600  # logical width below which the keypad goes under too


class PayView(QWidget):
    """Shows the pay presenter. `pressed(action)`: Esc, F4, F10 as buttons."""

    pressed = Signal(str)
    scan_news = Signal(object)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self._presenter: PayPresenter | None = None
        self.setProperty("ground", "base")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(ui.tr("Pay"))
        self.notice = NoticeBanner(ui.theme)
        self.side = PaySide(ui)
        self.side.finish.connect(lambda: self.pressed.emit("F10"))
        self._build()
        self._parts = FormBesideSide(ui, self)
        self._parts.arrange(self.main, self.side, stacked=False)

    def _build(self) -> None:
        ui, tr, px = self._ui, self._ui.tr, self._ui.px
        back = KeyButton(ui.theme, tr("Back to the receipt"), key="Esc")
        back.clicked.connect(lambda: self.pressed.emit("Esc"))
        self.pad = Keypad(ui.theme, names=("", tr("Delete")))
        self._middle = QHBoxLayout()
        self._middle.setSpacing(px(20))
        self._middle.addLayout(self._money(), 54)
        self._middle.addWidget(self.pad, 46)
        self.main = Card(ui.theme)
        self.main.body.setContentsMargins(px(20), px(18), px(20), px(18))
        self.main.body.setSpacing(px(16))
        self.main.body.addLayout(row(Label(ui.theme, tr("Pay"), size=Size.HEADLINE), 1, back))
        self.main.body.addWidget(self.notice)
        self.main.body.addLayout(self._ways())
        self.main.body.addLayout(self._middle, 1)

    def _ways(self) -> QHBoxLayout:
        """Cash, QR, card, stored value, and points."""
        ui, tr = self._ui, self._ui.tr
        self.tenders: dict[TenderKind, TenderButton] = {}
        ways = row(gap=ui.px(10))
        for kind in KINDS:
            spec = Tender(TENDER_ICONS[kind], wording.tender_name(kind, tr), TENDER_KEYS[kind], kind.value)
            button = TenderButton(ui.theme, spec)
            button.clicked.connect(lambda _checked=False, kind=kind: self._choose(kind))
            self.tenders[kind] = button
        self.points = TenderButton(ui.theme, Tender(Icon.COIN, tr("Points"), "F4", "F4"))
        self.points.clicked.connect(lambda: self.pressed.emit("F4"))
        for button in (*self.tenders.values(), self.points):
            button.set_look(shrink=True)
            ways.addWidget(button, 1)
        return ways

    def _money(self) -> QVBoxLayout:
        """What is given: the figure, likely amounts, and part payments so far."""
        ui, tr, px = self._ui, self._ui.tr, self._ui.px
        self.caption = Label(ui.theme, size=Size.LABEL, tone=Tone.SECOND)
        self.field = FigureField(ui.theme, name=tr("Cash given"))
        self.point = KeyButton(ui.theme, ".", height_px=72)
        self.point.setAccessibleName(tr("Decimal point"))
        self.point.set_look(size=Size.HEADLINE)
        self.taken, self.taken_line = Card(ui.theme, look="sunken"), RunLine(ui.theme)
        self.undo = KeyButton(ui.theme, tr("Take the last one back"))
        self.undo.set_look(shrink=True)
        self.taken.body.addWidget(self.taken_line)
        self.taken.body.addWidget(self.undo)
        self.keep = KeyButton(ui.theme, key="S", icon=Icon.PLUS)
        self.keep.set_look(shrink=True)
        typed = row(self.field, self.point, gap=px(8))
        typed.setStretch(0, 1)
        figure = column(self.caption, gap=0)
        figure.addLayout(typed)
        money = QVBoxLayout()
        money.setSpacing(px(12))
        money.addLayout(figure)
        money.addLayout(self._likely())
        money.addStretch(1)
        money.addWidget(self.taken)
        money.addWidget(self.keep)
        return money

    def _likely(self) -> QGridLayout:
        ui = self._ui
        grid = QGridLayout()
        grid.setSpacing(ui.px(8))
        self.note_buttons: list[KeyButton] = []
        for place in range(SUGGESTIONS_MAX):
            button = KeyButton(ui.theme, height_px=56)
            button.set_look(size=Size.STRONG, padding_px=6, shrink=True)
            button.clicked.connect(lambda _checked=False, place=place: self._give(place))
            grid.addWidget(button, place // 3, place % 3)
            self.note_buttons.append(button)
        for column_ in range(3):
            grid.setColumnStretch(column_, 1)
        return grid

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrow screens put the right column under."""
        super().resizeEvent(event)
        stacked = self.width() < self._ui.px(STACK_BELOW)
        self._parts.arrange(self.main, self.side, stacked=stacked)
        pin(self.side.change, self._parts.foot if stacked and self.height() >= self._ui.px(PIN_FROM) else self.side)
        narrow = self.width() < self._ui.px(NARROW_BELOW)
        self._middle.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    def attach(self, presenter: PayPresenter) -> None:
        """Show this payment and send it what is pressed."""
        self._presenter = presenter
        self.pad.pressed.connect(lambda key: presenter.delete() if key == DELETE else presenter.key(key))
        self.point.clicked.connect(lambda: presenter.key("."))
        self.undo.clicked.connect(presenter.drop_taken)
        self.keep.clicked.connect(presenter.keep_change)
        presenter.attach(Shown(self.show_state))

    def _choose(self, kind: TenderKind) -> None:
        if self._presenter is not None:
            self._presenter.choose(kind)

    def _give(self, place: int) -> None:
        if self._presenter is not None:
            amounts = suggestions(self._presenter.state.rest_minor)
            if place < len(amounts):
                self._presenter.give(amounts[place])

    def show_state(self, state: PayState) -> None:
        """Everything of the payment."""
        tr = self._ui.tr
        self.scan_news.emit(state)
        cash = state.kind is TenderKind.CASH
        self.notice.set_notice(state.notice)
        for kind, button in self.tenders.items():
            button.set_chosen(kind is state.kind)
            button.setEnabled(not state.saving and not state.asking)
        stored = self.tenders[TenderKind.STORED_VALUE]
        named = tr("Stored ¥{amount}", amount=on_screen(state.stored_minor).removesuffix(".00"))
        stored.set_text(named if state.stored_minor else tr("Stored value"), key=TENDER_KEYS[TenderKind.STORED_VALUE])
        stored.setEnabled(stored.isEnabled() and state.stored_minor > 0)
        self.keep.setVisible(state.can_keep or state.keep)
        self.keep.set_text(tr("Change ¥{amount} into stored value", amount=on_screen(state.change_minor)), key="S")
        self.keep.set_chosen(state.keep)
        self.points.setEnabled(not state.saving and state.cart is not None and state.cart.customer is not None)
        self.caption.set_text(tr("Cash given") if cash else tr("Amount to be paid this way"))
        self.field.set_figure(state.text or on_screen(state.given_minor))
        amounts = suggestions(state.rest_minor) if cash and state.open else ()
        for place, button_ in enumerate(self.note_buttons):
            button_.setVisible(place < len(amounts))
            if place < len(amounts):
                button_.set_text(wording.yuan_short(amounts[place]))
        self.taken.setVisible(bool(state.taken))
        taken = " · ".join(f"{wording.tender_name(t.kind, tr)} ¥{on_screen(t.minor or 0)}" for t in state.taken)
        self.taken_line.set_runs((Run(taken, Size.STRONG),))
        self.side.show_pay(state)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits and the point are the amount, Alt and a digit the way to pay."""
        presenter, text = self._presenter, event.text()
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        digits = {Qt.Key.Key_1: 0, Qt.Key.Key_2: 1, Qt.Key.Key_3: 2, Qt.Key.Key_4: 3}
        if presenter is None:
            super().keyPressEvent(event)
        elif alt and Qt.Key(event.key()) in digits:
            presenter.choose(KINDS[digits[Qt.Key(event.key())]])
        elif not alt and text and text in "0123456789.":
            presenter.key(text)
        elif text.lower() == "s":
            presenter.keep_change()
        elif event.key() == Qt.Key.Key_Backspace:
            presenter.delete()
        else:
            super().keyPressEvent(event)
