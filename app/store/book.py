"""The `Book` port: the till's own truth in till.db, by the raw driver. Store thread only."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Final

import sqlcipher3.dbapi2 as driver

from app.clock import Clock
from app.domain.chain import Link
from app.domain.day import DayFigures, DaySpan, TillDay
from app.domain.events import Basis, basis_of
from app.domain.receipt import JobState
from app.domain.sale import Sale
from app.domain.shift import Shift, ShiftFigures, ShiftTotals
from app.domain.spending import Hold, SaleReturn
from app.domain.staff import Attempts
from app.ids import AccountId, EventId, MemberId, ShiftId, StaffId
from app.services.ports import Effect, PendingEvent, PrintJob, SaleSummary
from app.store import day_rows, sales, shift_rows, spending
from app.store.connect import Connection, fault, faults
from app.store.event_key import SEQ_BITS, event_n, head_of
from app.store.jobs import JOB_COLUMNS, print_job
from app.store.mark import Commits
from app.store.transaction import TillTransaction

POINTS_MOVED: Final = "SELECT touches, points FROM event WHERE event_id = ?"
SHIFT: Final = "SELECT shift_id, z_no, staff_id, opened_ms, float_minor FROM shift WHERE closed_ms IS NULL"
OPEN_SHIFT: Final = f"{SHIFT} ORDER BY z_no DESC LIMIT 1"
OPEN_SHIFT_OF: Final = f"{SHIFT} AND staff_id = ? ORDER BY z_no DESC LIMIT 1"
FIGURES: Final = (
    "SELECT count(*), count(member_id), coalesce(sum(payable_minor), 0) FROM sale WHERE n > ? AND shift_id = ?"
    " AND NOT EXISTS (SELECT 1 FROM sale_return AS back WHERE back.of = sale.event_id AND back.undo = 1)"
)
SHIFT_SPAN: Final = "SELECT opened_ms, closed_ms, after_n FROM shift WHERE shift_id = ?"
ENROLMENTS: Final = "SELECT count(*) FROM event WHERE type = 'enrolment' AND at_ms >= ? AND at_ms <= ?"
LAST_SALE: Final = (
    "SELECT event_id, receipt_no, at_ms, payable_minor, earned, member_id, card FROM sale"
    " WHERE n > (SELECT after_n FROM shift WHERE shift_id = ?1) AND shift_id = ?1 ORDER BY n DESC LIMIT 1"
)
LAST_JOB: Final = f"SELECT {JOB_COLUMNS} FROM print_job WHERE job_id = (SELECT job_id FROM event WHERE event_id = ?)"
RAW: Final = "SELECT raw FROM event WHERE event_id = ?"
ACKED: Final = "SELECT acked_through FROM meta"
PENDING: Final = "SELECT n, type, at_ms, raw, points FROM event WHERE n > ? AND n < ? ORDER BY n DESC LIMIT ?"
OLDEST: Final = "SELECT at_ms FROM event WHERE n > ? AND n < ? ORDER BY n LIMIT 1"
ATTEMPTS: Final = "SELECT failed, last_ms FROM staff_attempts WHERE staff_id = ?"
FOREVER_MS: Final = 2**53
SEQ_MASK: Final = (1 << SEQ_BITS) - 1


class TillBook:
    """Reads of till.db, and its write transactions, one at a time."""

    def __init__(self, db: Connection, path: Path, epoch: int, clock: Clock, commits: Commits) -> None:
        self.connection = db
        self._commits = commits
        self._db = db
        self._path = path
        self._epoch = epoch
        self._clock = clock

    def begin(self) -> TillTransaction:
        return TillTransaction(self._db, self._path, self._epoch, self._clock.now_ms(), self._commits)

    def head(self) -> Link:
        try:
            return head_of(self._db, self._epoch)
        except driver.Error as error:
            raise fault(error, self._path) from error

    def open_shift(self) -> Shift | None:
        return _shift(self._row(OPEN_SHIFT))

    def open_shift_of(self, staff_id: StaffId) -> Shift | None:
        return _shift(self._row(OPEN_SHIFT_OF, staff_id))

    def shift_figures(self, shift_id: ShiftId) -> ShiftFigures:
        span = self._row(SHIFT_SPAN, shift_id)
        if span is None:
            return ShiftFigures(0, 0, 0, 0)
        opened_ms, closed_ms, after_n = span
        sold, members, gross_minor = self._row(FIGURES, after_n, shift_id)
        enrolled = self._row(ENROLMENTS, opened_ms, FOREVER_MS if closed_ms is None else closed_ms)[0]
        return ShiftFigures(sold, members, enrolled, gross_minor)

    def shift_totals(self, shift_id: ShiftId) -> ShiftTotals:
        with faults(self._path):
            enrolments = self.shift_figures(shift_id).enrolments
            return shift_rows.totals(self._db, shift_id, enrolments)

    def day(self, span: DaySpan, *, waiting_only: bool = False) -> DayFigures:
        with faults(self._path):
            after_n = self._unacked()[0] if waiting_only else 0
            return day_rows.figures(self._db, span, after_n=after_n)

    def till_day(self, span: DaySpan) -> TillDay:
        with faults(self._path):
            return day_rows.till_day(self._db, span)

    def last_sale(self, shift_id: ShiftId) -> SaleSummary | None:
        row = self._row(LAST_SALE, shift_id)
        if row is None:
            return None
        event_id, receipt_no, at_ms, payable_minor, earned, member_id, card = row
        job = self.last_job(EventId(event_id))
        return SaleSummary(
            EventId(event_id),
            receipt_no,
            at_ms,
            payable_minor,
            earned,
            None if member_id is None else MemberId(member_id),
            card,
            job.job_id if job else None,
            JobState(job.state) if job else None,
        )

    def sale(self, event_id: EventId) -> Sale | None:
        try:
            return sales.read(self._db, event_id)
        except driver.Error as error:
            raise fault(error, self._path) from error

    def basis(self, event_id: EventId) -> Basis | None:
        row = self._row(RAW, event_id)
        return None if row is None else basis_of(json.loads(row[0]))

    def sale_by_receipt(self, receipt_no: str) -> Sale | None:
        with faults(self._path):
            event_id = spending.find_receipt(self._db, receipt_no)
        return None if event_id is None else self.sale(event_id)

    def points_moved(self, event_id: EventId) -> Effect | None:
        with faults(self._path):
            touches, points = self._db.execute(POINTS_MOVED, (event_id,)).fetchone() or ("", None)
        if points is None:
            return None
        key = touches.split()[0]  # points come first
        return Effect(AccountId(key), None, points) if "-" in key else Effect(None, key, points)

    def returns_of(self, event_id: EventId) -> tuple[SaleReturn, ...]:
        with faults(self._path):
            return spending.returns_of(self._db, event_id)

    def open_holds(self) -> tuple[Hold, ...]:
        with faults(self._path):
            return spending.open_holds(self._db)

    def last_job(self, event_id: EventId) -> PrintJob | None:
        row = self._row(LAST_JOB, event_id)
        return None if row is None else print_job(row)

    def pending_count(self) -> int:
        return self.head().seq - self._acked()

    def pending(self, limit: int) -> tuple[PendingEvent, ...]:
        rows = self._rows(PENDING, *self._unacked(), limit)
        return tuple(_pending(row) for row in rows)

    def oldest_pending_ms(self) -> int | None:
        row = self._row(OLDEST, *self._unacked())
        return None if row is None else row[0]

    def attempts(self, staff_id: StaffId) -> Attempts:
        row = self._row(ATTEMPTS, staff_id)
        return Attempts() if row is None else Attempts(row[0], row[1])

    def disk_free_bytes(self) -> int:
        return shutil.disk_usage(self._path.parent).free

    def close(self) -> None:
        self._commits.close()
        self._db.close()

    def _unacked(self) -> tuple[int, int]:
        """The keys around all events head office has not verified."""
        return event_n(self._epoch, self._acked()), event_n(self._epoch + 1, 0)

    def _acked(self) -> int:
        acked: int = self._row(ACKED)[0]
        return acked

    def _row(self, statement: str, *values: str | int) -> Any:
        try:
            return self._db.execute(statement, values).fetchone()
        except driver.Error as error:
            raise fault(error, self._path) from error

    def _rows(self, statement: str, *values: str | int) -> list[Any]:
        try:
            return list(self._db.execute(statement, values))
        except driver.Error as error:
            raise fault(error, self._path) from error


def _shift(row: Any) -> Shift | None:
    return None if row is None else Shift(ShiftId(row[0]), row[1], StaffId(row[2]), row[3], row[4])


def _pending(row: Any) -> PendingEvent:
    n, kind, at_ms, raw, points = row
    envelope = json.loads(raw)
    return PendingEvent(n & SEQ_MASK, kind, at_ms, envelope.get("member_id"), envelope.get("card"), points)
