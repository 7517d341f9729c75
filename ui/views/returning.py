"""Goods come back: the receipt and its lines at the left, what happens to points and money at the right, one button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.clock import local
from app.domain.money import on_screen
from app.services.returns import Found
from app.services.till import Place
from ui.presenters.returning import ReturnPresenter, ReturnState
from ui.theme.names import Icon, Role, Size, Tone
from ui.views import wording
from ui.views.approval_sheet import ApprovalSheet
from ui.views.common import Shown, Ui
from ui.views.notice import NoticeBanner
from ui.views.return_side import ReturnSide
from ui.widgets.basics import Card, IconLabel, Label, column, row
from ui.widgets.buttons import KeyButton
from ui.widgets.chips import Chip
from ui.widgets.notices import EmptyState
from ui.widgets.returns import ReturnList
from ui.widgets.values import ChipSpec, ReturnRow

STACK_BELOW = 900  # logical width below which the right column goes under


class ReturnHead(Card):
    """Which receipt: number, when and where, whether its code was checked, the day of the window."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.theme, horizontal=True)
        self._ui = ui
        self.number, self.note = Label(ui.theme, size=Size.NUMBER), Label(ui.theme, size=Size.LABEL, tone=Tone.SECOND)
        self.chip = Chip(ui.theme, ChipSpec(""))
        self.body.addWidget(IconLabel(ui.theme, Icon.QR, tone=Tone.PRIMARY))
        self.body.addLayout(column(self.number, self.note, gap=0), 1)
        self.body.addWidget(self.chip)

    def show_receipt(self, found: Found, place: Place | None) -> None:
        """Show which."""
        tr, bought = self._ui.tr, found.bought
        self.number.set_text(tr("Receipt {number}", number=bought.receipt_no))
        parts = [f"{local(bought.at_ms, bought.programme.zone):%m-%d %H:%M}"]
        if place is not None:
            parts.append(place.store_name)
        parts.append(tr("this till") if found.own else tr("another till"))
        parts.append(tr("code checked") if found.verified else tr("number typed"))
        self.note.set_text(" · ".join(parts))
        if found.window_days is None:
            text, role = tr("Day {day}", day=found.day_no), Role.PLAIN
        elif found.in_window:
            text, role = tr("Day {day} of {days}", day=found.day_no, days=found.window_days), Role.PLAIN
        else:
            text, role = tr("Over the {days} days", days=found.window_days), Role.ATTENTION
        self.chip.set_chip(ChipSpec(text, role, Icon.CAL))
        self.setAccessibleName(f"{self.number.text()} {self.note.text()} {text}")


