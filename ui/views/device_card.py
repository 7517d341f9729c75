"""One device on the status screen: state chip, what it last did (masked), counters, a test."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.messages import ALL, say
from ui.presenters.devices import DeviceCard, DeviceKind, Health
from ui.theme.names import Icon, Role, Size, Tone
from ui.views.common import Ui
from ui.widgets.basics import Card, IconLabel, Label, row
from ui.widgets.buttons import KeyButton
from ui.widgets.chips import Chip
from ui.widgets.values import ChipSpec

ICONS = {
    DeviceKind.PRINTER: Icon.PRINT,
    DeviceKind.SCANNER: Icon.SCAN,
    DeviceKind.DRAWER: Icon.DRAWER,
    DeviceKind.DISPLAY: Icon.SCREEN,
}
TYPING_SCANNER = "wedge"  # the name of the card of a scanner that is a keyboard


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
        names = {
            DeviceKind.PRINTER: tr("Printer"),
            DeviceKind.SCANNER: tr("Serial scanner"),
            DeviceKind.DRAWER: tr("Cash drawer"),
            DeviceKind.DISPLAY: tr("Customer display"),
        }
        tests = {
            DeviceKind.PRINTER: tr("Test print"),
            DeviceKind.SCANNER: tr("Test scan"),
            DeviceKind.DRAWER: tr("Open the drawer"),
            DeviceKind.DISPLAY: tr("Show a test text"),
        }
        chips = {
            Health.OK: ChipSpec(tr("in order"), Role.PRIMARY, Icon.OKC),
            Health.WARN: ChipSpec(tr("look at it soon"), Role.ATTENTION, Icon.WARN),
            Health.OFFLINE: ChipSpec(tr("not connected"), Role.ATTENTION, Icon.WARN),
            Health.ERROR: ChipSpec(tr("wants attention"), Role.ATTENTION, Icon.WARN),
            Health.NONE: ChipSpec(tr("not set up"), Role.PLAIN, Icon.DOT),
        }
        self.icon.set_icon(ICONS[card.kind], Tone.INK)
        typing = card.kind is DeviceKind.SCANNER and card.name == TYPING_SCANNER
        self.name.set_text(tr("Scanner that types") if typing else names[card.kind])
        self.chip.set_chip(chips[card.health])
        words = say(ALL[card.code], tr, {}) if card.code in ALL else ""
        last = tr("last: {what}", what=card.last) if card.last else card.address
        self.what.set_text(words or last)
        self.counts.set_text(tr("{done} done · {failed} failed", done=f"{card.done:,}", failed=f"{card.failed:,}"))
        self.counts.setVisible(card.health is not Health.NONE)
        self.test.setVisible(card.testable)
        self.test.set_text(tests[card.kind])
        self.setProperty("card", "attention" if chips[card.health].role is Role.ATTENTION else "raised")
        self.style().unpolish(self)
        self.style().polish(self)
        self.setAccessibleName(f"{self.name.text()} {chips[card.health].text} {self.what.text()}")
