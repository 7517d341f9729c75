"""The last receipt as it was printed, what became of its paper, and a marked copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.receipt import JobState, Receipt
from app.errors import GuitaiError
from app.ids import EventId
from app.services import receipts
from app.services.ports import SaleSummary
from app.services.till import Outcome
from ui.presenters.base import Desk, Notice, Presenter
from ui.presenters.papers import link_of


@dataclass(frozen=True, slots=True)
class ReceiptState:
    """`receipt` None while it is being read, or when there is none (then `notice` says so)."""

    open: bool = False
    summary: SaleSummary | None = None
    receipt: Receipt | None = None
    job_id: int | None = None
    job_state: JobState | None = None
    copies: int = 0
    busy: bool = False
    notice: Notice | None = None

    @property
    def link(self) -> str:
        """What the receipt's QR code says: its own address, so that no paper is needed. Empty without one."""
        return link_of(self.receipt) if self.receipt else ""


class ReceiptPresenter(Presenter[ReceiptState]):
    """`left` is told when the preview closes."""

    def __init__(self, desk: Desk, *, left: Callable[[], None]) -> None:
        super().__init__(ReceiptState())
        self._desk, self._left = desk, left

    def open(self, summary: SaleSummary) -> None:
        """Show the receipt of that sale."""
        job_id, job_state = summary.job_id, summary.job_state
        self._become(ReceiptState(open=True, summary=summary, job_id=job_id, job_state=job_state))
        till, event_id = self._desk.till, summary.event_id
        self._desk.tasks.run(
            lambda: receipts.last_receipt(till, event_id), lambda found: self._read(event_id, found), self._refuse
        )

    def reprint(self) -> None:
        """Queue a copy, marked as one."""
        summary = self.state.summary
        if summary is None or self.state.busy or self.state.receipt is None:
            return
        till, session = self._desk.till, self._desk.session()
        self._become(replace(self.state, busy=True, notice=None))
        self._desk.tasks.run(lambda: receipts.reprint(till, session, summary.event_id), self._reprinted, self._refuse)

    def job_changed(self, job_id: int, state: JobState) -> None:
        """News from the printer."""
        if job_id == self.state.job_id:
            self._become(replace(self.state, job_state=state))

    def back(self) -> None:
        """Esc: to the counter."""
        self._become(ReceiptState())
        self._left()

    def _read(self, event_id: EventId, receipt: Receipt) -> None:
        if self.state.summary is not None and self.state.summary.event_id == event_id:
            self._become(replace(self.state, receipt=receipt))

    def _reprinted(self, outcome: Outcome[int]) -> None:
        self._desk.toast(self._desk.speech.tr("A copy waits for the printer, marked as a reprint"))
        if self.state.open:
            queued = JobState.QUEUED
            copies = self.state.copies + 1
            self._become(replace(self.state, busy=False, copies=copies, job_id=outcome.value, job_state=queued))
        self._desk.changed(outcome.changed)

    def _refuse(self, error: GuitaiError) -> None:
        self._become(replace(self.state, busy=False, notice=self._desk.refuse(error)))
