"""A line of runs: words of several sizes, icons, key caps and money on one baseline, which no label can do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme.names import Size
from ui.theme.theme import Theme
from ui.widgets.paint import cap_height, cap_width, draw_cap, draw_icon, draw_text
from ui.widgets.values import AnyRun, CapRun, IconRun, MoneyRun, Run, plain_text

SMALL_SHARE = 0.66  # of the figure's size: ¥ and decimals
FIGURES = (Size.NAME, Size.FIGURE, Size.AMOUNT, Size.HERO)
STEPS = (Size.TITLE, Size.STRONG, Size.CAPTION)
MINUS = "−"


def run_font(theme: Theme, run: Run | MoneyRun) -> QFont:
    """The font a run is set in, with its strike or underline."""
    font = theme.font(run.size, bold=run.bold if isinstance(run, Run) else True)
    if isinstance(run, Run) and (run.strike or run.underline):
        font = QFont(font)
        font.setStrikeOut(run.strike)
        font.setUnderline(run.underline)
    return font


@dataclass(frozen=True, slots=True)
class MoneyParts:
    """An amount cut into its three runs."""

    sign: str
    integer: str
    decimals: str


def split_money(text: str) -> MoneyParts:
    """`−1,234.50` → `−¥`, `1,234`, `.50`; without a point there are no decimals."""
    sign = MINUS if text[:1] in (MINUS, "-") else ""
    integer, point, decimals = text.removeprefix(MINUS).removeprefix("-").removeprefix("¥").partition(".")
    return MoneyParts(f"{sign}¥", integer, f"{point}{decimals}")


def small_font(theme: Theme, run: MoneyRun) -> QFont:
    """The font of ¥ and decimals beside `run`'s figure."""
    figure = run_font(theme, run)
    return theme.font_px(round(figure.pixelSize() * SMALL_SHARE), figure.weight().value)


def run_width(theme: Theme, run: AnyRun) -> float:
    """Width of `run` in screen px, without the gap before it."""
    if isinstance(run, IconRun):
        return float(theme.px(run.px))
    if isinstance(run, CapRun):
        return cap_width(theme, run.key)
    figure = QFontMetricsF(run_font(theme, run))
    if isinstance(run, Run):
        return figure.horizontalAdvance(run.text)
    parts, small = split_money(run.text), QFontMetricsF(small_font(theme, run))
    gap = figure.height() * 0.04
    return small.horizontalAdvance(parts.sign + parts.decimals) + gap + figure.horizontalAdvance(parts.integer)


def runs_width(theme: Theme, runs: Sequence[AnyRun]) -> float:
    """Width of a line: runs and the gaps between them (the first has none)."""
    gaps = sum(theme.px(run.gap_px) for run in runs[1:])
    return sum(run_width(theme, run) for run in runs) + gaps


def runs_height(theme: Theme, runs: Sequence[AnyRun]) -> int:
    """Line height of the largest run, screen px."""
    heights = [
        theme.px(run.px)
        if isinstance(run, IconRun)
        else round(cap_height(theme))
        if isinstance(run, CapRun)
        else theme.line_px(run.size)
        for run in runs
    ]
    return max(heights, default=0)


def baseline_y(theme: Theme, rect: QRectF, runs: Sequence[AnyRun]) -> float:
    """Where the shared baseline lies so that the largest words are centred in `rect`."""
    fonts = [run_font(theme, run) for run in runs if isinstance(run, Run | MoneyRun)]
    if not fonts:
        return rect.center().y()
    metrics = QFontMetricsF(max(fonts, key=QFont.pixelSize))
    return rect.center().y() + (metrics.ascent() - metrics.descent()) / 2


def draw_runs(
    painter: QPainter, theme: Theme, rect: QRectF, runs: Sequence[AnyRun], *, colour: str = "", baseline: bool = True
) -> None:
    """Draw `runs` from the left of `rect`; `colour` overrides every tone; `baseline` False centres each run."""
    x = rect.left()
    shared = baseline_y(theme, rect, runs)
    for number, run in enumerate(runs):
        x += theme.px(run.gap_px) if number else 0
        ink = colour or theme.tone(run.tone)
        if isinstance(run, IconRun):
            side = theme.px(run.px)
            draw_icon(painter, theme, run.icon, at=QPointF(x, rect.center().y() - side / 2), size=run.px, colour=ink)
        elif isinstance(run, CapRun):
            high = cap_height(theme)
            area = QRectF(x, rect.center().y() - high / 2, cap_width(theme, run.key), high)
            draw_cap(painter, theme, area, key=run.key, colours=(QColor(ink), QColor(ink)))
        else:
            y = shared if baseline else baseline_y(theme, rect, (run,))
            _draw_words(painter, theme, run, at=QPointF(x, y), colour=QColor(ink))
        x += run_width(theme, run)


