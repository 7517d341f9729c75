"""A receipt printer's bench for unit tests: jobs in memory, a connection that answers what the test scripts."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import replace

from app.clock import SystemClock
from app.domain.receipt import Cut, JobState, Receipt, Text, to_json
from app.services.ports import PrintJob
from devices.events import DeviceEvent, OutputComplete
from devices.printer.device import EscPosPrinter, PrinterSetup
from devices.printer.job import JobLimits
from devices.printer.profiles import Profile
from devices.transport.memory import MemoryTransport
from devices.transport.port import Transport, unreachable
from devices.worker import Pace

PLAIN = Profile("plain", columns=48, dots=576, automatic_status=False)
PATIENT = Pace(backoff_first_s=0.001, backoff_max_s=0.002, call_s_max=60.0)
STRICT = Pace(backoff_first_s=0.001, backoff_max_s=0.002, call_s_max=0.5)
SHORT = JobLimits(progress_s_max=0.05, fence_s_max=0.05, attention_s_max=5.0)
CASH = to_json(Receipt((Text("x"), Cut()), kick_drawer=True))
READY, PAPER_OUT, DONE, DONE_PAPER_OUT = b"\x12\x12\x12", b"\x18\x00\x0c\x00", b"\x00", b"\x0c"


class Jobs:
    """The outbox of one test."""

    def __init__(self, *jobs: PrintJob) -> None:
        self.lock = threading.Lock()
        self.rows = {job.job_id: job for job in jobs}
        self.marks: list[tuple[JobState, str]] = []

    def put(self, job: PrintJob) -> None:
        """One more."""
        with self.lock:
            self.rows[job.job_id] = job

    def next_job(self) -> PrintJob | None:
        with self.lock:
            return next((job for job in self.rows.values() if job.state is JobState.QUEUED), None)

    def mark(self, job_id: int, state: JobState, detail: str = "") -> None:
        with self.lock:
            self.rows[job_id] = replace(self.rows[job_id], state=state)
            self.marks.append((state, detail))

    def job(self, job_id: int) -> PrintJob | None:
        return self.rows.get(job_id)

    def recover(self) -> int:
        return 0

    def unknown(self) -> tuple[PrintJob, ...]:
        return ()


class Answering(MemoryTransport):
    """A printer in memory that answers what the test scripts: question → answers, taken one after another."""

    def __init__(self, script: dict[bytes, list[bytes]], **options: object) -> None:
        super().__init__("printer", **options)  # type: ignore[arg-type]
        self._script = script

    def write(self, data: bytes, timeout_s: float) -> int:
        taken = super().write(data, timeout_s)
        for question, answers in self._script.items():
            if question in data[:taken] and answers:
                self.feed(answers.pop(0))
        return taken


def a_job(job_id: int = 1, *, payload: bytes = b"\x1b@receipt\n", model: str = "{}", queued_ms: int = 0) -> PrintJob:
    return PrintJob(job_id, None, "sale", JobState.QUEUED, payload, model, 0, queued_ms)


class Bench:
    """A printer whose connections a test hands out one by one."""

    def __init__(
        self,
        jobs: Jobs,
        *transports: Transport,
        profile: Profile = PLAIN,
        pin: int | None = None,
        pace: Pace = PATIENT,
        status_poll_s: float = 5.0,
    ) -> None:
        self.events: queue.Queue[DeviceEvent] = queue.Queue()
        self._transports = list(transports)
        self.clock = SystemClock()
        setup = PrinterSetup(
            "printer",
            profile,
            self._next,
            limits=SHORT,
            pace=pace,
            quiet_s=0.01,
            drawer_pin=pin,
            status_poll_s=status_poll_s,
        )
        self.printer = EscPosPrinter(setup, jobs, emit=self.events.put, clock=self.clock)

    def _next(self) -> Transport:
        if not self._transports:
            raise unreachable("printer")
        return self._transports.pop(0)

    def wait(self, kind: type[DeviceEvent], seen: Callable[[DeviceEvent], bool] = lambda _: True) -> DeviceEvent:
        while not (isinstance(event := self.events.get(timeout=10), kind) and seen(event)):
            continue
        return event

    def run(self) -> DeviceEvent:
        self.printer.start()
        event = self.wait(OutputComplete)
        self.printer.stop()
        return event


def ready(*fences: bytes, status: bytes = b"\x12", **options: object) -> Answering:
    return Answering({b"\x10\x04": [status] * 99, b"\x1dr\x01": list(fences)}, **options)


def states(jobs: Jobs) -> list[JobState]:
    return [state for state, _ in jobs.marks]
