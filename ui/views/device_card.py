"""One device on the status screen: state chip, what it last did (masked), counters, a test."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.presenters.devices import DeviceCard, Health
from ui.theme.names import Icon, Role, Size, Tone
from ui.views import device_words
from ui.views.common import Ui
from ui.widgets.basics import Card, IconLabel, Label, row
from ui.widgets.buttons import KeyButton
from ui.widgets.chips import Chip
from ui.widgets.values import ChipSpec


class DevicePanel(Card):
    """`tested` when its test button is pressed."""

    tested = Signal()

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui.theme, parent=parent)
        self._ui = ui
        self.body.setSpacing(ui.px(6))
        self.icon = IconLabel(ui.theme, Icon.PRINT)
        self.name = Label(ui.theme, size=Size.STRONG)
        self.chip = Chip(ui.theme, ChipSpec(""))
        self.what = Label(ui.theme, size=Size.LABEL, wrap=True)
        self.counts = Label(ui.theme, size=Size.LABEL, tone=Tone.SECOND)
        self.test = KeyButton(ui.theme)
        self.test.clicked.connect(self.tested)
        head = row(self.icon, self.name, 1, self.chip, gap=ui.px(10))
        self.body.addLayout(head)
        for widget in (self.what, self.counts, self.test):
            self.body.addWidget(widget)
        self.body.addStretch(1)

    def show_device(self, card: DeviceCard) -> None:
        """Its present state."""
        tr = self._ui.tr
        chip = device_words.health_chip(card.health, tr)
        self.icon.set_icon(device_words.ICONS[card.kind], Tone.INK)
        self.name.set_text(device_words.device_name(card, tr))
        self.chip.set_chip(chip)
        last = tr("last: {what}", what=card.last) if card.last else card.address
        self.what.set_text(device_words.trouble(card, tr) or last)
        self.counts.set_text(tr("{done} done · {failed} failed", done=f"{card.done:,}", failed=f"{card.failed:,}"))
        self.counts.setVisible(card.health is not Health.NONE)
        self.test.setVisible(card.testable)
        self.test.set_text(device_words.test_name(card.kind, tr))
        self.setProperty("card", "attention" if chip.role is Role.ATTENTION else "raised")
        self.style().unpolish(self)
        self.style().polish(self)
        self.setAccessibleName(f"{self.name.text()} {chip.text} {self.what.text()}")
