"""The `PrintJobs` port: the job outbox in till.db. Each change is its own durable transaction. Store thread only."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import sqlcipher3.dbapi2 as driver

from app.domain.receipt import JobState
from app.errors import StoreError
from app.ids import EventId
from app.services.ports import PrintJob
from app.store.connect import Connection, fault

JOB_COLUMNS: Final = "job_id, event_id, kind, state, payload, model, copy_no, queued_ms, detail"
FIRST_OPEN: Final = (
    f"SELECT {JOB_COLUMNS} FROM print_job WHERE state IN ('queued', 'sending', 'sent', 'unknown')"
    " ORDER BY state = 'queued', job_id LIMIT 1"
)
JOB: Final = f"SELECT {JOB_COLUMNS} FROM print_job WHERE job_id = ?"
UNKNOWN: Final = f"SELECT {JOB_COLUMNS} FROM print_job WHERE state = 'unknown' ORDER BY job_id"
MARK: Final = "UPDATE print_job SET state = ?, detail = ? WHERE job_id = ?"
RECOVER: Final = "UPDATE print_job SET state = 'unknown' WHERE state IN ('sending', 'sent')"


class JobOutbox:
    """Jobs in the order they were queued; one at a time is in the printer's hands."""

    def __init__(self, db: Connection, path: Path) -> None:
        self._db = db
        self._path = path

    def next_job(self) -> PrintJob | None:
        """See the port: a job in the printer's hands, or one a person must judge, holds back all others."""
        rows = self._run(FIRST_OPEN)
        if not rows or rows[0][3] != JobState.QUEUED:
            return None
        return print_job(rows[0])

    def mark(self, job_id: int, state: JobState, detail: str = "") -> None:
        self._run(MARK, state, detail, job_id)

    def job(self, job_id: int) -> PrintJob | None:
        rows = self._run(JOB, job_id)
        return print_job(rows[0]) if rows else None

    def recover(self) -> int:
        """See the port."""
        try:
            changed: int = self._db.execute(RECOVER).rowcount
        except driver.Error as error:
            raise fault(error, self._path) from error
        return changed

    def unknown(self) -> tuple[PrintJob, ...]:
        return tuple(print_job(row) for row in self._run(UNKNOWN))

    def _run(self, statement: str, *values: str | int) -> list[Any]:
        try:
            return list(self._db.execute(statement, values))
        except driver.Error as error:
            raise fault(error, self._path) from error


def print_job(row: Any) -> PrintJob:
    """A row of JOB_COLUMNS. StoreError `store_io` for a state no version ever wrote."""
    job_id, event_id, kind, state, payload, model, copy_no, queued_ms, detail = row
    try:
        known = JobState(state)
    except ValueError as error:
        raise StoreError("store_io", code=0) from error
    event = None if event_id is None else EventId(event_id)
    return PrintJob(job_id, event, kind, known, bytes(payload), model, copy_no, queued_ms, detail)
