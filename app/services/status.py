"""What the status screen and the idle screen show: pending events, shift figures, print jobs, files."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.member import mask_card, mask_name
from app.domain.receipt import JobState
from app.domain.spending import HoldState
from app.ids import MemberId
from app.services import settings
from app.services.ports import PrintJob, SaleSummary
from app.services.returns import undo_until_ms
from app.services.till import Session, Till
from app.services.views import whole

PENDING_ROWS_MAX = 50


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
    undone: bool = False
    undo_until_ms: int | None = None


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
    members_lost: bool = False
    """No members can be looked up: their file is damaged or not there."""


@dataclass(frozen=True, slots=True)
class UnknownPaper:
    """A paper a person must judge, without names: a sale's number, time and amount; of any other when it was queued."""

    job_id: int
    at_ms: int
    receipt_no: str = ""
    payable_minor: int | None = None


@dataclass(frozen=True, slots=True)
class HeldPoints:
    """Points head office keeps for a sale that is being built here, whole; `asked` while its answer is awaited."""

    asked_ms: int
    who: str
    points: int
    asked: bool


@dataclass(frozen=True, slots=True)
class TillStatus:
    """The whole of the status screen that does not come from devices. `oldest_pending_s`: how long that one waits."""

    pending: int
    oldest_pending_s: int | None
    rows: tuple[PendingRow, ...]
    members: int | None
    unknown_papers: tuple[UnknownPaper, ...]
    disk_free_bytes: int
    holds: tuple[HeldPoints, ...] = ()


def pending_count(till: Till) -> int:
    """Events not yet at head office: the badge."""
    return till.book.pending_count()


def unknown_papers(till: Till) -> tuple[UnknownPaper, ...]:
    """The papers nobody knows the fate of, oldest first."""
    return tuple(_unknown(till, job) for job in till.jobs.unknown())


def shift_view(till: Till, session: Session) -> ShiftView:
    """The idle screen's figures of the session's shift."""
    figures = till.book.shift_figures(session.shift.shift_id)
    last = till.book.last_sale(session.shift.shift_id)
    return ShiftView(
        opened_ms=session.shift.opened_ms,
        staff_name=session.staff_name,
        sales=figures.sales,
        member_percent=figures.member_sales * 100 // figures.sales if figures.sales else 0,
        enrolments=figures.enrolments,
        enrolments_goal=settings.read(till).enrolments_goal,
        last_sale=_last_sale(till, session, last) if last else None,
        members_lost=till.members.count() is None,
    )


def till_status(till: Till) -> TillStatus:
    """Pending events newest first, members in the cache, jobs a person must decide about, room on the disk."""
    rows = till.book.pending(PENDING_ROWS_MAX)
    oldest_ms = till.book.oldest_pending_ms()
    return TillStatus(
        pending=till.book.pending_count(),
        oldest_pending_s=None if oldest_ms is None else max(0, till.clock.now_ms() - oldest_ms) // 1000,
        rows=tuple(
            PendingRow(row.at_ms, row.type, _who(till, row.member_id, row.card), _points(till, row.points))
            for row in rows
        ),
        members=till.members.count(),
        unknown_papers=unknown_papers(till),
        disk_free_bytes=till.book.disk_free_bytes(),
        holds=tuple(
            HeldPoints(
                hold.asked_ms,
                _who(till, hold.member_id, None),
                _points(till, hold.points) or 0,
                hold.state is HoldState.ASKED,
            )
            for hold in till.book.open_holds()
        ),
    )


def _unknown(till: Till, job: PrintJob) -> UnknownPaper:
    sale = till.book.sale(job.event_id) if job.event_id is not None else None
    if sale is None:
        return UnknownPaper(job.job_id, job.queued_ms)
    return UnknownPaper(job.job_id, sale.at_ms, sale.receipt_no, sale.result.payable_minor)


def _last_sale(till: Till, session: Session, summary: SaleSummary) -> LastSale:
    points = _points(till, summary.earned) or 0
    undone = any(back.undo for back in till.book.returns_of(summary.event_id))
    who, until_ms = _who(till, summary.member_id, summary.card), undo_until_ms(till, session)
    return LastSale(summary, who, points, summary.job_state, undone, until_ms)


def _who(till: Till, member_id: MemberId | None, card: str | None) -> str:
    member = till.members.by_id(member_id) if member_id else None
    if member is not None:
        return mask_name(member.name) if member.name else mask_card(member.card or "")
    return mask_card(card) if card else ""


def _points(till: Till, points: int | None) -> int | None:
    return None if points is None else whole(points, till.essentials.programme_at(till.clock.now_ms()))