def _draw_words(painter: QPainter, theme: Theme, run: Run | MoneyRun, *, at: QPointF, colour: QColor) -> None:
    painter.setPen(colour)
    font = run_font(theme, run)
    if isinstance(run, Run):
        painter.setFont(font)
        draw_text(painter, at, run.text)
        return
    parts, small = split_money(run.text), small_font(theme, run)
    figure, little = QFontMetricsF(font), QFontMetricsF(small)
    painter.setFont(small)
    draw_text(painter, at, parts.sign)
    x = at.x() + little.horizontalAdvance(parts.sign) + figure.height() * 0.04
    draw_text(painter, QPointF(x + figure.horizontalAdvance(parts.integer), at.y()), parts.decimals)
    painter.setFont(font)
    draw_text(painter, QPointF(x, at.y()), parts.integer)


def fit_runs(theme: Theme, runs: Sequence[AnyRun], width: float) -> tuple[AnyRun, ...]:
    """`runs` with the last words cut by an ellipsis, or left out, so that they fit `width`."""
    fitted = tuple(runs)
    while fitted and runs_width(theme, fitted) > width + 0.5:
        last = fitted[-1]
        head = fitted[:-1]
        if isinstance(last, Run):
            room = width - runs_width(theme, head) - (theme.px(last.gap_px) if head else 0)
            metrics = QFontMetricsF(run_font(theme, last))
            cut = metrics.elidedText(last.text, Qt.TextElideMode.ElideRight, room)
            if room > 0 and cut not in ("", "…"):
                return (*head, replace(last, text=cut))
        fitted = head
    return fitted


def smaller(theme: Theme, runs: tuple[AnyRun, ...], room: float) -> tuple[AnyRun, ...]:
    """`runs` as they are, or their words in the largest step that fits `room`: better small than cut.

    Figures keep their size: they are what is read. When nothing fits, the words stand in 15 px.
    """
    fitted = runs
    for step in STEPS:
        if runs_width(theme, fitted) <= room:
            break
        fitted = tuple(_at_most(theme, run, step) for run in runs)
    return fitted


def _at_most(theme: Theme, run: AnyRun, step: Size) -> AnyRun:
    types = theme.tokens.type
    if not isinstance(run, Run) or run.size in FIGURES or types[run.size].size_px <= types[step].size_px:
        return run
    return replace(run, size=step, bold=theme.is_bold(run.size) if run.bold is None else run.bold)


Ends = tuple[tuple[AnyRun, ...], tuple[AnyRun, ...]]  # what stands at the left and at the right of a line


class RunLine(QWidget):
    """One line with runs at the left and at the right; the left gives way. Height fixed so nothing moves.

    `colour` (`#RRGGBB`) overrides every tone, for inverted grounds.
    """

    def __init__(
        self,
        theme: Theme,
        left: Sequence[AnyRun] = (),
        right: Sequence[AnyRun] = (),
        *,
        height_px: int = 0,
        colour: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._height, self._colour = theme, height_px, colour
        self._choices: tuple[Ends, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_runs(left, right)

    def set_runs(self, left: Sequence[AnyRun], right: Sequence[AnyRun] = ()) -> None:
        """Show other runs. With `height_px` 0 the height follows the largest run."""
        self.set_choices((tuple(left), tuple(right)))

    def set_choices(self, *choices: Ends) -> None:
        """The first of `choices` that fits is shown; the last one in any case, and never narrower than it needs.

        A screen reader always hears the first, fullest one.
        """
        if choices == self._choices:
            return
        self._choices = choices
        full = (*choices[0][0], *choices[0][1])
        self.setAccessibleName(plain_text(full))
        height = self._theme.px(self._height) or runs_height(self._theme, full)
        if height != self.minimumHeight():
            self.setFixedHeight(height)
        self.updateGeometry()
        self.update()

    def _need(self, ends: Ends) -> float:
        left, right = (runs_width(self._theme, runs) for runs in ends)
        return left + right + (self._theme.px(12) if left and right else 0)

    def sizeHint(self) -> QSize:
        """Both ends in full, and a gap between them."""
        return QSize(int(self._need(self._choices[0])) + 1, self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        """With choices, what the last needs; else the right end in full, as the left may be cut."""
        last = self._choices[-1]
        need = self._need(last) if len(self._choices) > 1 else runs_width(self._theme, last[1])
        return QSize(int(need) + 1, self.minimumHeight())

    def shown(self) -> Ends:
        """The choice that fits the present width."""
        fitting = (ends for ends in self._choices if self._need(ends) <= self.width() + 0.5)
        return next(fitting, self._choices[-1])

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Both ends on the baseline of the largest words."""
        painter, (left, right) = QPainter(self), self.shown()
        theme, area = self._theme, QRectF(self.rect())
        taken = runs_width(theme, right)
        room = area.width() - taken - (theme.px(12) if right else 0)
        y = baseline_y(theme, area, (*left, *right))
        for runs, x in ((fit_runs(theme, smaller(theme, left, room), room), 0.0), (right, area.width() - taken)):
            spoken = any(isinstance(run, Run | MoneyRun) for run in runs)
            lift = y - baseline_y(theme, area, runs) if spoken else 0.0
            draw_runs(painter, theme, area.translated(x, lift), runs, colour=self._colour)
