"""The devices of a till before its files are open: jobs come from the till once there is one.

Without a printer a print job is closed at once: it must not come out days later, when somebody sets one up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from app.clock import Clock
from app.config import TillConfig
from app.domain.card import CardScheme
from app.domain.receipt import JobState
from app.failpoints import Failpoints
from app.services.ports import PrintJob, PrintJobs
from app.wiring.till_devices import Surroundings, TillDevices
from app.workers import Worker
from ui.presenters.devices import Listener

T = TypeVar("T")
NO_PRINTER = "no printer"


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


class PrinterlessDevices(TillDevices):
    """A till without a printer: jobs end as CANCELLED, and the screens are told."""

    def __init__(self, config: TillConfig, around: Surroundings) -> None:
        super().__init__(config, around)
        self._store, self._outbox = around.store, around.jobs
        self._told: Callable[[int, JobState], None] = lambda _job_id, _state: None

    def start(self, listener: Listener) -> None:
        """Open the others, and close what waits for a printer."""
        self._told = listener.job_changed
        super().start(listener)
        self.print_waiting()

    def print_waiting(self) -> None:
        """There is a new print job, and nothing to print it."""
        self._store.submit(self._cancel)

    def _cancel(self) -> None:
        while (job := self._outbox.next_job()) is not None:
            self._outbox.mark(job.job_id, JobState.CANCELLED, NO_PRINTER)
            self._told(job.job_id, JobState.CANCELLED)


def make_devices(
    config: TillConfig, store: Worker, clock: Clock, failpoints: Failpoints
) -> tuple[TillDevices, LateJobs]:
    """The devices of the set-up, and the outbox to be told when the till is open.

    ConfigError `device_address`, `printer_profile`.
    """
    jobs = LateJobs()
    around = Surroundings(CardScheme(), jobs, store, clock, failpoints)
    kind = TillDevices if config.printer.address else PrinterlessDevices
    return kind(config, around), jobs
