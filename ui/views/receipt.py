"""The last receipt as paper, what became of it, and the button for a marked copy."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.money import on_screen
from app.domain.receipt import JobState
from app.services.till import Place
from ui.presenters.papers import job_words
from ui.presenters.receipt import ReceiptPresenter, ReceiptState
from ui.theme.names import Icon, Kind, Role, Size, Tone
from ui.views import wording
from ui.views.common import Shown, Ui, scroll_area
from ui.views.notice import NoticeBanner
from ui.views.qr import QrPicture
from ui.widgets.basics import Card, Label, row
from ui.widgets.buttons import KeyButton
from ui.widgets.notices import Banner
from ui.widgets.receipt import ReceiptPaper
from ui.widgets.tasks import FactRow
from ui.widgets.values import Run

SIDE_WIDTH, SIDE_MIN, PAPER_ROOM = 400, 280, 500
STACK_BELOW = 620  # logical width below which the words go over the paper
QR_PX = 159
WORRY = (JobState.UNKNOWN, JobState.FAILED_CLEAN)


class ReceiptView(QWidget):
    """Shows the receipt presenter. `pressed(action)`: Esc and F5 as buttons."""

    pressed = Signal(str)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui, tr, px = ui, ui.tr, ui.px
        self.place: Place | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Last receipt"))
        self.paper = ReceiptPaper(ui.theme, name=tr("Receipt"))
        self.area = self._paper_area()
        well = Card(ui.theme, look="sunken")
        well.body.setContentsMargins(px(4), px(4), px(4), px(4))
        well.body.addWidget(self.area)
        self.why = KeyButton(ui.theme, tr("Why these points"), key="?")
        self.why.set_look(shrink=True)
        self.why.clicked.connect(lambda: self.pressed.emit("?"))
        self.copy = KeyButton(ui.theme, tr("Print a copy"), kind=Kind.PRIMARY, key="F5")
        self.copy.clicked.connect(lambda: self.pressed.emit("F5"))
        self.copy.set_look(shrink=True)
        column_ = QWidget()
        right = QVBoxLayout(column_)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(px(12))
        right.addWidget(self._facts(), 1)
        right.addWidget(self._foot())
        self._side = scroll_area(tr("Last receipt"))
        self._side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._side.setWidget(column_)
        self._whole = whole = QHBoxLayout(self)
        whole.setContentsMargins(px(12), px(12), px(12), px(12))
        whole.setSpacing(px(12))
        whole.addWidget(well, 1)
        whole.addWidget(self._side)

    def _paper_area(self) -> QScrollArea:
        area, px = scroll_area(self._ui.tr("Receipt")), self._ui.px
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there: a bar that comes and goes changes the paper's width, so its height, so the bar, for ever.
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        desk = QWidget()
        middle = QHBoxLayout(desk)
        middle.setContentsMargins(0, px(12), 0, px(12))
        middle.addStretch(1)
        middle.addWidget(self.paper, 0, Qt.AlignmentFlag.AlignTop)
        middle.addStretch(1)
        area.setWidget(desk)
        return area

    def _facts(self) -> Card:
        ui, tr = self._ui, self._ui.tr
        self.state_banner, self.notice = Banner(ui.theme), NoticeBanner(ui.theme)
        self.notice.hide()
        self.amount, self.number = FactRow(ui.theme, tr("Paid")), FactRow(ui.theme, tr("Receipt number"))
        self.copies = FactRow(ui.theme, tr("Copies asked for here"))
        back = KeyButton(ui.theme, tr("Back"), key="Esc")
        back.clicked.connect(lambda: self.pressed.emit("Esc"))
        card = Card(ui.theme)
        card.body.addLayout(row(Label(ui.theme, tr("Last receipt"), size=Size.HEADLINE), 1, back))
        for widget in (self.state_banner, self.notice, self.amount, self.number, self.copies):
            card.body.addWidget(widget)
        self.phone = Card(ui.theme, look="sunken")
        self.qr = QrPicture(ui, QR_PX)
        self.phone.body.addWidget(self.qr, 0, Qt.AlignmentFlag.AlignHCenter)
        self.phone.body.addWidget(Label(ui.theme, tr("E-receipt for the customer's phone"), wrap=True))
        card.body.addWidget(self.phone)
        card.body.addStretch(1)
        return card

    def _foot(self) -> QFrame:
        ui, px = self._ui, self._ui.px
        text = ui.tr("A copy carries a reprint mark and its number")
        foot = QFrame()
        foot.setProperty("card", "raised")
        layout = QVBoxLayout(foot)
        layout.setContentsMargins(px(16), px(12), px(16), px(16))
        layout.setSpacing(px(10))
        layout.addWidget(Label(ui.theme, text, size=Size.LABEL, tone=Tone.SECOND, wrap=True))
        layout.addWidget(self.why)
        layout.addWidget(self.copy)
        return foot

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The right column takes 400 where the paper has room beside it."""
        super().resizeEvent(event)
        px = self._ui.px
        narrow = self.width() < px(STACK_BELOW)
        self._whole.setDirection(QBoxLayout.Direction.BottomToTop if narrow else QBoxLayout.Direction.LeftToRight)
        self._side.setMinimumSize(0, 0)
        self._side.setMaximumSize(16_777_215, 16_777_215)
        if narrow:
            self._side.setFixedHeight(min(px(340), self.height() // 2))
        else:
            self._side.setFixedWidth(min(px(SIDE_WIDTH), max(px(SIDE_MIN), self.width() - px(PAPER_ROOM))))

    def attach(self, presenter: ReceiptPresenter) -> None:
        """Show this preview."""
        presenter.attach(Shown(self.show_state))

    def show_state(self, state: ReceiptState) -> None:
        """Paper, its fate, figures."""
        tr, summary = self._ui.tr, state.summary
        if state.receipt is not None:
            self.paper.set_receipt(state.receipt)
        self.paper.setVisible(state.receipt is not None)
        role = Role.ATTENTION if state.job_state in WORRY else Role.PLAIN
        words = job_words(state.job_state, tr)
        self.state_banner.show_notice(role, Icon.PRINT, words[:1].upper() + words[1:])
        self.notice.set_notice(state.notice)
        if summary is not None:
            self.amount.set_fact(Run(f"¥{on_screen(summary.payable_minor)}", Size.NUMBER))
            time = f" · {wording.hour(summary.at_ms, self.place.zone)}" if self.place else ""
            self.number.set_fact(Run(f"{summary.receipt_no}{time}"))
        self.copies.set_fact(Run(str(state.copies)))
        self.copies.setVisible(bool(state.copies))
        self.copy.setEnabled(state.receipt is not None)
        self.phone.setVisible(bool(state.link) and not state.copies)
        if state.link:
            self.qr.show_data(state.link)
        self.copy.set_busy(tr("Queueing") if state.busy else "")
