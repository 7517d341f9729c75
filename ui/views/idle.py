"""The counter while nothing is sold: the scan prompt, the last sale, this shift."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QSizePolicy, QVBoxLayout, QWidget

from app.domain.money import on_screen
from app.domain.receipt import JobState
from app.services.checkout import Done
from app.services.status import LastSale, ShiftView
from app.services.till import Place
from ui.presenters.papers import job_words
from ui.theme.names import Icon, Size, Tone
from ui.views import wording
from ui.views.common import Ui
from ui.widgets.basics import IconLabel, Label, Rule, column, row
from ui.widgets.buttons import KeyButton
from ui.widgets.figures import Bar
from ui.widgets.runs import RunLine
from ui.widgets.values import AnyRun, CapRun, Run

JOB_ICONS = {
    JobState.CONFIRMED: (Icon.OKC, Tone.PRIMARY),
    JobState.SPOOLED: (Icon.OKC, Tone.PRIMARY),
    JobState.UNKNOWN: (Icon.WARN, Tone.ATTENTION),
    JobState.FAILED_CLEAN: (Icon.WARN, Tone.ATTENTION),
}


class IdlePanel(QFrame):
    """Icon 96, headline, three buttons that print their keys. `pressed(action)`: find, enrol, amount."""

    pressed = Signal(str)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tr, theme = ui.tr, ui.theme
        self.setProperty("card", "raised")
        self.setAccessibleName(tr("Scan a member code or an item"))
        icon = IconLabel(theme, Icon.SCAN, px=theme.tokens.icon.empty, tone=Tone.PRIMARY)
        title = Label(theme, tr("Scan a member code or an item"), size=Size.HEADLINE)
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words = tr("Or type a phone tail, a name or pinyin initials, like zxf")
        hint = Label(theme, words, tone=Tone.SECOND, wrap=True)
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._row = row(gap=ui.px(12))
        self.buttons: dict[str, KeyButton] = {}
        for action, text, icon_name, key in (
            ("find", tr("Find member"), Icon.FIND, "F2"),
            ("enrol", tr("Enrol"), Icon.JOIN, "F3"),
            ("amount", tr("Amount only"), Icon.CASH, "*"),
        ):
            button = KeyButton(theme, text, icon=icon_name, key=key, height_px=64)
            button.set_look(size=Size.TITLE, shrink=True)
            button.clicked.connect(lambda _checked=False, action=action: self.pressed.emit(action))
            self.buttons[action] = button
            self._row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(ui.px(12), ui.px(8), ui.px(12), ui.px(8))
        layout.setSpacing(ui.px(14))
        layout.addStretch(1)
        layout.addWidget(icon, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(title)
        layout.addWidget(hint)
        layout.addSpacing(ui.px(14))
        middle = row(1, gap=0)
        middle.addLayout(self._row, 8)
        middle.addStretch(1)
        layout.addLayout(middle)
        layout.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Buttons below each other where they do not fit beside each other."""
        super().resizeEvent(event)
        need = sum(button.sizeHint().width() for button in self.buttons.values()) + 4 * self._row.spacing()
        narrow = self.width() < need
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)


