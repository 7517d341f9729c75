"""The receipt as it is built: rows with the stepper on the marked one, sums, and the sentences in the flow."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget

from app.clock import local
from app.domain.money import on_screen
from app.domain.sale import Line
from app.services.status import UnknownPaper
from app.services.till import Place
from ui.presenters.counter_state import CounterState
from ui.presenters.keys import Key
from ui.theme.names import Icon, Role, Size, Tone
from ui.views import wording
from ui.views.common import Ui
from ui.widgets.basket import BasketList
from ui.widgets.notices import Banner
from ui.widgets.values import AnyRun, BannerAction, BasketRow, IconRun, Run


class PaperBanner(Banner):
    """A receipt whose fate nobody knows: the cashier looks at the paper and chooses. `pressed`: out, copy.

    With `keys` the buttons print theirs: the screen must know them.
    """

    def __init__(self, ui: Ui, parent: QWidget | None = None, *, keys: bool = True) -> None:
        super().__init__(ui.theme, parent)
        self._tr = ui.tr
        self._caps = ("/", Key.F5.value) if keys else ("", "")
        self.hide()

    def show_paper(self, paper: UnknownPaper | None, place: Place | None) -> None:
        """Ask about this one, at the place's time; None has nothing to ask."""
        self.setVisible(paper is not None)
        if paper is None:
            return
        tr, (out, copy) = self._tr, self._caps
        at = f"{local(paper.at_ms, place.zone):%m-%d %H:%M}" if place else ""
        amount = "" if paper.payable_minor is None else wording.yuan(paper.payable_minor)
        which = "\u00a0· ".join(part for part in (paper.receipt_no, at, amount) if part)  # no line begins with a dot
        self.show_notice(
            Role.ATTENTION,
            Icon.PRINT,
            tr("The receipt may not have printed: {which}", which=which),
            note=tr("Points are saved. Check the paper, then choose"),
            actions=(BannerAction(tr("It came out"), "out", out), BannerAction(tr("Print a copy"), "copy", copy)),
        )


def line_row(line: Line, ui: Ui) -> BasketRow:
    """A basket line in words; what was taken off it stands in gold."""
    tr = ui.tr
    off = line.discount_minor
    benefit = tr("saves ¥{amount}", amount=on_screen(off)) if off else ""
    name = line.name or tr("Amount only")
    return BasketRow(name, on_screen(line.unit_minor), line.qty, on_screen(line.charged_minor), benefit)


class BasketPanel(BasketList):
    """The kit's basket, filled from the counter's state."""

    step_asked = Signal(int, int)
    why_asked = Signal()

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        tr = ui.tr
        super().__init__(
            ui.theme,
            (tr("Item"), tr("Qty"), tr("Amount")),
            name=tr("Receipt"),
            step_names=(tr("One less"), tr("One more")),
            parent=parent,
        )
        self._ui = ui
        self.less.connect(lambda number: self.step_asked.emit(number, -1))
        self.more.connect(lambda number: self.step_asked.emit(number, 1))
        self.foot.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Touching the sums asks why these points."""
        if watched is self.foot and event.type() == QEvent.Type.MouseButtonRelease:
            self.why_asked.emit()
        return super().eventFilter(watched, event)

    def show_cart(self, state: CounterState, *, tight: bool) -> None:
        """Rows and sums; `tight` leaves the points tender out (look.md "Scale")."""
        tr, quote = self._ui.tr, state.quote
        self.set_rows(tuple(line_row(line, self._ui) for line in state.cart.basket.lines), state.line)
        if quote is None:
            self.foot.set_sums(())
            return
        sums: list[AnyRun] = [
            Run(tr("Subtotal"), Size.LABEL, Tone.SECOND),
            Run(f"¥{on_screen(quote.gross_minor)}", Size.STRONG, gap_px=6),
        ]
        if quote.discount_minor:
            off = f"{on_screen(-quote.discount_minor)[:1]}¥{on_screen(quote.discount_minor)}"
            sums += [Run(tr("Discount"), Size.LABEL, Tone.SECOND, gap_px=22), Run(off, Size.STRONG, gap_px=6)]
        if quote.points_minor:
            paid = f"{on_screen(-quote.points_minor)[:1]}¥{on_screen(quote.points_minor)}"
            sums += [
                Run(tr("Points used"), Size.LABEL, Tone.POINTS, gap_px=22),
                Run(paid, Size.STRONG, Tone.POINTS, gap_px=6),
            ]
        elif not tight:
            sums += [
                Run(tr("Points used"), Size.LABEL, Tone.SECOND, gap_px=22),
                Run("—", Size.LABEL, Tone.SECOND, gap_px=6),
            ]
        earns: list[AnyRun] = []
        if state.cart.customer is not None:
            earns = [
                IconRun(Icon.COIN, 24, Tone.POINTS),
                Run(tr("Earns"), Size.LABEL, Tone.POINTS, gap_px=6),
                Run(wording.signed(quote.earns), Size.NUMBER, Tone.POINTS, gap_px=6),
            ]
        self.foot.set_sums(sums, earns)
