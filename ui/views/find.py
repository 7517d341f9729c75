"""Results while typing, in the place of the basket, and the on-screen keys when called."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.services.members import Customer
from ui.presenters.find import FindState
from ui.theme.names import Icon, Size, Tone
from ui.views import wording
from ui.views.common import Ui
from ui.views.notice import NoticeBanner
from ui.widgets.notices import EmptyState
from ui.widgets.results import ResultList
from ui.widgets.values import AnyRun, CapRun, ResultRow, Run


def result_row(customer: Customer, text: str, ui: Ui) -> ResultRow:
    """One member found, with the initials that matched."""
    view = customer.view
    typed = text.split(maxsplit=1)[0].upper() if text.split() else ""
    matched = typed if typed.isascii() and typed.isalpha() and view.initials.upper().startswith(typed) else ""
    return ResultRow(
        initial=view.avatar or "#",
        name=view.name or ui.tr("Card ···{tail}", tail=view.card),
        matched=matched,
        phone=view.phone,
        note=_note(customer, ui),
        tier=wording.tier_look(view.tier),
        tier_name=view.tier_name or ui.tr("Member"),
        points=wording.points(view.points),
    )


def _note(customer: Customer, ui: Ui) -> str:
    if customer.view.enrolled_here:
        return ui.tr("enrolled at this till")
    return wording.last_visit(customer.view, ui.tr, money=False) or ui.tr("no visit yet")


class FindPanel(QWidget):
    """`pointed(row)` previews, `taken(row)` picks."""

    pointed = Signal(int)
    taken = Signal(int)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui, tr = ui, ui.tr
        self.setAccessibleName(tr("Members found"))
        self.results = ResultList(ui.theme, name=tr("Members found"))
        self.nobody = EmptyState(ui.theme, Icon.FIND)
        self.notice = NoticeBanner(ui.theme)
        self.notice.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(ui.px(8))
        layout.addWidget(self.notice)
        layout.addWidget(self.results, 1)
        self.results.stack.insertWidget(0, self.nobody, 1)
        self.results.pointed.connect(self.pointed)
        self.results.taken.connect(self.taken)

    def show_find(self, state: FindState) -> None:
        """Rows, how many there are, and how to narrow them down."""
        tr, found = self._ui.tr, state.found
        customers = found.customers if found else ()
        self.notice.set_notice(state.notice)
        self.results.set_rows(tuple(result_row(one, state.found_for, self._ui) for one in customers), state.chosen)
        self.results.view.setVisible(bool(customers))
        self.nobody.setVisible(not customers)
        self.nobody.set_words(*self._nobody(state))
        total = found.total if found else 0
        count = f"{total:,}+" if found and found.more else f"{total:,}"
        keys: tuple[AnyRun, ...] = (
            CapRun("↑"),
            CapRun("↓", gap_px=6),
            Run(tr("choose"), Size.LABEL, gap_px=6),
            CapRun("Enter", gap_px=6),
            Run(tr("take"), Size.LABEL, gap_px=6),
            CapRun("Esc", gap_px=6),
            Run(tr("back to the receipt"), Size.LABEL, gap_px=6),
        )
        head = (Run(count, Size.LABEL, bold=True), Run(tr("members, best match first"), Size.LABEL, Tone.SECOND))
        self.results.set_head(head if found else (), keys if self.width() >= self._ui.px(640) else keys[3:])
        left = total - len(customers)
        if left > 0:
            text = tr("{count} more. Type on to narrow them down: add a phone tail, as in", count=f"{left:,}")
            example = f"{state.text.split()[0]} 2719"
            self.results.set_foot(Run(text, Size.LABEL, Tone.SECOND), Run(example, Size.STRONG))
        else:
            self.results.set_foot()

    def _nobody(self, state: FindState) -> tuple[str, str]:
        tr = self._ui.tr
        if not state.text.strip():
            return tr("Whom are you looking for?"), tr("Type a phone tail, a name or pinyin initials")
        if state.found is None:
            return tr("Looking"), ""
        if state.found.lost:
            return tr("Members cannot be looked up here now"), tr("Sales go on; points go to the card number.")
        return tr("Nobody found"), tr("Enter takes it as a code. F3 enrols a new member.")
