"""The right column of a return: whose points change and how, the way the money goes back, and the one button."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.domain.money import on_screen
from app.services.returns import Preview
from ui.presenters.returning import ReturnState
from ui.theme.names import Icon, Size, Tone
from ui.views import wording
from ui.views.common import Ui
from ui.views.sides import SideColumn
from ui.widgets.basics import Card, Label
from ui.widgets.frame import DuePanel
from ui.widgets.member import ItemRow, MemberHead
from ui.widgets.runs import RunLine
from ui.widgets.values import IconRun, Run

SIDE_WIDTH = 505


class PointsChange(QFrame):
    """Points now → after the return, and the difference."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self.setProperty("banner", "points")
        self.caption, self.line = RunLine(ui.theme, height_px=24), RunLine(ui.theme, height_px=56)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(ui.px(14), ui.px(10), ui.px(14), ui.px(10))
        layout.setSpacing(0)
        layout.addWidget(self.caption)
        layout.addWidget(self.line)

    def show_change(self, before: int | None, after: int | None, moved: int) -> None:
        """With an unknown balance only the difference."""
        tr = self._ui.tr
        difference = Run(wording.signed(moved), Size.NUMBER, Tone.POINTS)
        self.caption.set_runs((Run(tr("Points now, then after the return"), Size.LABEL, Tone.SECOND),))
        if before is None or after is None:
            self.line.set_runs((difference,))
        else:
            self.line.set_runs(
                (
                    Run(wording.points(before), Size.NAME, Tone.SECOND),
                    IconRun(Icon.RIGHT, 24, Tone.THIRD, 12),
                    Run(wording.points(after), Size.FIGURE, Tone.POINTS, gap_px=12),
                ),
                (difference,),
            )
        self.setAccessibleName(f"{self.caption.accessibleName()} {self.line.accessibleName()}")


class ReturnSide(SideColumn):
    """`finish` when the teal button is pressed."""

    finish = Signal()

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, SIDE_WIDTH, parent)
        self._ui, tr = ui, ui.tr
        self.card = Card(ui.theme)
        self.who, self.points = MemberHead(ui.theme), PointsChange(ui)
        self.nobody = Label(ui.theme, tr("No member on that receipt: no points change."), tone=Tone.SECOND, wrap=True)
        self.taken = ItemRow(ui.theme, icon=Icon.COIN, tone=Tone.SECOND)
        self.given = ItemRow(ui.theme, icon=Icon.UNDO, tone=Tone.POINTS)
        self.money = ItemRow(ui.theme, icon=Icon.CASH)
        self.exact = Label(
            ui.theme, tr("Line by line from the receipt: in any number of steps the sums come out exactly."),
            size=Size.LABEL, tone=Tone.SECOND, wrap=True,
        )  # fmt: skip
        for part in (self.who, self.points, self.nobody, self.taken, self.given, self.money):
            self.card.body.addWidget(part)
        self.card.body.addStretch(1)
        self.card.body.addWidget(self.exact)
        self.due = DuePanel(ui.theme)
        self.due.confirmed.connect(self.finish)
        self.due.button.set_look(shrink=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(ui.px(12))
        layout.addWidget(self.card, 1)
        layout.addWidget(self.due)

    def show_return(self, state: ReturnState) -> None:
        """Who, points, money, and what the button will do."""
        tr, preview = self._ui.tr, state.preview
        customer = state.found.customer if state.found else None
        self.who.setVisible(customer is not None)
        self.points.setVisible(customer is not None and preview is not None)
        blind = state.blind is not None
        unknown = blind or (state.found is not None and state.found.bought.member_id is not None)
        follow = tr("The member is not known at this till: the points follow at head office.")
        self.nobody.set_text(follow if unknown else tr("No member on that receipt: no points change."))
        if blind:
            follow = tr("Head office does not answer: money and goods now, the points follow.")
            self.nobody.set_text(follow)
        self.nobody.setVisible((blind or state.found is not None) and customer is None)
        self.exact.setVisible(state.found is not None)
        if customer is not None:
            self.who.set_member(wording.who(customer, tr))
        for item in (self.taken, self.given, self.money):
            item.setVisible(preview is not None and bool(preview.pieces))
        if preview is not None:
            self._show_preview(state, preview)
        minor = preview.refund_minor if preview else 0
        pieces = preview.pieces if preview else 0
        if blind:
            minor = sum(line.minor for line in state.blind_lines)
            pieces = sum(line.qty for line in state.blind_lines)
        note = (tr("{count} items", count=pieces) if pieces != 1 else tr("1 item")) if pieces else ""
        self.due.set_due(tr("Refund"), on_screen(minor), note=note, dim=not pieces)
        self.due.set_button(tr("Take back"), "F10", enabled=bool(pieces))
        self.due.button.set_busy(tr("Saving") if state.saving else "")

    def _show_preview(self, state: ReturnState, preview: Preview) -> None:
        tr, found = self._ui.tr, state.found
        moved = preview.restored - preview.reversed
        if preview.before is not None and preview.after is not None:
            moved = preview.after - preview.before
        self.points.show_change(preview.before, preview.after, moved)
        lines = found.bought.lines if found else ()
        parts = [
            f"{lines[one.line].name or tr('Amount only')} {wording.signed(-one.reversed)}"
            for one in preview.lines
            if one.reversed
        ]
        self.taken.set_item(tr("Points taken back"), " · ".join(parts))
        self.taken.set_tail(Run(wording.signed(-preview.reversed), Size.NUMBER, Tone.SECOND))
        self.given.set_item(tr("Points given back"), tr("to the lots they were spent from"))
        self.given.set_tail(Run(wording.signed(preview.restored), Size.NUMBER, Tone.POINTS))
        self.given.setVisible(bool(preview.restored))
        ways = " · ".join(
            f"{wording.tender_name(one.kind, tr)} {wording.yuan(one.minor or 0)}" for one in preview.tenders
        )
        note = ways
        if preview.deducted_minor:
            less = tr("{amount} kept for points already spent", amount=wording.yuan(preview.deducted_minor))
            note = f"{ways} · {less}" if ways else less
        self.money.set_item(tr("Money goes back as it came"), note)
        self.money.set_tail(Run(wording.yuan(preview.refund_minor), Size.NUMBER))