class LastSaleStrip(QFrame):
    """72 high: what the last sale was, its change until the next begins, and what became of its paper."""

    reprint = Signal()
    undo = Signal()

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self.setProperty("card", "raised")
        self.setFixedHeight(ui.px(72))
        self.icon = IconLabel(ui.theme, Icon.OKC, tone=Tone.PRIMARY)
        self.first = RunLine(ui.theme, height_px=26)
        self.second = Label(ui.theme, size=Size.LABEL, tone=Tone.SECOND)
        self.button = KeyButton(ui.theme, ui.tr("Reprint"), key="F5")
        self.button.clicked.connect(self.reprint)
        layout = row(self.icon, gap=ui.px(16))
        layout.setContentsMargins(ui.px(16), 0, ui.px(16), 0)
        layout.addLayout(column(1, self.first, self.second, 1, gap=0), 1)
        self.undo_button = KeyButton(ui.theme, ui.tr("Undo"), key="F6")
        self.undo_button.clicked.connect(self.undo)
        layout.addWidget(self.undo_button)
        layout.addWidget(self.button)
        self.setLayout(layout)

    def show_undo(self, possible: bool) -> None:
        """Whether the last sale may still be taken back."""
        self.undo_button.setVisible(possible)

    def show_sale(self, last: LastSale, done: Done | None, state: JobState | None, place: Place | None) -> None:
        """The last sale; `done` while it is the one just made."""
        tr = self._ui.tr
        amount = on_screen(last.summary.payable_minor)
        runs: list[AnyRun] = [Run(tr("Last sale ¥{amount}", amount=amount), Size.STRONG)]
        if done is not None and done.change_minor:
            runs.append(Run(tr("change ¥{amount}", amount=on_screen(done.change_minor)), Size.STRONG, Tone.PRIMARY))
        if last.points:
            runs.append(Run(tr("{points} points", points=wording.signed(last.points)), tone=Tone.POINTS))
        self.first.set_runs(runs)
        at = wording.hour(last.summary.at_ms, place.zone) if place else ""
        paper = tr("taken back") if last.undone else job_words(state, tr)
        parts = (at, last.who or tr("no member"), paper)
        self.second.set_text(" · ".join(part for part in parts if part))
        icon, tone = JOB_ICONS.get(state or JobState.QUEUED, (Icon.PRINT, Tone.SECOND))
        self.icon.set_icon(icon, tone)
        self.setAccessibleName(f"{self.first.accessibleName()} {self.second.text()}")


class Figure(QWidget):
    """A figure over its caption, and how far a goal is."""

    def __init__(self, ui: Ui, caption: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figure = Label(ui.theme, size=Size.HEADLINE)
        self.bar = Bar(ui.theme)
        layout = column(self.figure, Label(ui.theme, caption, size=Size.LABEL, tone=Tone.SECOND), gap=0)
        layout.addSpacing(ui.px(6))
        layout.addWidget(self.bar)
        layout.addStretch(1)
        self.setLayout(layout)
        self.bar.hide()
        self._caption = caption

    def show_figure(self, text: str, permille: int | None = None) -> None:
        """The figure; `permille` of its goal where it has one."""
        self.figure.set_text(text)
        self.setAccessibleName(f"{self._caption} {text}")
        self.bar.setVisible(permille is not None)
        self.bar.set_permille(permille or 0)


class ShiftPanel(QFrame):
    """This shift in three figures; nothing a customer must not see."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui, tr = ui, ui.tr
        self.setProperty("card", "raised")
        self.setAccessibleName(tr("This shift"))
        self.head = RunLine(ui.theme, height_px=30)
        self.sales, self.share = Figure(ui, tr("sales")), Figure(ui, tr("member share"))
        self.enrolled = Figure(ui, tr("enrolled"))
        figures = row(self.sales, self.share, self.enrolled, gap=ui.px(20))
        for number in range(3):
            figures.setStretch(number, 1)
        self.keys = QVBoxLayout()
        self.keys.setSpacing(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(ui.px(20), ui.px(18), ui.px(20), ui.px(12))
        layout.setSpacing(ui.px(16))
        layout.addWidget(self.head)
        layout.addLayout(figures)
        layout.addWidget(Rule(ui.theme))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        for keys, text in (
            ("F1", tr("What every key does")),
            ("F12", tr("Pending events and devices")),
            ("F9", tr("Lock; the receipt stays")),
        ):
            line = RunLine(ui.theme, (CapRun(keys, Tone.SECOND), Run(text, tone=Tone.SECOND, gap_px=12)), height_px=40)
            self.keys.addWidget(line)
        layout.addLayout(self.keys)
        layout.addStretch(1)

    def show_shift(self, shift: ShiftView | None, place: Place | None) -> None:
        """Show the figures; nothing yet while they are being read."""
        tr = self._ui.tr
        title = Run(tr("This shift"), Size.TITLE)
        if shift is None or place is None:
            self.head.set_runs((title,))
            return
        since = tr("since {time}", time=wording.hour(shift.opened_ms, place.zone))
        self.head.set_runs((title,), (Run(f"{since} · {shift.staff_name}", tone=Tone.THIRD),))
        self.sales.show_figure(f"{shift.sales:,}")
        self.share.show_figure(f"{shift.member_percent}%", shift.member_percent * 10)
        goal = shift.enrolments_goal
        text = f"{shift.enrolments} / {goal}" if goal else f"{shift.enrolments}"
        self.enrolled.show_figure(text, min(1000, shift.enrolments * 1000 // goal) if goal else None)
