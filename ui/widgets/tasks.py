"""Parts of the task screens: tenders, steps, consent rows, before → after, the points slider."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractSlider, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.theme.names import Icon, Kind, Role, Size, Tone
from ui.theme.theme import Theme
from ui.widgets.basics import IconLabel, Label, Rule, column
from ui.widgets.buttons import KeyButton, Skin
from ui.widgets.chips import Chip, draw_pill
from ui.widgets.paint import CENTER, box, cap_height, cap_width, draw_cap, draw_icon, words
from ui.widgets.runs import RunLine, runs_width
from ui.widgets.values import AnyRun, ChipSpec, IconRun, Run, Step, Tender

DASH_PX, NO_DASH_PX = 38, 8  # between steps
TENDER_PX, STEP_PX, HANDLE_PX, SLIDER_PX = 84, 40, 56, 64


class TenderButton(KeyButton):
    """A way to pay, 84 high: icon and key over the word. `clicked`."""

    def __init__(self, theme: Theme, tender: Tender, parent: QWidget | None = None) -> None:
        super().__init__(theme, tender.text, key=tender.key, icon=tender.icon, height_px=TENDER_PX, parent=parent)
        self.set_look(size=Size.STRONG, padding_px=6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_tender(tender)

    def set_tender(self, tender: Tender) -> None:
        """Words, whether it can be used, whether it is the one chosen."""
        self.set_icon(tender.icon)
        self.set_text(tender.text, key=tender.key)
        self.setEnabled(tender.enabled)
        self.set_chosen(tender.chosen)

    def sizeHint(self) -> QSize:
        """Room for the word."""
        need = runs_width(self._theme, (Run(self.text(), Size.STRONG),)) + self._theme.px(20)
        return QSize(int(need) + 1, self._theme.px(TENDER_PX))

    def draw_content(self, painter: QPainter, area: QRectF, skin: Skin) -> None:
        """Icon and cap above, word below."""
        theme, px = self._theme, self._theme.px
        width = px(24) + px(8) + cap_width(theme, self._key)
        left, high = area.center().x() - width / 2, px(26)
        top = area.center().y() - (high + px(28)) / 2
        if self._icon:
            draw_icon(painter, theme, self._icon, at=QPointF(left, top + 1), size=24, colour=skin.ink.name())
        cap = QRectF(
            left + px(32), top + (high - cap_height(theme)) / 2, cap_width(theme, self._key), cap_height(theme)
        )
        enabled = self.isEnabled()
        cap_ink = QColor(theme.palette.text.secondary) if enabled else skin.ink
        cap_edge = QColor(theme.palette.line.strong) if enabled else skin.edge
        draw_cap(painter, theme, cap, key=self._key, colours=(cap_ink, cap_edge))
        word = QRectF(area.left() + 4, top + high + px(4), area.width() - 8, px(24))
        fits = runs_width(theme, (Run(self.text(), Size.STRONG),)) <= word.width()
        font = theme.font(Size.STRONG if fits else Size.CAPTION, bold=True)
        words(painter, word, self.text(), font=font, colour=skin.ink, align=CENTER)


class Steps(QWidget):
    """Steps of a task as chips of 40: done with a tick, the current one filled, those to come plain.

    Without room the dashes go first, then the words of the steps that are done.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._steps: tuple[Step, ...] = ()
        self.setFixedHeight(theme.px(STEP_PX))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("steps")

    def set_steps(self, steps: Sequence[Step]) -> None:
        """Where the task stands."""
        self._steps = tuple(steps)
        current = next((step.text for step in steps if step.current), "")
        self.setAccessibleName(current or " ".join(step.text for step in steps))
        self.updateGeometry()
        self.update()

    def _runs(self, number: int, step: Step, *, short: bool) -> tuple[AnyRun, ...]:
        done = step.done and not step.current
        mark: AnyRun = IconRun(Icon.OK, 20) if done else Run(str(number), Size.STRONG)
        return (mark,) if short and done else (mark, Run(step.text, Size.STRONG, gap_px=5))

    def _widths(self, *, short: bool = False) -> list[float]:
        return [
            runs_width(self._theme, self._runs(n, step, short=short)) + self._theme.px(22)
            for n, step in enumerate(self._steps, 1)
        ]

    def _between(self, *, dashes: bool) -> int:
        return self._theme.px(DASH_PX if dashes else NO_DASH_PX)

    def _need(self, *, dashes: bool, short: bool) -> float:
        return sum(self._widths(short=short)) + self._between(dashes=dashes) * max(0, len(self._steps) - 1)

    def sizeHint(self) -> QSize:
        """All chips and the dashes between."""
        return QSize(int(self._need(dashes=True, short=False)) + 1, self._theme.px(STEP_PX))

    def minimumSizeHint(self) -> QSize:
        """No dashes, and only ticks for what is done."""
        return QSize(int(self._need(dashes=False, short=True)) + 1, self._theme.px(STEP_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Chips and dashes."""
        painter, theme, x = QPainter(self), self._theme, 0.0
        high, room = float(self.height()), self.width() + 0.5
        dashes = self._need(dashes=True, short=False) <= room
        short, gap = self._need(dashes=dashes, short=False) > room, self._between(dashes=dashes)
        for number, (step, width) in enumerate(zip(self._steps, self._widths(short=short), strict=True), 1):
            if number > 1:
                words(
                    painter,
                    QRectF(x, 0, gap, high),
                    "—" if dashes else "",
                    font=theme.font(Size.BODY),
                    colour=theme.colour(Tone.THIRD),
                    align=CENTER,
                )
                x += gap
            role = theme.palette.role(Role.PRIMARY if step.done or step.current else Role.PLAIN)
            colours = (role.on_fill, role.fill, role.line) if step.current else (role.text, role.tint, role.line)
            runs = self._runs(number, step, short=short)
            draw_pill(painter, theme, QRectF(x, 0, width, high), colours=colours, runs=runs)
            x += width


class ConsentRow(QWidget):
    """One purpose on the cashier's side: icon, what, why, and the customer's answer as a chip."""

    def __init__(self, theme: Theme, icon: Icon, what: str, why: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(theme.px(64))
        self.setAccessibleName(f"{what} {why}")
        self.chip = Chip(theme, ChipSpec(""))
        title, note = Label(theme, what, size=Size.STRONG), Label(theme, why, size=Size.CAPTION, tone=Tone.SECOND)
        title.setFixedHeight(theme.px(24))
        note.setFixedHeight(theme.px(20))
        line = QHBoxLayout()
        line.setSpacing(theme.px(10))
        line.addWidget(IconLabel(theme, icon))
        line.addLayout(column(1, title, note, 1, gap=0), 1)
        line.addWidget(self.chip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(Rule(theme))
        layout.addLayout(line, 1)

    def set_answer(self, chip: ChipSpec) -> None:
        """同意, 不同意 or 等顾客选择."""
        self.chip.set_chip(chip)


class ConsentChoice(QWidget):
    """One purpose on the customer display: agree and decline the same size and weight, none pre-chosen.

    `answered(True)` for agree, `answered(False)` for decline.
    """

    answered = Signal(bool)

    def __init__(
        self, theme: Theme, what: str, why: str, *, answers: tuple[str, str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setFixedHeight(theme.px(85))
        self.setAccessibleName(f"{what} {why}")
        self.agree = KeyButton(theme, answers[0], kind=Kind.INK, height_px=64)
        self.decline = KeyButton(theme, answers[1], kind=Kind.INK, height_px=64)
        for button, answer in ((self.agree, True), (self.decline, False)):
            button.setFixedWidth(theme.px(132))
            button.clicked.connect(lambda _checked=False, answer=answer: self.answered.emit(answer))
        line = QHBoxLayout()
        line.setSpacing(theme.px(16))
        why_label = Label(theme, why, size=Size.LABEL, tone=Tone.SECOND, wrap=True)
        words_ = column(1, Label(theme, what, size=Size.TITLE), why_label, 1, gap=0)
        line.addLayout(words_, 1)
        line.addWidget(self.agree)
        line.addWidget(self.decline)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(Rule(theme))
        layout.addLayout(line, 1)

    def set_answer(self, agreed: bool | None) -> None:
        """What the customer chose; None while unanswered."""
        for button, mine in ((self.agree, agreed is True), (self.decline, agreed is False)):
            button.set_icon(Icon.OK if mine else None)
            button.set_chosen(mine)


class FactRow(QWidget):
    """A fact: what at the left, figures at the right (before → after), a thin line above. 52 high."""

    def __init__(self, theme: Theme, caption: str = "", *, height_px: int = 52, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = RunLine(theme)
        self._caption = caption
        self._theme, self._line_px = theme, height_px - 1
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(Rule(theme))
        layout.addWidget(self.line, 1, Qt.AlignmentFlag.AlignVCenter)
        self.setFixedHeight(theme.px(height_px))

    def set_fact(self, *runs: AnyRun, caption: str | None = None) -> None:
        """Words and figures at the right, and another caption where given."""
        self._caption = self._caption if caption is None else caption
        self.line.set_runs((Run(self._caption, tone=Tone.SECOND),), runs)
        self.setAccessibleName(self.line.accessibleName())

    def set_change(self, before: str, after: str, *, tone: Tone = Tone.POINTS) -> None:
        """Before → after."""
        self.set_fact(
            Run(before, tone=Tone.THIRD),
            IconRun(Icon.RIGHT, 20, Tone.THIRD, 10),
            Run(after, Size.NUMBER, tone, gap_px=10),
        )


class PointsSlider(QAbstractSlider):
    """64 high; the end is the limit in force. Presses jump to where they land. `valueChanged` as usual.

    Set range, page and single steps with QAbstractSlider's own methods; points, not scaled.
    """

    def __init__(self, theme: Theme, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFixedHeight(theme.px(SLIDER_PX))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("ring", True)
        self.setAccessibleName(name)
        self.valueChanged.connect(lambda _value: self.update())

    def sizeHint(self) -> QSize:
        """As wide as it gets."""
        return QSize(self._theme.px(240), self._theme.px(SLIDER_PX))

    def _middle_x(self) -> float:
        span = max(1, self.maximum() - self.minimum())
        half = self._theme.px(HANDLE_PX) / 2
        return half + (self.width() - 2 * half) * (self.value() - self.minimum()) / span

    def _value_at(self, x: float) -> int:
        half = self._theme.px(HANDLE_PX) / 2
        share = min(max((x - half) / max(1.0, self.width() - 2 * half), 0.0), 1.0)
        step = max(1, self.singleStep())
        raw = self.minimum() + share * (self.maximum() - self.minimum())
        return self.maximum() if share == 1.0 else round(raw / step) * step

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump there."""
        self.setSliderDown(True)
        self.setValue(self._value_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the finger."""
        if self.isSliderDown():
            self.setValue(self._value_at(event.position().x()))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self.setSliderDown(False)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Track, filled part, round handle with the coin."""
        painter, theme, px = QPainter(self), self._theme, self._theme.px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        points, middle = theme.palette.points, QPointF(self._middle_x(), self.height() / 2)
        track = QRectF(0, self.height() / 2 - px(7), self.width(), px(14))
        box(painter, track, (QColor(theme.palette.surface.raised), QColor(points.line)), radius=px(7), edge=1)
        filled = QRectF(track.left(), track.top(), middle.x(), track.height())
        box(painter, filled, (QColor(points.fill), QColor(points.line)), radius=px(7), edge=1)
        painter.setPen(QPen(QColor(points.fill), 3))
        painter.setBrush(QColor(theme.palette.surface.raised))
        painter.drawEllipse(middle, px(HANDLE_PX) / 2 - 1.5, px(HANDLE_PX) / 2 - 1.5)
        corner = QPointF(middle.x() - px(32) / 2, middle.y() - px(32) / 2)
        draw_icon(painter, theme, Icon.COIN, at=corner, size=32, colour=points.text)
