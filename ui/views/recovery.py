"""The till could not start: what happened, whether points are safe, what to do; never a stack trace."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.errors import GuitaiError
from app.messages import words
from ui.theme.names import Icon, Kind, Size, Tone
from ui.views.common import Ui
from ui.widgets.basics import Card, IconLabel, Label, row
from ui.widgets.buttons import KeyButton

WIDTH = 720


class RecoveryView(QWidget):
    """`again` tries to start once more, `leave` ends the program."""

    again = Signal()
    leave = Signal()

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui, tr, px = ui, ui.tr, ui.px
        self.setAccessibleName(tr("The till could not start"))
        self.words = Label(ui.theme, wrap=True)
        self.retry = KeyButton(ui.theme, tr("Try again"), kind=Kind.PRIMARY, icon=Icon.SYNC)
        self.retry.clicked.connect(self.again)
        self.quit = KeyButton(ui.theme, tr("End the program"), height_px=72)
        self.quit.clicked.connect(self.leave)
        card = Card(ui.theme, look="attention")
        card.body.setContentsMargins(px(32), px(32), px(32), px(32))
        card.body.setSpacing(px(20))
        title = row(IconLabel(ui.theme, Icon.WARN, px=48, tone=Tone.ATTENTION), gap=px(16))
        title.addWidget(Label(ui.theme, tr("The till could not start"), size=Size.HEADLINE), 1)
        card.body.addLayout(title)
        card.body.addWidget(self.words)
        buttons = row(self.quit, gap=px(12))
        buttons.addWidget(self.retry, 1)
        card.body.addLayout(buttons)
        card.setMaximumWidth(px(WIDTH))
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        middle = row(1, gap=0)
        middle.addWidget(card, 8)
        middle.addStretch(1)
        layout.addLayout(middle)
        layout.addStretch(1)
        layout.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def show_error(self, error: GuitaiError) -> None:
        """The sentence, with its reference."""
        self.words.set_text(words(error, self._ui.tr))
        self.retry.setFocus()
