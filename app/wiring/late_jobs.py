"""The print outbox of a till that is still being opened: jobs come from the till once there is one."""

from __future__ import annotations

from app.domain.receipt import JobState
from app.services.ports import PrintJob, PrintJobs


class LateJobs:
    """The `PrintJobs` port of a till that is still being opened: nothing to print until `opened`. Store thread."""

    def __init__(self) -> None:
        self._jobs: PrintJobs | None = None

    def opened(self, jobs: PrintJobs) -> None:
        """The till's files are open."""
        self._jobs = jobs

    def next_job(self) -> PrintJob | None:
        return self._jobs.next_job() if self._jobs else None

    def mark(self, job_id: int, state: JobState, detail: str = "") -> None:
        if self._jobs:
            self._jobs.mark(job_id, state, detail)

    def job(self, job_id: int) -> PrintJob | None:
        return self._jobs.job(job_id) if self._jobs else None

    def recover(self) -> int:
        return self._jobs.recover() if self._jobs else 0

    def unknown(self) -> tuple[PrintJob, ...]:
        return self._jobs.unknown() if self._jobs else ()
