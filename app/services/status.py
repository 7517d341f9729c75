"""What the status screen and the idle screen show: pending events, shift figures, print jobs, files."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.receipt import JobState
from app.services.ports import SaleSummary
from app.services.till import Session, Till


@dataclass(frozen=True, slots=True)
class PendingRow:
    """One event waiting for head office; `who` is masked, empty for an anonymous sale; points whole or None."""

    at_ms: int
    type: str
    who: str
    points: int | None


@dataclass(frozen=True, slots=True)
class LastSale:
    """The strip on the idle screen."""

    summary: SaleSummary
    who: str
    points: int
    job_state: JobState | None


@dataclass(frozen=True, slots=True)
class ShiftView:
    """This shift in three figures."""

    opened_ms: int
    staff_name: str
    sales: int
    member_percent: int
    enrolments: int
    enrolments_goal: int
    last_sale: LastSale | None


@dataclass(frozen=True, slots=True)
class TillStatus:
    """The whole of the status screen that does not come from devices."""

    pending: int
    oldest_pending_ms: int | None
    rows: tuple[PendingRow, ...]
    members: int | None
    unknown_jobs: tuple[int, ...]
    disk_free_bytes: int


def pending_count(till: Till) -> int:
    """Events not yet at head office: the badge."""
    ...


def shift_view(till: Till, session: Session) -> ShiftView: ...


def till_status(till: Till) -> TillStatus: ...
