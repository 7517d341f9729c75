"""The `PrintJobs` port: the job outbox in till.db. Each change is its own durable transaction. Store thread only.

Open jobs are few and new: the counter `jobs_settled` says below which number all are settled, so that a sale need not
keep an index of states.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import sqlcipher3.dbapi2 as driver

from app.domain.receipt import JobState
from app.errors import StoreError
from app.ids import EventId
from app.services.ports import PrintJob
from app.store.connect import Connection, fault
from app.store.mark import Commits

OPEN: Final = frozenset((JobState.QUEUED, JobState.SENDING, JobState.SENT, JobState.UNKNOWN))
JOB_COLUMNS: Final = "job_id, event_id, kind, state, payload, model, copy_no, queued_ms, detail"
_ABOVE: Final = "job_id > (SELECT coalesce(max(value), 0) FROM counter WHERE name = 'jobs_settled')"
FIRST_OPEN: Final = (
    f"SELECT {JOB_COLUMNS} FROM print_job WHERE {_ABOVE} AND state IN ('queued', 'sending', 'sent', 'unknown')"
    " ORDER BY state = 'queued', job_id LIMIT 1"
)
JOB: Final = f"SELECT {JOB_COLUMNS} FROM print_job WHERE job_id = ?"
UNKNOWN: Final = f"SELECT {JOB_COLUMNS} FROM print_job WHERE {_ABOVE} AND state = 'unknown' ORDER BY job_id"
MARK: Final = "UPDATE print_job SET state = ?, detail = ? WHERE job_id = ?"
RECOVER: Final = f"UPDATE print_job SET state = 'unknown' WHERE {_ABOVE} AND state IN ('sending', 'sent')"
REOPEN: Final = "UPDATE counter SET value = min(value, ? - 1) WHERE name = 'jobs_settled'"
SETTLE: Final = (
    "INSERT INTO counter SELECT 'jobs_settled', coalesce((SELECT min(job_id) - 1 FROM print_job"
    f" WHERE {_ABOVE} AND state IN ('queued', 'sending', 'sent', 'unknown')), (SELECT max(job_id) FROM print_job), 0)"
    " WHERE true ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


class JobOutbox:
    """Jobs in the order they were queued; one at a time is in the printer's hands."""

    def __init__(self, db: Connection, path: Path, epoch: int, commits: Commits) -> None:
        self._db = db
        self._path = path
        self._epoch = epoch
        self._commits = commits

    def next_job(self) -> PrintJob | None:
        """See the port: a job in the printer's hands, or one a person must judge, holds back all others."""
        rows = self._run(FIRST_OPEN)
        if not rows or rows[0][3] != JobState.QUEUED:
            return None
        return print_job(rows[0])

    def mark(self, job_id: int, state: JobState, detail: str = "") -> None:
        """Set a job's state; a settled one may be opened again (a clean failure is retried)."""
        with self._written():
            self._db.execute(MARK, (state, detail, job_id))
            if state in OPEN:
                self._db.execute(REOPEN, (job_id,))
            else:
                self._db.execute(SETTLE)

    def job(self, job_id: int) -> PrintJob | None:
        rows = self._run(JOB, job_id)
        return print_job(rows[0]) if rows else None

    def recover(self) -> int:
        """See the port."""
        with self._written():
            changed: int = self._db.execute(RECOVER).rowcount
        return changed

    def unknown(self) -> tuple[PrintJob, ...]:
        return tuple(print_job(row) for row in self._run(UNKNOWN))

    def _written(self) -> _Written:
        return _Written(self._db, self._path, lambda: self._commits.commit(self._epoch))

    def _run(self, statement: str, *values: str | int) -> list[Any]:
        try:
            return list(self._db.execute(statement, values))
        except driver.Error as error:
            raise fault(error, self._path) from error


class _Written:
    """One IMMEDIATE transaction, committed at the end of the block, rolled back on an error."""

    def __init__(self, db: Connection, path: Path, commit: Callable[[], None]) -> None:
        self._db = db
        self._path = path
        self._commit = commit

    def __enter__(self) -> None:
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except driver.Error as error:
            raise fault(error, self._path) from error

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if error is None:
                self._commit()
        except driver.Error as problem:
            error = problem
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        if isinstance(error, driver.Error):
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
