"""Amount-only: one big figure and a keypad in the place of the basket."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QVBoxLayout, QWidget

from ui.presenters.amount import AmountState
from ui.theme.names import Kind, Size, Tone
from ui.views.common import Ui
from ui.widgets.basics import Label, column, row
from ui.widgets.buttons import KeyButton
from ui.widgets.field import FigureField
from ui.widgets.keypad import DELETE, Keypad

STACK_BELOW = 520


class AmountPanel(QFrame):
    """`keyed(key)` from the keypad, `deleted`, `entered`, `closed`."""

    keyed = Signal(str)
    deleted = Signal()
    entered = Signal()
    closed = Signal()

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tr, theme = ui.tr, ui.theme
        self.setProperty("card", "raised")
        self.setAccessibleName(tr("Amount only"))
        self.field = FigureField(theme, name=tr("Amount in yuan"))
        back = KeyButton(theme, tr("Back to the receipt"), key="Esc")
        back.clicked.connect(self.closed)
        self.add = KeyButton(theme, tr("Add to the receipt"), kind=Kind.PRIMARY, key="Enter")
        self.add.clicked.connect(self.entered)
        pad = Keypad(theme, names=("", tr("Delete")))
        pad.pressed.connect(lambda key: self.deleted.emit() if key == DELETE else self.keyed.emit(key))
        self.point = KeyButton(theme, ".", height_px=72)
        self.point.set_look(size=Size.HEADLINE)
        self.point.setAccessibleName(tr("Decimal point"))
        self.point.clicked.connect(lambda: self.keyed.emit("."))
        hint = Label(
            theme,
            tr("For goods rung up elsewhere: the amount counts, the goods are not named"),
            size=Size.LABEL,
            tone=Tone.SECOND,
            wrap=True,
        )
        typed = row(self.field, self.point, gap=ui.px(8))
        typed.setStretch(0, 1)
        left = column(Label(theme, tr("Amount in yuan"), size=Size.LABEL, tone=Tone.SECOND), gap=ui.px(12))
        left.addLayout(typed)
        left.addWidget(hint)
        left.addStretch(1)
        left.addWidget(self.add)
        self._ui, self._body = ui, row(gap=ui.px(20))
        self._body.addLayout(left, 1)
        self._body.addWidget(pad, 1)
        self.add.set_look(shrink=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(ui.px(20), ui.px(18), ui.px(20), ui.px(18))
        layout.setSpacing(ui.px(16))
        layout.addLayout(row(Label(theme, tr("Amount only"), size=Size.HEADLINE), 1, back))
        layout.addLayout(self._body, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The keypad goes under where there is no room beside."""
        super().resizeEvent(event)
        narrow = self.width() < self._ui.px(STACK_BELOW)
        self._body.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    def show_amount(self, state: AmountState) -> None:
        """What has been typed."""
        self.field.set_figure(state.text)
        self.add.setEnabled(bool(state.text))
