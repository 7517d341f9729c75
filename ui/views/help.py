"""The keys of the till, each with what it does."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.i18n import Translator
from ui.presenters.help import HelpPresenter, HelpState
from ui.theme.names import Size, Tone
from ui.views.common import Shown, Ui, scroll_area
from ui.widgets.basics import Card, Label, row
from ui.widgets.buttons import KeyButton
from ui.widgets.caps import KeyCap

NARROW_BELOW = 900


def key_words(tr: Translator) -> tuple[tuple[str, str], ...]:
    """Every key and what it does, in reading order."""
    return (
        ("F1", tr("This help")),
        ("F2", tr("Find a member: card, phone tail, name, initials")),
        ("F3", tr("Enrol a new member")),
        ("F4", tr("Spend points (needs head office)")),
        ("F5", tr("Last receipt; again: print a copy")),
        ("F6", tr("Take the last sale back; again: do it")),
        ("F7", tr("Goods come back")),
        ("F8", tr("Shift, cash, points and coupons by hand")),
        ("F9", tr("Lock; receipt and forms stay")),
        ("F10", tr("Pay; finish")),
        ("F11", tr("Coupons, rewards, stored value: digits use, T tops up")),
        ("F12", tr("Pending events and devices")),
        ("?", tr("Why these points: of this receipt, of the last one")),
        ("*", tr("Amount only")),
        ("Enter", tr("Take what is marked; confirm")),
        ("↑ ↓", tr("Mark a line or a member")),
        ("1–9", tr("Take the member with that number while a name is typed")),
        ("+ −", tr("One more or one less of the marked line")),
        ("Alt+1–4", tr("Cash, QR pay, bank card, stored value")),
        ("← →", tr("Another way to pay; another person at sign-on")),
        ("Esc", tr("One step back; twice on a receipt empties it")),
    )


class HelpView(QWidget):
    """Shows the help. `pressed(action)`: Esc as a button."""

    pressed = Signal(str)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tr, px = ui.tr, ui.px
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Keys"))
        back = KeyButton(ui.theme, tr("Back"), key="Esc")
        back.clicked.connect(lambda: self.pressed.emit("Esc"))
        card = Card(ui.theme)
        card.body.setContentsMargins(px(20), px(18), px(20), px(18))
        card.body.addLayout(row(Label(ui.theme, tr("Keys"), size=Size.HEADLINE), 1, back))
        text = tr("A scan always goes to the receipt, whatever is open. Nothing typed is lost by it.")
        card.body.addWidget(Label(ui.theme, text, tone=Tone.SECOND, wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(14))
        grid.setVerticalSpacing(px(20))
        pairs = key_words(tr)
        half = (len(pairs) + 1) // 2
        for number, (key, words) in enumerate(pairs):
            line, side = number % half, number // half
            grid.addWidget(KeyCap(ui.theme, key), line, 2 * side, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(Label(ui.theme, words, wrap=True), line, 2 * side + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        card.body.addSpacing(px(8))
        card.body.addLayout(grid)
        card.body.addStretch(1)
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(px(12), px(12), px(12), px(12))
        inner.addWidget(card)
        area = scroll_area(tr("Keys"))
        area.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def attach(self, presenter: HelpPresenter) -> None:
        """Nothing changes while it is open."""
        presenter.attach(Shown(self._shown))

    def _shown(self, state: HelpState) -> None:
        self.setEnabled(state.open)
