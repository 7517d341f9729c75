"""The drawer counted: notes and coins row by row, the terminals' sums, what should be there, and one button."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from app.domain.sale import TenderKind
from app.errors import Refusal
from ui.presenters.by_hand import ByHandPresenter
from ui.presenters.by_hand_state import ByHandState
from ui.presenters.count import SUMS, Count
from ui.theme.names import Kind, Size, Tone
from ui.views import wording
from ui.views.common import Ui
from ui.views.shift_report import signed_yuan
from ui.views.sides import FormBesidePad
from ui.widgets.basics import Card, Label, row
from ui.widgets.buttons import KeyButton
from ui.widgets.keypad import DELETE, Keypad
from ui.widgets.runs import RunLine
from ui.widgets.tables import Table
from ui.widgets.values import Cell, Column, Run


class DrawerCount(FormBesidePad):
    """Shows the page COUNT. `finish` when its button is pressed."""

    finish = Signal()

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self._ui, tr, px = ui, ui.tr, ui.px
        columns = (
            Column(tr("Notes and coins · ↑ ↓")), Column(tr("Pieces"), 120, right=True),
            Column(tr("Amount"), 170, right=True),
        )  # fmt: skip
        self.table = Table(ui.theme, columns, name=tr("Count of the drawer"))
        self.table.setMinimumHeight(px(330))
        self.title = Label(ui.theme, tr("Close the shift"), size=Size.HEADLINE)
        self.sum = RunLine(ui.theme, height_px=52)
        self.facts = [RunLine(ui.theme, height_px=36) for _ in range(6)]
        self.note = Label(ui.theme, size=Size.LABEL, tone=Tone.SECOND, wrap=True)
        self.pad = Keypad(ui.theme, names=("", tr("Delete")))
        self.point = KeyButton(ui.theme, ".", height_px=72)
        self.point.setAccessibleName(tr("Decimal point"))
        self.button = KeyButton(ui.theme, kind=Kind.PRIMARY, key="F10", height_px=72)
        self.button.set_look(shrink=True)
        self.button.clicked.connect(self.finish)
        card = Card(ui.theme)
        for part in (self.title, self.sum, *self.facts, self.note):
            card.body.addWidget(part)
        side = QVBoxLayout()
        side.setSpacing(px(12))
        side.addWidget(card)
        side.addWidget(self.pad, 1)
        feet = row(self.point, self.button, gap=px(8))
        feet.setStretch(1, 1)
        side.addLayout(feet)
        self.place(ui, self.table, side, tr("Close the shift"))

    def attach(self, presenter: ByHandPresenter) -> None:
        """Send what is pressed."""
        self.table.chosen.connect(presenter.mark)
        self.point.clicked.connect(lambda: presenter.char("."))
        self.pad.pressed.connect(lambda key: presenter.delete() if key == DELETE else presenter.char(key))

    def show_state(self, state: ByHandState) -> None:
        """Rows, sums, and after the first confirmation what should have been there."""
        tr, count, reviewed = self._ui.tr, state.count, state.reviewed
        self.table.set_rows([self._row(count, place) for place in range(count.rows)], count.row)
        self.table.view.scrollTo(self.table.model.index(count.row, 0))
        self.sum.set_runs((Run(tr("Cash counted"), tone=Tone.SECOND),), (Run(_cash(count), Size.NAME),))
        lines = []
        for one in reviewed.differences if reviewed else ():
            expected = next((two.minor for two in reviewed.expected if two.kind is one.kind), 0) if reviewed else 0
            name = wording.tender_name(one.kind, tr)
            lines.append((tr("{kind} expected", kind=name), wording.yuan(expected), Tone.INK))
            tone = Tone.ATTENTION if one.minor else Tone.INK
            lines.append((tr("{kind} difference", kind=name), signed_yuan(one.minor), tone))
        for place, line in enumerate(self.facts):
            line.setVisible(place < len(lines))
            if place < len(lines):
                caption, figure, tone = lines[place]
                line.set_runs((Run(caption, tone=Tone.SECOND),), (Run(figure, Size.NUMBER, tone),))
        first = tr("What should be there is shown after counting.")
        self.note.set_text(tr("Once more closes the shift and prints its Z.") if reviewed else first)
        self.button.set_text(tr("Close the shift") if reviewed else tr("Compare"), key="F10")
        self.button.set_busy(tr("Saving") if state.saving else "")

    def _row(self, count: Count, place: int) -> tuple[Cell, ...]:
        tr, text = self._ui.tr, count.texts[place]
        if not count.is_sum(place):
            minor = count.notes_minor[place]
            amount = wording.yuan(minor * int(text)) if text else ""
            return Cell(wording.yuan_short(minor)), Cell(text, bold=True), Cell(amount)
        name = {
            TenderKind.CASH: tr("Other cash"),
            TenderKind.CARD: tr("Bank card slips"),
            TenderKind.QR: tr("QR pay slips"),
        }[SUMS[place - len(count.notes_minor)]]
        return Cell(name), Cell(""), Cell(text, bold=True)


def _cash(count: Count) -> str:
    """The cash so far; a dash while a sum is half typed."""
    try:
        return wording.yuan(count.cash_minor())
    except Refusal:
        return "—"
