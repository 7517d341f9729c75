"""A till's printer and drawer at a simulated printer, over any transport; its jobs in memory, its events in a queue."""

from __future__ import annotations

import queue
import threading
from dataclasses import replace

from app.clock import SystemClock
from app.domain.receipt import Align, Columns, Cut, JobState, Receipt, Text
from app.services.ports import PrintJob
from devices.drawer import CashDrawer
from devices.events import DeviceEvent, Health, OutputComplete, StatusUpdate
from devices.printer.device import STATUS_POLL_S, EscPosPrinter, PrinterSetup
from devices.printer.escpos import EscPosRenderer
from devices.printer.glyphs import Glyphs
from devices.printer.job import JobLimits
from devices.printer.link import QUESTIONS
from devices.printer.profiles import Profile, profile
from devices.printer.status import ENABLE_ASB
from devices.simulated.printer import Faults, SimulatedPrinter
from devices.transport.address import Opener
from devices.transport.tcp import open_tcp
from devices.worker import Pace

SHORT = JobLimits(progress_s_max=0.3, fence_s_max=0.3, attention_s_max=20.0)
PATIENT = JobLimits(progress_s_max=30.0, fence_s_max=30.0, attention_s_max=30.0)
FAST = Pace(backoff_first_s=0.01, backoff_max_s=0.05, call_s_max=60.0)
RECEIPT = Receipt(
    (Text("花间生活馆", Align.CENTRE), *(Columns(f"商品 {number}", f"{number}.00") for number in range(30)), Cut())
)
ESCPOS_80 = profile("escpos-80")


class Outbox:
    """The jobs of a till in memory; the order and the blocking rule are those of the port."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.rows: dict[int, PrintJob] = {}
        self.history: dict[int, list[JobState]] = {}

    def add(self, payload: bytes) -> int:
        with self._lock:
            job_id = len(self.rows) + 1
            self.rows[job_id] = PrintJob(job_id, None, "sale", JobState.QUEUED, payload, "{}", 0, 0)
            self.history[job_id] = []
            return job_id

    def next_job(self) -> PrintJob | None:
        with self._lock:
            for job in self.rows.values():
                if job.state in (JobState.SENDING, JobState.UNKNOWN):
                    return None
                if job.state is JobState.QUEUED:
                    return job
            return None

    def mark(self, job_id: int, state: JobState, detail: str = "") -> None:
        with self._lock:
            self.rows[job_id] = replace(self.rows[job_id], state=state, detail=detail)
            self.history[job_id].append(state)

    def job(self, job_id: int) -> PrintJob | None:
        return self.rows.get(job_id)

    def recover(self) -> int:
        return 0

    def unknown(self) -> tuple[PrintJob, ...]:
        return tuple(job for job in self.rows.values() if job.state is JobState.UNKNOWN)


class Counter:
    """A till's printer and drawer at a simulated printer; events come into a queue."""

    def __init__(
        self,
        paper: SimulatedPrinter,
        kind: Profile = ESCPOS_80,
        limits: JobLimits = PATIENT,
        opener: Opener | None = None,
        status_poll_s: float = STATUS_POLL_S,
    ) -> None:
        self.paper = paper
        self.outbox = Outbox()
        self.events: queue.Queue[DeviceEvent] = queue.Queue()
        setup = PrinterSetup(
            "printer",
            kind,
            opener or (lambda: open_tcp("printer", "127.0.0.1", paper.port)),
            limits=limits,
            pace=FAST,
            quiet_s=0.1,
            status_poll_s=status_poll_s,
        )
        clock = SystemClock()
        self.printer = EscPosPrinter(setup, self.outbox, emit=self.events.put, clock=clock)
        self.drawer = CashDrawer("drawer", self.printer, pin=2, emit=self.events.put, clock=clock)

    def print(self, receipt: Receipt = RECEIPT) -> int:
        job_id = self.outbox.add(EscPosRenderer(ESCPOS_80, Glyphs(())).render(receipt))
        self.printer.poke()
        return job_id

    def reset_after(self, count: int) -> None:
        """Have the printer reset the connection `count` bytes into the next receipt."""
        self.wait(StatusUpdate, health=Health.OK)
        greeting = len(ENABLE_ASB) + sum(map(len, QUESTIONS))
        assert self.paper.wait_for(lambda seen: len(seen.received) >= greeting)
        self.paper.set_faults(Faults(reset_at=greeting + count))

    def wait(self, kind: type[DeviceEvent], **fields: object) -> DeviceEvent:
        """The next event of that kind with these fields; others before it are let go."""
        while True:
            event = self.events.get(timeout=15)
            if isinstance(event, kind) and all(getattr(event, name) == value for name, value in fields.items()):
                return event

    def end_of(self, job_id: int) -> OutputComplete:
        """How that job ended."""
        event = self.wait(OutputComplete, job_id=job_id)
        assert isinstance(event, OutputComplete)
        return event
