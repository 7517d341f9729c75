"""The right column of payment: who, points after it, due and given, change and the one button."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.domain.money import on_screen
from app.domain.sale import TenderKind
from ui.presenters.pay import PayState
from ui.theme.names import Size, Tone
from ui.views import wording
from ui.views.common import Ui
from ui.views.sides import SideColumn
from ui.widgets.basics import Label
from ui.widgets.frame import DuePanel
from ui.widgets.member import MemberHead
from ui.widgets.runs import RunLine
from ui.widgets.values import MoneyRun, Run

SIDE_WIDTH = 400


class PointsAfter(QFrame):
    """The points the member will have, and what this sale gives."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self.setProperty("banner", "points")
        self.caption = Label(ui.theme, ui.tr("Points after payment"), size=Size.LABEL, tone=Tone.SECOND)
        self.line = RunLine(ui.theme, height_px=52)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(ui.px(14), ui.px(10), ui.px(14), ui.px(12))
        layout.setSpacing(0)
        layout.addWidget(self.caption)
        layout.addWidget(self.line)

    def show_points(self, after: int | None, earns: int) -> None:
        """With an unknown balance only what the sale gives."""
        earned = Run(wording.signed(earns), Size.NUMBER if after is not None else Size.FIGURE, Tone.POINTS)
        if after is None:
            self.caption.set_text(self._ui.tr("Points of this sale"))
            self.line.set_runs((earned,))
        else:
            self.caption.set_text(self._ui.tr("Points after payment"))
            self.line.set_runs((Run(wording.points(after), Size.FIGURE, Tone.POINTS),), (earned,))
        self.setAccessibleName(f"{self.caption.text()} {self.line.accessibleName()}")


class PaySide(SideColumn):
    """`finish` when the teal button is pressed."""

    finish = Signal()

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, SIDE_WIDTH, parent)
        self._ui = ui
        self.head, self.points = MemberHead(ui.theme), PointsAfter(ui)
        self.nobody = Label(
            ui.theme,
            ui.tr("No member on this receipt: no points are given. A card can still be scanned."),
            tone=Tone.SECOND,
            wrap=True,
        )
        self.due, self.given = RunLine(ui.theme), RunLine(ui.theme)
        self.card = QFrame()
        self.card.setProperty("card", "raised")
        card = QVBoxLayout(self.card)
        card.setContentsMargins(ui.px(16), ui.px(14), ui.px(16), ui.px(10))
        card.setSpacing(ui.px(16))
        for widget in (self.head, self.points, self.nobody):
            card.addWidget(widget)
        card.addStretch(1)
        card.addWidget(self.due)
        card.addWidget(self.given)
        self.change = DuePanel(ui.theme)
        self.change.confirmed.connect(self.finish)
        self.change.button.set_look(shrink=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(ui.px(12))
        layout.addWidget(self.card, 1)
        layout.addWidget(self.change)

    def show_pay(self, state: PayState) -> None:
        """Who, points, money, and what the button will do."""
        tr, quote = self._ui.tr, state.quote
        customer = state.cart.customer if state.cart else None
        self.head.setVisible(customer is not None)
        self.points.setVisible(customer is not None and quote is not None)
        self.nobody.setVisible(customer is None)
        if customer is not None:
            self.head.set_member(wording.who(customer, tr))
        if quote is not None:
            self.points.show_points(quote.points_after, quote.earns)
        left = sum(tender.minor or 0 for tender in state.taken)
        self._money(self.due, tr("Due"), state.due_minor)
        self._money(self.given, tr("Given"), left + state.given_minor)
        if state.short_minor:
            text = tr("Take ¥{amount}", amount=on_screen(state.given_minor))
            self.change.set_due(tr("Still to pay"), on_screen(state.short_minor))
            self.change.set_button(text, "F10", enabled=state.given_minor > 0)
        else:
            kept = state.keep and state.can_keep
            caption = tr("Into stored value") if kept else tr("Change")
            self.change.set_due(caption, on_screen(state.change_minor), dim=not state.change_minor)
            self.change.set_button(tr("Finish"), "F10", enabled=state.open)
        if state.kind is TenderKind.STORED_VALUE and not state.saving:
            pays = min(state.given_minor, state.rest_minor)
            text = tr("Take ¥{amount} of stored value", amount=on_screen(pays))
            self.change.set_button(text, "F10", enabled=pays > 0 and not state.asking)
        self.change.button.set_busy(tr("Saving") if state.saving else tr("Asking") if state.asking else "")

    def _money(self, line: RunLine, caption: str, minor: int) -> None:
        line.set_runs((Run(caption, tone=Tone.SECOND),), (MoneyRun(on_screen(minor), Size.NAME),))
