"""What, how much, why: the form of cash, a float, points and coupons by hand. Chips, a figure, a keypad, one button."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.shift import CashKind
from app.i18n import Translator
from ui.presenters.by_hand import ByHandPresenter
from ui.presenters.by_hand_state import ByHandState, Page
from ui.theme.names import Kind, Size, Tone
from ui.views import wording
from ui.views.common import Ui
from ui.views.shift_report import cash_name
from ui.views.sides import FormBesidePad
from ui.widgets.basics import Card, Label, column, row
from ui.widgets.buttons import KeyButton
from ui.widgets.chips import ChoiceChip
from ui.widgets.field import FigureField
from ui.widgets.keypad import DELETE, Keypad
from ui.widgets.member import MemberHead
from ui.widgets.tasks import FactRow
from ui.widgets.values import Run


def reason_name(code: str, tr: Translator) -> str:
    """What a reason is called."""
    return {
        "change": tr("Change"),
        "float": tr("Float"),
        "petty_cash": tr("Petty cash"),
        "supplier": tr("Supplier"),
        "safe": tr("Safe"),
        "bank": tr("Bank"),
        "check": tr("Drawer check"),
        "missed_points": tr("Points were missed"),
        "correction": tr("Correction"),
        "goodwill": tr("Goodwill"),
        "complaint": tr("Complaint"),
        "other": tr("Other"),
    }[code]


class Flow(QWidget):
    """Buttons beside each other, in as many lines as they need."""

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self._gap, self._items = ui.px(8), list[KeyButton]()

    def set_items(self, items: Sequence[KeyButton]) -> None:
        """Show these instead of those before."""
        for old in self._items:
            old.hide()
            old.deleteLater()
        self._items = list(items)
        for item in items:
            item.setParent(self)
            item.show()
        self._place()

    def minimumSizeHint(self) -> QSize:
        """As wide as the widest of them."""
        return QSize(max((item.sizeHint().width() for item in self._items), default=0), self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other lines."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        x = y = high = 0
        for item in self._items:
            size = item.sizeHint()
            if x and x + size.width() > self.width():
                x, y = 0, y + high + self._gap
            item.setGeometry(x, y, size.width(), size.height())
            x, high = x + size.width() + self._gap, size.height()
        if self.minimumHeight() != y + high:
            self.setFixedHeight(y + high)

    def place_again(self) -> None:
        """Somebody's width changed."""
        self._place()


class Chips(QWidget):
    """Choices; `picked(place)`. The keys that move between them are said by the caption."""

    picked = Signal(int)

    def __init__(self, ui: Ui, caption: str) -> None:
        super().__init__()
        self._ui = ui
        self._texts: tuple[str, ...] = ()
        self.chips: list[ChoiceChip] = []
        self.caption = Label(ui.theme, caption, size=Size.LABEL, tone=Tone.SECOND)
        self._flow = Flow(ui)
        self.setLayout(column(self.caption, self._flow, gap=ui.px(4)))

    def show_choices(self, texts: Sequence[str], chosen: int) -> None:
        """Show them; hidden when there is nothing to choose."""
        self.setVisible(bool(texts))
        if tuple(texts) != self._texts:
            self._texts = tuple(texts)
            self.chips = [ChoiceChip(self._ui.theme, text) for text in texts]
            for place, chip in enumerate(self.chips):
                chip.clicked.connect(lambda _checked=False, place=place: self.picked.emit(place))
            self._flow.set_items(self.chips)
        for place, chip in enumerate(self.chips):
            chip.set_chosen(place == chosen)
        self._flow.place_again()


