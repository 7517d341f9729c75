"""Why these points: the lines with what each rule gave them, and every rule with its points or its reason."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.programme.document import BASE_RULE
from app.services.why import Why, WhyLine, WhyRule
from ui.presenters.why import WhyPresenter, WhyState
from ui.theme.names import Icon, Size, Tone
from ui.views import wording
from ui.views.common import Shown, Ui, scroll_area
from ui.views.notice import NoticeBanner
from ui.views.why_words import kind_words, reason_words
from ui.widgets.basics import Card, Label, row
from ui.widgets.buttons import KeyButton
from ui.widgets.member import ItemRow
from ui.widgets.values import Run

STACK_BELOW = 900


class WhyView(QWidget):
    """`pressed(action)`: Esc as a button."""

    pressed = Signal(str)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui, tr, px = ui, ui.tr, ui.px
        self.setProperty("ground", "base")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Why these points"))
        self.title, self.sum = Label(ui.theme, size=Size.HEADLINE), Label(ui.theme, size=Size.NUMBER, tone=Tone.POINTS)
        self.notice = NoticeBanner(ui.theme)
        self.back = KeyButton(ui.theme, tr("Back"), key="Esc")
        self.back.clicked.connect(lambda: self.pressed.emit("Esc"))
        self.lines, self.rules = Card(ui.theme), Card(ui.theme)
        self._rows: list[ItemRow] = []
        for card, text in ((self.lines, tr("Line by line")), (self.rules, tr("Rule by rule"))):
            card.body.setSpacing(0)
            card.body.addWidget(Label(ui.theme, text, size=Size.TITLE))
        body = QWidget()
        self._cards = QHBoxLayout(body)
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._cards.setSpacing(px(12))
        self._cards.addWidget(self.lines, 1, Qt.AlignmentFlag.AlignTop)
        self._cards.addWidget(self.rules, 1, Qt.AlignmentFlag.AlignTop)
        area = scroll_area(tr("Why these points"))
        area.setWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(px(12), px(12), px(12), px(12))
        whole.setSpacing(px(12))
        whole.addLayout(row(self.title, self.sum, 1, self.back, gap=px(14)))
        whole.addWidget(self.notice)
        whole.addWidget(area, 1)

    def attach(self, presenter: WhyPresenter) -> None:
        """Show the answer."""
        presenter.attach(Shown(self.show_state))

    def show_state(self, state: WhyState) -> None:
        """Lines and rules, or why there is no answer."""
        tr = self._ui.tr
        self.notice.set_notice(state.notice)
        self.title.set_text(tr("Why these points"))
        self.sum.set_text("")
        for old in self._rows:
            old.hide()
            old.deleteLater()
        self._rows = []
        if state.why is not None:
            self._show(state.why)

    def _show(self, shown: Why) -> None:
        tr = self._ui.tr
        if shown.receipt_no:
            self.title.set_text(tr("Why these points · receipt {number}", number=shown.receipt_no))
        self.sum.set_text(tr("No member, no points") if shown.nobody else wording.signed(shown.points))
        for line in shown.lines:
            self._line(line)
        for rule in sorted(shown.rules, key=lambda one: one.refused is not None):
            self._rule(rule)

    def _line(self, line: WhyLine) -> None:
        tr = self._ui.tr
        parts = " · ".join(f"{self._name(rule)} {wording.signed(points)}" for rule, points in line.parts if points)
        if line.eligible_minor != line.charged_minor:
            some = tr("{amount} of it earns", amount=wording.yuan(line.eligible_minor))
            nothing = tr("does not earn")
            counted = some if line.eligible_minor else nothing
            parts = f"{counted} · {parts}" if parts else counted
        item = ItemRow(self._ui.theme, icon=Icon.CART, tone=Tone.SECOND)
        item.set_item(f"{line.name or tr('Amount only')} {wording.yuan(line.charged_minor)}", parts)
        item.set_tail(Run(wording.signed(line.points), Size.NUMBER, Tone.POINTS if line.points else Tone.THIRD))
        self._add(self.lines, item)

    def _rule(self, rule: WhyRule) -> None:
        tr, refused = self._ui.tr, rule.refused
        gave = refused is None
        item = ItemRow(self._ui.theme, icon=Icon.OKC if gave else Icon.X, tone=Tone.PRIMARY if gave else Tone.THIRD)
        note = kind_words(rule, tr) if refused is None else reason_words(refused, tr)
        item.set_item(self._name(rule.rule), note)
        item.set_tail(
            Run(wording.signed(rule.points) if gave else "0", Size.NUMBER, Tone.POINTS if gave else Tone.THIRD)
        )
        self._add(self.rules, item)

    def _add(self, card: Card, item: ItemRow) -> None:
        card.body.addWidget(item)
        self._rows.append(item)

    def _name(self, rule: str) -> str:
        return self._ui.tr("Base points") if rule == BASE_RULE else rule

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rules go under the lines on a narrow screen."""
        super().resizeEvent(event)
        narrow = self.width() < self._ui.px(STACK_BELOW)
        self._cards.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