class ReturnView(QWidget):
    """Shows the return presenter. `pressed(action)`: Esc and F10 as buttons; `sought`: a receipt came or went."""

    pressed = Signal(str)
    scan_news = Signal(object)
    sought = Signal()

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui, tr, px = ui, ui.tr, ui.px
        self.has_receipt = False
        self._presenter: ReturnPresenter | None = None
        self.place: Place | None = None
        self.setProperty("ground", "base")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Return"))
        self.notice, self.head = NoticeBanner(ui.theme), ReturnHead(ui)
        self.lines = ReturnList(
            ui.theme,
            (tr("Goods (space chooses, + − change)"), tr("Units back"), tr("Refund")),
            name=tr("Receipt"),
            word=tr("back"),
            step_names=(tr("One less"), tr("One more")),
        )
        self.empty = EmptyState(ui.theme, Icon.QR, icon_px=96)
        self.empty.set_words(
            tr("Scan the code on the receipt"), tr("Or type the receipt number above and press Enter.")
        )
        self.middle = QStackedWidget()
        self.middle.addWidget(self.empty)
        self.middle.addWidget(self.lines)
        self.all, self.none = KeyButton(ui.theme, tr("All"), key="A"), KeyButton(ui.theme, tr("Clear"), key="C")
        self.back = KeyButton(ui.theme, tr("Back"), key="Esc")
        self.back.clicked.connect(lambda: self.pressed.emit("Esc"))
        self.side = ReturnSide(ui)
        self.side.finish.connect(lambda: self.pressed.emit("F10"))
        self.keys = row(self.all, self.none, self.back, gap=px(8))
        for place, button in enumerate((self.all, self.none, self.back)):
            button.set_look(shrink=True)
            self.keys.setStretch(place, 1)
        left = column(self.head, self.notice, gap=px(12))
        left.addWidget(self.middle, 1)
        left.addLayout(self.keys)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setAccessibleName(tr("Return"))
        body = QWidget()
        self._whole = QHBoxLayout(body)
        self._whole.setContentsMargins(px(12), px(12), px(12), px(12))
        self._whole.setSpacing(px(12))
        self._whole.addLayout(left, 1)
        self._whole.addWidget(self.side)
        self.area.setWidget(body)
        self.sheet = ApprovalSheet(ui, self)
        self.sheet.pressed.connect(self.pressed)
        self.sheet.gone = self.sought.emit
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.area)

    def attach(self, presenter: ReturnPresenter) -> None:
        """Show this return and send what is pressed."""
        self._presenter = presenter
        self.lines.toggled.connect(presenter.toggle)
        self.lines.less.connect(lambda line: presenter.step(line, -1))
        self.lines.more.connect(lambda line: presenter.step(line, 1))
        self.all.clicked.connect(presenter.all)
        self.none.clicked.connect(presenter.clear)
        self.sheet.attach(presenter.approval)
        presenter.attach(Shown(self.show_state))

    def show_state(self, state: ReturnState) -> None:
        """Everything of the return."""
        self.scan_news.emit(state)
        found = state.found
        self.notice.set_notice(state.notice)
        self.head.setVisible(found is not None)
        self.middle.setCurrentWidget(self.lines if found else self.empty)
        for button in (self.all, self.none):
            button.setEnabled(found is not None and not state.saving)
        self.back.setEnabled(not state.saving)
        if found is not None:
            self.head.show_receipt(found, self.place)
            self.lines.set_rows(tuple(self._row(state, found, line) for line in range(len(found.bought.lines))))
        self._show_blind(state)
        self.side.show_return(state)
        if state.open and self.has_receipt != (found is not None):
            self.has_receipt = found is not None
            self.sought.emit()

    def _show_blind(self, state: ReturnState) -> None:
        """The lines typed from the paper of a receipt nobody here knows."""
        tr = self._ui.tr
        if state.blind is None:
            self.empty.set_words(
                tr("Scan the code on the receipt"), tr("Or type the receipt number above and press Enter.")
            )
            return
        lines = " · ".join(
            tr("line {line}: {qty} pcs, {amount}", line=one.line + 1, qty=one.qty, amount=wording.yuan(one.minor))
            for one in state.blind_lines
        )
        hint = tr("Type line, pieces and money from the paper, like 2 1 49.90, and press Enter. F10 takes them back.")
        self.empty.set_words(tr("Receipt {number}", number=state.blind.facts.receipt_no), lines or hint)

    def _row(self, state: ReturnState, found: Found, number: int) -> ReturnRow:
        tr, line, left = self._ui.tr, found.bought.lines[number], state.left(number)
        price = wording.yuan(line.unit_minor)
        note = tr("bought {count} · {price}", count=line.qty, price=price)
        if not left:
            note = tr("all back")
        elif left < line.qty:
            note = tr("bought {count}, {left} left · {price}", count=line.qty, left=left, price=price)
        quantity = state.quantities.get(number, 0)
        backs = {one.line: one.minor for one in state.preview.lines} if state.preview else {}
        amount = on_screen(backs[number]) if number in backs else ""
        return ReturnRow(line.name or tr("Amount only"), note, bool(quantity), quantity, left, amount)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space, plus, minus, A and C; the rest is the shell's."""
        presenter, text = self._presenter, event.text()
        if presenter is not None and presenter.approval.state.open and event.key() == Qt.Key.Key_Backspace:
            presenter.approval.delete()
        elif presenter is None or not text or not text.isprintable() or not presenter.char(text):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrow screens put the right column under."""
        super().resizeEvent(event)
        stacked = self.width() < self._ui.px(STACK_BELOW)
        self._whole.setDirection(QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight)
        self.middle.setMinimumHeight(self._ui.px(260) if stacked else 0)
        self.side.set_narrow(stacked)
