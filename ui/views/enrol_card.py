"""The right column of enrolment: which card the member gets, what comes with it, and the one button."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.domain.member import mask_card
from app.services.enrolment import NOTICE_VERSION_DEFAULT
from ui.presenters.enrol import EnrolState
from ui.theme.names import Icon, Kind, Size, Tone
from ui.views.common import Ui
from ui.views.qr import QrPicture
from ui.views.sides import SideColumn
from ui.widgets.basics import Card, IconLabel, Label, column, row
from ui.widgets.buttons import KeyButton
from ui.widgets.tasks import FactRow
from ui.widgets.values import Run

SIDE_WIDTH = 440
QR_PX = 148


class EnrolSide(SideColumn):
    """`finish` when the teal button is pressed, `electronic` to take a number from the block after all."""

    finish = Signal()
    electronic = Signal()

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, SIDE_WIDTH, parent)
        self._ui, tr, px = ui, ui.tr, ui.px
        self.card = Card(ui.theme)
        self.card.body.setSpacing(px(12))
        at_once = Label(ui.theme, tr("works at once, offline too"), tone=Tone.SECOND)
        self.card.body.addLayout(row(Label(ui.theme, tr("Member card"), size=Size.TITLE), 1, at_once))
        self.well = Card(ui.theme, look="sunken", horizontal=True)
        self.qr = QrPicture(ui, QR_PX)
        self.icon = IconLabel(ui.theme, Icon.CARD, px=48, tone=Tone.SECOND)
        self.what = Label(ui.theme, size=Size.LABEL, tone=Tone.SECOND)
        self.number = Label(ui.theme, size=Size.TITLE)
        self.where = Label(ui.theme, size=Size.LABEL, tone=Tone.SECOND, wrap=True)
        self.well.body.addWidget(self.icon)
        self.well.body.addWidget(self.qr)
        words = column(1, self.what, self.number, self.where, 1, gap=0)
        self.well.body.addLayout(words, 1)
        self.card.body.addWidget(self.well)
        self.back = KeyButton(ui.theme, tr("Use a number from the till instead"), height_px=56)
        self.back.set_look(shrink=True)
        self.back.clicked.connect(self.electronic)
        self.card.body.addWidget(self.back)
        self.hint = Label(ui.theme, tr("For a plastic card: scan it now"), size=Size.LABEL, tone=Tone.SECOND, wrap=True)
        self.card.body.addWidget(self.hint)
        self.facts = (
            FactRow(ui.theme, tr("Enrolled by")),
            FactRow(ui.theme, tr("Home store")),
            FactRow(ui.theme, tr("Privacy notice")),
        )
        facts = column(*self.facts, gap=0)
        self.card.body.addLayout(facts)
        self.card.body.addStretch(1)
        self.foot = QFrame()
        self.foot.setProperty("card", "raised")
        foot = QVBoxLayout(self.foot)
        foot.setContentsMargins(px(16), px(12), px(16), px(16))
        foot.setSpacing(px(10))
        self.button = KeyButton(ui.theme, kind=Kind.PRIMARY)
        self.button.clicked.connect(self.finish)
        self.button.set_look(shrink=True)
        self.note = Label(ui.theme, size=Size.LABEL, tone=Tone.SECOND, wrap=True)
        foot.addWidget(self.button)
        foot.addWidget(self.note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(px(12))
        layout.addWidget(self.card, 1)
        layout.addWidget(self.foot)

    def show_state(self, state: EnrolState) -> None:
        """Before: where the number comes from. After: the card itself."""
        tr, enrolled = self._ui.tr, state.enrolled
        self.qr.setVisible(enrolled is not None)
        self.icon.setVisible(enrolled is None)
        self.back.setVisible(state.card is not None and enrolled is None)
        self.hint.setVisible(state.card is None and enrolled is None)
        if enrolled is not None:
            self.qr.show_data(enrolled.card)
            self._words(
                tr("The card is ready"),
                tr("ends in {tail}", tail=mask_card(enrolled.card)),
                tr("Scan it here with the customer's phone; it is on the paper too"),
            )
        elif state.card is not None:
            self._words(tr("Plastic card"), tr("ends in {tail}", tail=mask_card(state.card)), tr("scanned just now"))
        else:
            self._words(tr("Electronic card"), tr("next free number"), tr("Number and code follow when you finish"))
        self.facts[0].set_fact(Run(state.staff_name))
        self.facts[1].set_fact(Run(state.store_name))
        self.facts[2].set_fact(Run(tr("version {number}", number=NOTICE_VERSION_DEFAULT)))
        self._show_button(state)

    def _words(self, what: str, number: str, where: str) -> None:
        self.what.set_text(what)
        self.number.set_text(number)
        self.where.set_text(where)
        self.well.setAccessibleName(f"{what} {number}")

    def _show_button(self, state: EnrolState) -> None:
        tr = self._ui.tr
        self.button.set_busy(tr("Saving") if state.saving else "")
        if state.enrolled is not None:
            self.button.set_text(tr("Back to the receipt"), key="Enter")
            self.button.setEnabled(True)
            self.note.set_text(tr("The member is on the receipt already."))
            return
        self.button.set_text(tr("Finish the enrolment"), key="F10")
        self.button.setEnabled(state.ready)
        self.note.set_text(self._missing(state))

    def _missing(self, state: EnrolState) -> str:
        tr = self._ui.tr
        if state.check is None:
            return tr("The phone number is missing.")
        if not state.name.strip():
            return tr("The name is missing.")
        if not state.ready:
            return tr("The member service needs the customer's consent.")
        count = len(state.unanswered)
        return tr("{count} not answered: finishing now counts them as declined.", count=count) if count else ""