class HandForm(FormBesidePad):
    """Shows the pages OPEN, CASH, POINTS and COUPON. `finish` when its button is pressed."""

    finish = Signal()

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self._ui, tr, px = ui, ui.tr, ui.px
        self.title, self.note = Label(ui.theme, size=Size.HEADLINE), Label(ui.theme, tone=Tone.SECOND, wrap=True)
        self.who = MemberHead(ui.theme)
        self.nobody = Label(
            ui.theme, tr("Scan the member's card first, or find them with F2 at the counter."), wrap=True
        )
        self.kinds, self.reasons = Chips(ui, tr("Kind · ← →")), Chips(ui, tr("Reason · ↑ ↓"))
        self.caption = Label(ui.theme, size=Size.LABEL, tone=Tone.SECOND)
        self.figure = FigureField(ui.theme, name=tr("Figure"))
        self.add = KeyButton(ui.theme, tr("Add"), key="+")
        self.take = KeyButton(ui.theme, tr("Take away"), key="\u2212")
        self.point = KeyButton(ui.theme, ".", height_px=72)
        self.point.setAccessibleName(tr("Decimal point"))
        self.change = FactRow(ui.theme, tr("Balance"))
        self.pad = Keypad(ui.theme, names=("", tr("Delete")))
        self.button = KeyButton(ui.theme, kind=Kind.PRIMARY, key="F10", height_px=72)
        self.button.set_look(shrink=True)
        self.button.clicked.connect(self.finish)
        self._figure = column(self.caption, gap=px(4))
        typed = row(self.figure, self.point, gap=px(8))
        typed.setStretch(0, 1)
        self._figure.addLayout(typed)
        self._signs = row(self.add, self.take, 1, gap=px(8))
        card = Card(ui.theme)
        left = card.body
        left.setSpacing(px(14))
        for part in (self.title, self.note, self.who, self.nobody, self.kinds):
            left.addWidget(part)
        left.addLayout(self._signs)
        left.addLayout(self._figure)
        left.addWidget(self.reasons)
        left.addWidget(self.change)
        left.addStretch(1)
        side = QVBoxLayout()
        side.setSpacing(px(12))
        side.addWidget(self.pad, 1)
        side.addWidget(self.button)
        self.place(ui, card, side, tr("By hand"))

    def attach(self, presenter: ByHandPresenter) -> None:
        """Send what is pressed."""
        self.kinds.picked.connect(presenter.choose_kind)
        self.reasons.picked.connect(presenter.choose_reason)
        self.add.clicked.connect(lambda: presenter.sign(minus=False))
        self.take.clicked.connect(lambda: presenter.sign(minus=True))
        self.point.clicked.connect(lambda: presenter.char("."))
        self.pad.pressed.connect(lambda key: presenter.delete() if key == DELETE else presenter.char(key))

    def show_state(self, state: ByHandState) -> None:
        """The page that is up."""
        tr, form, page = self._ui.tr, state.form, state.page
        title, note = {
            Page.OPEN: (tr("Open a shift"), tr("Count the float in the drawer. Without a figure it is nothing.")),
            Page.CASH: (tr("Cash in and out"), tr("The drawer opens with the slip.")),
            Page.POINTS: (tr("Points by hand"), tr("A second person approves it. Head office gets both names.")),
            Page.COUPON: (tr("Coupon by hand"), tr("It can be used once head office has it.")),
        }[page]
        self.title.set_text(title)
        self.note.set_text(note)
        person = page in (Page.POINTS, Page.COUPON)
        self.who.setVisible(person and state.customer is not None)
        self.nobody.setVisible(person and state.customer is None)
        if state.customer is not None:
            self.who.set_member(wording.who(state.customer, tr))
        names = [cash_name(CashKind(kind), tr) for kind in form.kinds] if page is Page.CASH else list(form.kinds)
        self.kinds.show_choices(names, form.kind)
        self.reasons.show_choices([reason_name(one, tr) for one in form.reasons], form.reason)
        self._show_figure(state)
        self.button.set_text(self._doing(state, tr), key="F10")
        self.button.set_busy(tr("Saving") if state.saving else "")
        self.button.setEnabled(not person or state.customer is not None)

    def _show_figure(self, state: ByHandState) -> None:
        tr, form, page = self._ui.tr, state.form, state.page
        figure = page in (Page.OPEN, Page.POINTS) or (page is Page.CASH and form.kind_code != CashKind.NO_SALE)
        for part in (self.caption, self.figure, self.pad):
            part.setVisible(figure)
        self.point.setVisible(figure and page is not Page.POINTS)
        for button, minus in ((self.add, False), (self.take, True)):
            button.setVisible(page is Page.POINTS)
            button.set_chosen(form.minus is minus)
        self.caption.set_text(tr("How many points") if page is Page.POINTS else tr("Amount in ¥"))
        sign = "\u2212" if page is Page.POINTS and form.minus and form.text else ""
        self.figure.set_figure(f"{sign}{form.text or '0'}")
        known = page is Page.POINTS and state.before is not None
        self.change.setVisible(known)
        if known and state.before is not None:
            self.change.set_change(wording.points(state.before), wording.points(state.before + form.points))
            if not form.points:
                self.change.set_fact(Run(wording.points(state.before), Size.NUMBER))

    @staticmethod
    def _doing(state: ByHandState, tr: Translator) -> str:
        """What the button will do."""
        form = state.form
        words: dict[Page, Callable[[], str]] = {
            Page.OPEN: lambda: tr("Open the shift"),
            Page.CASH: lambda: cash_name(CashKind(form.kind_code), tr),
            Page.POINTS: lambda: tr("Post {points}", points=wording.signed(form.points)),
            Page.COUPON: lambda: tr("Give the coupon"),
        }
        return words[state.page]()
