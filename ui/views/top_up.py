"""Paying into stored value: amount and keypad, ways to pay, what the chain adds, before and after, one button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.money import on_screen
from app.domain.sale import TenderKind
from app.services.stored_value import PAID_BY
from ui.presenters.topup import LIKELY_MINOR, TopUpPresenter, TopUpState
from ui.theme.names import Icon, Kind, Size, Tone
from ui.views import wording
from ui.views.common import PIN_FROM, Shown, Ui, foot_row, pin, scroll_area
from ui.views.notice import NoticeBanner
from ui.widgets.basics import Card, Label, column, row
from ui.widgets.buttons import KeyButton
from ui.widgets.field import FigureField
from ui.widgets.keypad import DELETE, Keypad
from ui.widgets.member import MemberHead
from ui.widgets.tasks import FactRow, TenderButton
from ui.widgets.values import Run, Tender

ICONS = {TenderKind.CASH: Icon.CASH, TenderKind.QR: Icon.QR, TenderKind.CARD: Icon.CARD}
KEYS = {TenderKind.CASH: "Alt+1", TenderKind.QR: "Alt+2", TenderKind.CARD: "Alt+3"}
NARROW_BELOW = 760  # logical width below which the keypad goes under


class TopUpView(QWidget):
    """Shows the top-up presenter. `pressed(action)`: Esc and F10 as buttons."""

    pressed = Signal(str)
    scan_news = Signal(object)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui, tr, px = ui, ui.tr, ui.px
        self._presenter: TopUpPresenter | None = None
        self.setProperty("ground", "base")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Top up stored value"))
        self.head = MemberHead(ui.theme, avatar_px=48)
        back = KeyButton(ui.theme, tr("Back"), key="Esc")
        back.clicked.connect(lambda: self.pressed.emit("Esc"))
        self.notice = NoticeBanner(ui.theme)
        self.pad = Keypad(ui.theme, names=("", tr("Delete")))
        self.go = KeyButton(ui.theme, kind=Kind.PRIMARY)
        self.go.set_look(shrink=True)
        self.go.clicked.connect(lambda: self.pressed.emit("F10"))
        self.card = Card(ui.theme, look="points")
        body = self.card.body
        body.setContentsMargins(px(20), px(16), px(20), px(16))
        body.setSpacing(px(12))
        top = row(Label(ui.theme, tr("Top up stored value"), size=Size.HEADLINE), 1, back)
        body.addLayout(top)
        body.addWidget(self.head)
        body.addWidget(self.notice)
        body.addLayout(self._ways())
        self._middle = QHBoxLayout()
        self._middle.setSpacing(px(20))
        self._middle.addLayout(self._money(), 54)
        self._middle.addWidget(self.pad, 46)
        body.addLayout(self._middle, 1)
        self.area = scroll_area(tr("Top up stored value"))
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(px(12), px(12), px(12), px(12))
        layout.addWidget(self.card)
        self.area.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.area, 1)
        self.foot = foot_row(ui)
        outer.addWidget(self.foot)

    def _ways(self) -> QHBoxLayout:
        ui = self._ui
        self.tenders: dict[TenderKind, TenderButton] = {}
        ways = row(gap=ui.px(10))
        for kind in PAID_BY:
            button = TenderButton(
                ui.theme, Tender(ICONS[kind], wording.tender_name(kind, ui.tr), KEYS[kind], kind.value)
            )
            button.set_look(shrink=True)
            button.clicked.connect(
                lambda _checked=False, kind=kind: self._presenter.choose(kind) if self._presenter else None
            )
            self.tenders[kind] = button
            ways.addWidget(button, 1)
        return ways

    def _money(self) -> QVBoxLayout:
        ui, tr, px = self._ui, self._ui.tr, self._ui.px
        self.field = FigureField(ui.theme, name=tr("Amount to pay in"))
        self.likely = [KeyButton(ui.theme, wording.yuan_short(minor), height_px=56) for minor in LIKELY_MINOR]
        likely = row(gap=px(8))
        for minor, button in zip(LIKELY_MINOR, self.likely, strict=True):
            button.set_look(size=Size.STRONG, padding_px=6, shrink=True)
            button.clicked.connect(
                lambda _checked=False, minor=minor: self._presenter.give(minor) if self._presenter else None
            )
            likely.addWidget(button, 1)
        self.bonus, self.balance = FactRow(ui.theme, tr("Bonus")), FactRow(ui.theme, tr("Stored value"))
        self.holder = QWidget()
        holder = QVBoxLayout(self.holder)
        holder.setContentsMargins(0, 0, 0, 0)
        holder.addWidget(self.go)
        money = column(Label(ui.theme, tr("Amount to pay in"), size=Size.LABEL, tone=Tone.SECOND), gap=px(10))
        money.addWidget(self.field)
        money.addLayout(likely)
        money.addWidget(self.bonus)
        money.addWidget(self.balance)
        money.addStretch(1)
        money.addWidget(self.holder)
        return money

    def attach(self, presenter: TopUpPresenter) -> None:
        """Show this top-up and send what is pressed."""
        self._presenter = presenter
        self.pad.pressed.connect(lambda key: presenter.delete() if key == DELETE else presenter.key(key))
        presenter.attach(Shown(self.show_state))

    def show_state(self, state: TopUpState) -> None:
        """Everything of it."""
        self.scan_news.emit(state)
        tr, offer = self._ui.tr, state.offer
        if state.customer is not None:
            self.head.set_member(wording.who(state.customer, tr))
        self.notice.set_notice(state.notice)
        for kind, button in self.tenders.items():
            button.set_chosen(kind is state.kind)
            button.setEnabled(not state.saving)
        self.field.set_figure(state.text)
        if offer is None:
            self.bonus.set_fact(Run("—", tone=Tone.THIRD))
            self.balance.set_fact(Run("—", tone=Tone.THIRD))
            self.go.set_text(tr("Type an amount"), key="F10")
        else:
            self.bonus.set_fact(Run(f"+{wording.yuan(offer.bonus_minor)}", Size.NUMBER, Tone.POINTS))
            self.balance.set_change(wording.yuan(offer.before_minor), wording.yuan(offer.after_minor))
            self.go.set_text(tr("Take ¥{amount}", amount=on_screen(offer.minor)), key="F10")
        self.go.setEnabled(offer is not None)
        self.go.set_busy(tr("Saving") if state.saving else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits and the point are the amount, Alt and a digit the way to pay."""
        presenter, text = self._presenter, event.text()
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        digits = {Qt.Key.Key_1: 0, Qt.Key.Key_2: 1, Qt.Key.Key_3: 2}
        if presenter is None:
            super().keyPressEvent(event)
        elif alt and Qt.Key(event.key()) in digits:
            presenter.choose(PAID_BY[digits[Qt.Key(event.key())]])
        elif not alt and text and text in "0123456789.":
            presenter.key(text)
        elif event.key() == Qt.Key.Key_Backspace:
            presenter.delete()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The keypad goes under where there is no room beside it; the button stays at the foot then."""
        super().resizeEvent(event)
        narrow = self.width() < self._ui.px(NARROW_BELOW)
        self._middle.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        high = self.height() >= self._ui.px(PIN_FROM)
        pin(self.go, self.foot if narrow and high else self.holder)
