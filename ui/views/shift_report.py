"""A shift in figures, as X so far or Z at its end: sales, ways to pay, the drawer, and what was counted."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.sale import TenderKind
from app.domain.shift import CashKind, ShiftReport
from app.i18n import Translator
from app.services.till import Place
from ui.theme.names import Icon, Role, Size, Tone
from ui.views import wording
from ui.views.common import Ui, scroll_area
from ui.widgets.basics import Card, Label, row
from ui.widgets.chips import Chip
from ui.widgets.runs import RunLine
from ui.widgets.values import ChipSpec, Run

Fact = tuple[str, str, bool]
"""A caption, its figure, and whether it stands out."""


def cash_name(kind: CashKind, tr: Translator) -> str:
    """What a way of moving cash is called."""
    return {
        CashKind.PAY_IN: tr("Cash in"),
        CashKind.PAY_OUT: tr("Cash out"),
        CashKind.DROP: tr("To the safe"),
        CashKind.NO_SALE: tr("Open the drawer"),
    }[kind]


def minus(minor: int) -> str:
    """`−¥12.00`, or `¥0.00`."""
    return f"\u2212{wording.yuan(minor)}" if minor > 0 else wording.yuan(-minor)


def signed_yuan(minor: int) -> str:
    """`+¥1.00`, `−¥0.50`, `¥0.00`."""
    return f"+{wording.yuan(minor)}" if minor > 0 else minus(-minor)


class ShiftReportPanel(QWidget):
    """Two cards of facts beside each other, one above the other where there is little room."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self.title = Label(ui.theme, size=Size.HEADLINE)
        self.note = Label(ui.theme, size=Size.LABEL, tone=Tone.SECOND)
        self.chip = Chip(ui.theme, ChipSpec(""))
        self.sales, self.drawer = Card(ui.theme), Card(ui.theme)
        for card in (self.sales, self.drawer):
            card.body.setSpacing(0)
        body = QWidget()
        self._cards = QHBoxLayout(body)
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._cards.setSpacing(ui.px(12))
        self._cards.addWidget(self.sales, 1, Qt.AlignmentFlag.AlignTop)
        self._cards.addWidget(self.drawer, 1, Qt.AlignmentFlag.AlignTop)
        area = scroll_area(ui.tr("Shift report"))
        area.setWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(ui.px(12))
        whole.addLayout(row(self.title, self.chip, 1, self.note, gap=ui.px(12)))
        whole.addWidget(area, 1)

    def set_narrow(self, narrow: bool) -> None:
        """One card above the other."""
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._cards.setDirection(way)

    def show_report(self, shown: ShiftReport, place: Place | None, *, closed: bool) -> None:
        """X or Z."""
        tr = self._ui.tr
        number = shown.shift.z_no
        self.title.set_text(tr("Z report {number}", number=number) if closed else tr("Shift {number}", number=number))
        zone = place.zone if place else None
        since = wording.hour(shown.shift.opened_ms, zone) if zone else ""
        self.note.set_text(
            tr("{day} · {name} · open since {time}", day=shown.business_on, name=shown.staff_name, time=since)
        )
        if shown.overdue and not closed:
            self.chip.set_chip(ChipSpec(tr("Its business day is over: close it"), Role.ATTENTION, Icon.WARN))
        else:
            self.chip.set_chip(ChipSpec(tr("Closed") if closed else tr("Open"), Role.PLAIN, Icon.CLOCK))
        _fill(self._ui, self.sales, tuple(self._sales(shown)))
        _fill(self._ui, self.drawer, tuple(self._drawer(shown)))

    def _sales(self, shown: ShiftReport) -> Iterator[Fact]:
        tr, totals = self._ui.tr, shown.totals
        yield tr("Sales"), f"{totals.sales:,}", False
        yield tr("of them to members"), f"{totals.member_sales:,}", False
        yield tr("Gross"), wording.yuan(totals.gross_minor), False
        yield tr("Discounts"), minus(totals.discount_minor), False
        yield tr("Net"), wording.yuan(totals.net_minor), True
        for kind in TenderKind:
            if totals.sold.get(kind, 0):
                yield wording.tender_name(kind, tr), wording.yuan(totals.sold[kind]), False
        yield tr("Returns · {count}", count=totals.returns), minus(totals.refund_minor), False
        yield tr("Sales taken back"), f"{totals.undone:,}", False
        yield tr("Enrolments"), f"{totals.enrolments:,}", False
        scale = 10**shown.points_scale
        yield tr("Points issued"), f"{totals.points_issued // scale:,}", False
        yield tr("Points redeemed"), f"{totals.points_redeemed // scale:,}", False

    def _drawer(self, shown: ShiftReport) -> Iterator[Fact]:
        tr, totals = self._ui.tr, shown.totals
        yield tr("Float"), wording.yuan(shown.shift.float_minor), False
        yield tr("Cash sales"), wording.yuan(totals.sold.get(TenderKind.CASH, 0)), False
        if totals.topped_up.get(TenderKind.CASH, 0):
            yield tr("Cash top-ups"), wording.yuan(totals.topped_up[TenderKind.CASH]), False
        yield tr("Cash refunds"), minus(totals.refunded.get(TenderKind.CASH, 0)), False
        yield cash_name(CashKind.PAY_IN, tr), wording.yuan(totals.moved(CashKind.PAY_IN)), False
        yield cash_name(CashKind.PAY_OUT, tr), minus(totals.moved(CashKind.PAY_OUT)), False
        yield cash_name(CashKind.DROP, tr), minus(totals.moved(CashKind.DROP)), False
        yield tr("Drawer opened without a sale"), f"{totals.no_sales:,}", False
        for one in shown.expected:
            name = wording.tender_name(one.kind, tr)
            yield tr("{kind} expected", kind=name), wording.yuan(one.minor), one.kind is TenderKind.CASH
        for one in shown.counted or ():
            yield tr("{kind} counted", kind=wording.tender_name(one.kind, tr)), wording.yuan(one.minor), False
        for one in shown.differences:
            yield tr("{kind} difference", kind=wording.tender_name(one.kind, tr)), signed_yuan(one.minor), True


def _fill(ui: Ui, card: Card, facts: tuple[Fact, ...]) -> None:
    """As many lines as there are facts, each with its words."""
    lines = [item.widget() for place in range(card.body.count()) if (item := card.body.itemAt(place)) is not None]
    for extra in lines[len(facts) :]:
        if isinstance(extra, QLabel | QWidget):
            card.body.removeWidget(extra)
            extra.hide()
            extra.deleteLater()
    for place, (caption, figure, strong) in enumerate(facts):
        line = lines[place] if place < len(lines) else None
        if not isinstance(line, RunLine):
            line = RunLine(ui.theme, height_px=36)
            card.body.addWidget(line)
        size = Size.NUMBER if strong else Size.BODY
        line.set_runs((Run(caption, tone=Tone.SECOND),), (Run(figure, size, bold=strong),))
