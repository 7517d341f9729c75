"""The pieces of the customer's screen: goods, points before and after, a QR code with its words, five buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.money import on_screen
from ui.presenters.customer_state import SCORES, CustomerState, ShownLine
from ui.theme.names import Icon, Size, Tone
from ui.views import wording
from ui.views.common import Ui
from ui.views.qr import QrPicture
from ui.widgets.basics import Card, Label, row
from ui.widgets.buttons import KeyButton
from ui.widgets.runs import RunLine
from ui.widgets.values import AnyRun, IconRun, Run

ROW_PX, BUTTON_PX, QR_PX = 52, 88, 240
ROWS_MIN, ROWS_MAX = 3, 12


class Centred(Label):
    """Words in the middle."""

    def __init__(self, ui: Ui, text: str = "", *, size: Size, tone: Tone = Tone.INK) -> None:
        super().__init__(ui.theme, text, size=size, tone=tone)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)


class QrCard(QWidget):
    """A QR code over its words; nothing at all without data."""

    def __init__(self, ui: Ui, words: str) -> None:
        super().__init__()
        self.qr = QrPicture(ui, QR_PX)
        card = Card(ui.theme)
        card.body.addWidget(self.qr, 0, Qt.AlignmentFlag.AlignHCenter)
        card.body.addWidget(Centred(ui, words, size=Size.TITLE))
        self.setLayout(row(1, card, 1, gap=0))

    def show_data(self, data: str) -> None:
        """Another code; empty: none."""
        self.setVisible(bool(data))
        if data:
            self.qr.show_data(data)


class Goods(Card):
    """The last lines of the receipt, as many as there is room for; the one just changed is bold."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.theme)
        self._ui = ui
        self._state = CustomerState()
        self.more = Label(ui.theme, size=Size.LABEL, tone=Tone.SECOND)
        self.body.addWidget(self.more)
        self.rows = tuple(RunLine(ui.theme, height_px=ROW_PX) for _ in range(ROWS_MAX))
        for line in self.rows:
            self.body.addWidget(line)
        self.body.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.show_goods(self._state)

    def show_goods(self, state: CustomerState) -> None:
        """The lines of this moment."""
        self._state = state
        room = max(ROWS_MIN, min(ROWS_MAX, (self.height() - self._ui.px(64)) // self._ui.px(ROW_PX + 10)))
        first = max(0, len(state.lines) - room)
        if 0 <= state.marked < first:
            first = state.marked
        shown = state.lines[first : first + room]
        hidden = len(state.lines) - len(shown)
        self.more.set_text(self._ui.tr("{count} more", count=hidden) if hidden else "")
        self.more.setVisible(bool(hidden))
        for number, line in enumerate(self.rows):
            line.setVisible(number < len(shown))
            if number < len(shown):
                self._show_line(line, shown[number], marked=first + number == state.marked)

    def _show_line(self, line: RunLine, shown: ShownLine, *, marked: bool) -> None:
        size = Size.TITLE
        left: list[AnyRun] = [Run(shown.name or self._ui.tr("Item"), size, bold=marked)]
        if shown.qty > 1:
            left.append(Run(f"×{shown.qty}", size, Tone.SECOND, bold=marked))
        line.set_runs(left, (Run(f"¥{on_screen(shown.minor)}", size, bold=marked),))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Room for more lines, or for fewer."""
        super().resizeEvent(event)
        self.show_goods(self._state)


class PointsCard(Card):
    """Points before, what moves them, and after; only for a customer whose balance is known, or who earns."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.theme, look="points")
        self._ui = ui
        self.before, self.earned, self.used, self.after = (RunLine(ui.theme) for _ in range(4))
        for line in (self.before, self.earned, self.used, self.after):
            self.body.addWidget(line)

    def show_points(self, state: CustomerState) -> None:
        """Those of this moment."""
        tr = self._ui.tr
        self.setVisible(state.before is not None or state.earned > 0)
        self.before.setVisible(state.before is not None)
        self.after.setVisible(state.after is not None and state.after != state.before)
        self.earned.setVisible(state.earned > 0)
        self.used.setVisible(state.used > 0)
        coin = IconRun(Icon.COIN, 24, Tone.POINTS)
        earned = Run(f"+{state.earned:,}", Size.NUMBER, Tone.POINTS)
        self.before.set_runs((_word(tr("Points before")),), (Run(f"{state.before or 0:,}", Size.NUMBER),))
        self.earned.set_runs((_word(tr("Earned today")),), (coin, earned))
        self.used.set_runs((_word(tr("Points used")),), (Run(wording.signed(-state.used), Size.NUMBER),))
        self.after.set_runs((_word(tr("Points after")),), (Run(f"{state.after or 0:,}", Size.NAME),))


def _word(text: str) -> Run:
    return Run(text, Size.TITLE, Tone.SECOND)


class RatingCard(Card):
    """One question, five buttons; after the answer only a thank-you. `rated(score)`."""

    rated = Signal(int)

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.theme)
        tr = ui.tr
        self.question = Label(ui.theme, tr("How was it today?"), size=Size.TITLE)
        self.buttons = tuple(KeyButton(ui.theme, str(score), height_px=BUTTON_PX) for score in SCORES)
        buttons = row(gap=ui.px(12))
        for score, button in zip(SCORES, self.buttons, strict=True):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.set_look(size=Size.HEADLINE)
            button.setAccessibleName(tr("{score} of {most}", score=score, most=SCORES[-1]))
            button.clicked.connect(lambda _checked=False, score=score: self.rated.emit(score))
            buttons.addWidget(button)
        self.ends = RunLine(
            ui.theme,
            (Run(tr("not good"), Size.LABEL, Tone.SECOND),),
            (Run(tr("very good"), Size.LABEL, Tone.SECOND),),
        )
        self.body.addWidget(self.question)
        self.body.addLayout(buttons)
        self.body.addWidget(self.ends)
        self._asked, self._answered = self.question.text(), tr("Thank you for your answer")

    def show_answer(self, score: int | None) -> None:
        """Ask, or thank for the answer."""
        self.question.set_text(self._asked if score is None else self._answered)
        for widget in (*self.buttons, self.ends):
            widget.setVisible(score is None)
