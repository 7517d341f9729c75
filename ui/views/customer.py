"""The customer's own screen: welcome with the QR to join, the goods, the total, points, thanks and five buttons.

It never takes the keyboard: whatever is touched here, the next scan goes to the till.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLayout, QStackedLayout, QWidget

from app.domain.consent import Purpose
from app.domain.money import on_screen
from ui.presenters.customer_state import CustomerState, Moment
from ui.presenters.pole import change_word
from ui.theme.names import Size, Tone
from ui.views.common import Ui
from ui.views.consents import consent_choice
from ui.views.customer_parts import Centred, Goods, PointsCard, QrCard, RatingCard
from ui.widgets.basics import Card, Label, column
from ui.widgets.runs import RunLine
from ui.widgets.values import MoneyRun, Run

EDGE_PX, GAP_PX = 24, 20


class _Sides(QWidget):
    """Two columns; one above the other on a screen that is higher than wide."""

    def __init__(self, ui: Ui, left: QWidget, right: QWidget) -> None:
        super().__init__()
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        edge = ui.px(EDGE_PX)
        self._box.setContentsMargins(edge, edge, edge, edge)
        self._box.setSpacing(ui.px(GAP_PX))
        self._box.addWidget(left, 3)
        self._box.addWidget(right, 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn with the screen."""
        super().resizeEvent(event)
        upright = self.height() > self.width()
        self._box.setDirection(QBoxLayout.Direction.TopToBottom if upright else QBoxLayout.Direction.LeftToRight)


class CustomerWindow(QWidget):
    """Shows the customer's state. `rated(score)` when one of the five buttons is touched, `answered(purpose, given)`
    when the customer agrees or declines."""

    rated = Signal(int)
    answered = Signal(Purpose, bool)

    def __init__(self, ui: Ui) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.WindowDoesNotAcceptFocus)
        self._ui, tr = ui, ui.tr
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("ground", "base")
        self.setWindowTitle(tr("For the customer"))
        self.setAccessibleName(tr("For the customer"))
        self.stack = QStackedLayout(self)
        self.stack.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # the screen decides, not the words
        self.welcome, self.sale, self.thanks, self.consent = (
            self._welcome(),
            self._sale(),
            self._thanks(),
            self._consent(),
        )
        for page in (self.welcome, self.sale, self.thanks, self.consent):
            self.stack.addWidget(page)

    def show_state(self, state: CustomerState) -> None:
        """The page of the moment."""
        if state.moment is Moment.WELCOME:
            self.brand.set_text(state.brand)
            self.join.show_data(state.join)
            self.stack.setCurrentWidget(self.welcome)
        elif state.moment is Moment.THANKS:
            self._show_thanks(state)
            self.stack.setCurrentWidget(self.thanks)
        elif state.moment is Moment.CONSENT:
            for purpose, choice in self.choices.items():
                choice.set_answer(state.answer(purpose))
            self.stack.setCurrentWidget(self.consent)
        else:
            self._show_sale(state)
            self.stack.setCurrentWidget(self.sale)

    def _welcome(self) -> QWidget:
        ui, tr = self._ui, self._ui.tr
        self.brand = Centred(ui, size=Size.AMOUNT)
        self.join = QrCard(ui, tr("Scan to become a member"))
        page = QWidget()
        page.setLayout(
            column(
                1,
                self.brand,
                Centred(ui, tr("Welcome"), size=Size.NAME, tone=Tone.SECOND),
                self.join,
                1,
                gap=ui.px(GAP_PX),
            )
        )
        return page

    def _sale(self) -> QWidget:
        ui, tr = self._ui, self._ui.tr
        self.goods = Goods(ui)
        self.total = RunLine(ui.theme)
        self.saved = Label(ui.theme, size=Size.TITLE, tone=Tone.POINTS)
        self.points = PointsCard(ui)
        due = Card(ui.theme)
        for widget in (Label(ui.theme, tr("Total"), size=Size.TITLE, tone=Tone.SECOND), self.total, self.saved):
            due.body.addWidget(widget)
        side = QWidget()
        side.setLayout(column(due, self.points, 1, gap=ui.px(GAP_PX)))
        return _Sides(ui, self.goods, side)

    def _thanks(self) -> QWidget:
        ui, tr = self._ui, self._ui.tr
        self.paid = Card(ui.theme)
        self.paid_due, self.paid_given, self.paid_change = (RunLine(ui.theme) for _ in range(3))
        self.paid.body.addWidget(Label(ui.theme, tr("Thank you"), size=Size.NAME))
        for line in (self.paid_due, self.paid_given, self.paid_change):
            self.paid.body.addWidget(line)
        self.paid_points = PointsCard(ui)
        self.rating = RatingCard(ui)
        self.rating.rated.connect(self.rated)
        self.receipt = QrCard(ui, tr("Your e-receipt: scan it with your phone"))
        left, right = QWidget(), QWidget()
        left.setLayout(column(self.paid, self.paid_points, 1, gap=ui.px(GAP_PX)))
        right.setLayout(column(self.rating, 1, self.receipt, 1, gap=ui.px(GAP_PX)))
        return _Sides(ui, left, right)

    def _consent(self) -> QWidget:
        ui, tr = self._ui, self._ui.tr
        card = Card(ui.theme)
        card.body.addWidget(Label(ui.theme, tr("May we? Please choose for yourself."), size=Size.HEADLINE))
        self.choices = {purpose: consent_choice(ui, purpose) for purpose in Purpose}
        for purpose, choice in self.choices.items():
            for button in (choice.agree, choice.decline):
                button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            choice.answered.connect(lambda given, purpose=purpose: self.answered.emit(purpose, given))
            card.body.addWidget(choice)
        words = tr("What is not answered counts as declined. All but the member service may be declined.")
        card.body.addWidget(Label(ui.theme, words, size=Size.BODY, tone=Tone.SECOND, wrap=True))
        page = QWidget()
        page.setLayout(column(1, card, 1, gap=0))
        edge = ui.px(EDGE_PX)
        page.setContentsMargins(edge, edge, edge, edge)
        return page

    def _show_sale(self, state: CustomerState) -> None:
        tr = self._ui.tr
        self.goods.show_goods(state)
        self.total.set_runs((_money(state.due_minor, Size.HERO),))
        off = state.discount_minor
        self.saved.set_text(tr("saves ¥{amount}", amount=on_screen(off)) if off else "")
        self.saved.setVisible(bool(off))
        self.points.show_points(state)

    def _show_thanks(self, state: CustomerState) -> None:
        tr = self._ui.tr
        change = bool(state.change_minor)
        for line, word, minor in (
            (self.paid_due, tr("Due") if change else tr("Paid"), state.due_minor),
            (self.paid_given, tr("Given"), state.given_minor),
        ):
            line.set_runs((Run(word, Size.TITLE, Tone.SECOND), _money(minor, Size.NUMBER)))
        back = _money(state.change_minor, Size.HERO, Tone.PRIMARY)
        self.paid_change.set_runs((Run(change_word(state, tr), Size.TITLE, Tone.SECOND), back))
        for line in (self.paid_given, self.paid_change):
            line.setVisible(change)
        self.paid_points.show_points(state)
        self.rating.show_answer(state.score)
        self.receipt.show_data(state.link)


def _money(minor: int, size: Size, tone: Tone = Tone.INK) -> MoneyRun:
    return MoneyRun(on_screen(minor), size, tone)
