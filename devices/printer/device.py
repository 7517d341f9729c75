"""The receipt printer as a device: takes jobs from the till's outbox, prints them one at a time, says how it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from app import logs
from app.clock import Clock
from app.domain.receipt import JobState, from_json
from app.errors import DeviceError
from app.failpoints import NO_FAILPOINTS, Failpoints
from app.services.ports import PrintJob, PrintJobs
from devices.device import Device
from devices.events import CheckLevel, DrawerPulse, Emit, Health, OutputComplete, StatusUpdate
from devices.lifecycle import Stage
from devices.printer.escpos import PULSE_S_MAX, drawer_pulse
from devices.printer.job import JobLimits, JobRun, RunSetup
from devices.printer.link import Link
from devices.printer.profiles import Fence, Profile
from devices.printer.status import PrinterStatus
from devices.transport.address import Opener
from devices.worker import Lease, Pace

IDLE_S = 1.0
STATUS_POLL_S = 5.0
UNANSWERED_MAX = 2
CLEAN_RETRIES_MAX = 3


@dataclass(frozen=True, slots=True)
class PrinterSetup:
    """How a printer is reached and driven; times can be shortened for a test.

    `drawer_pin`: cash receipts open the drawer on this pin of the printer; None: they do not. `test_page`: makes the
    bytes of one, when it is asked for.
    """

    name: str
    profile: Profile
    open_transport: Opener
    failpoints: Failpoints = NO_FAILPOINTS
    limits: JobLimits = field(default_factory=JobLimits)
    pace: Pace = field(default_factory=Pace)
    quiet_s: float = 1.0
    status_poll_s: float = STATUS_POLL_S
    drawer_pin: int | None = None
    test_page: Callable[[], bytes] = bytes


def asks_for_drawer(job: PrintJob) -> bool:
    """Whether the receipt of this job took cash. Test pages and old models ask for nothing."""
    try:
        return from_json(job.model).kick_drawer
    except ValueError:
        return False


class PrinterSession:
    """One connection: reads what the printer says, and prints what is queued."""

    def __init__(self, link: Link, owner: EscPosPrinter, lease: Lease) -> None:
        self.link = link
        self._owner = owner
        self._lease = lease
        self._asked_s: float | None = None
        self._unanswered = 0

    def tick(self) -> float:
        """One job, or a look at the printer. DeviceError when the connection is to be given up."""
        self.link.pump(0.0)
        self._look()
        job = self._owner.jobs.next_job() if self._owner.life.stage is Stage.ENABLED else None
        if job is None:
            return IDLE_S
        self._owner.pulse_for(job, self.link)
        if self.link.status.stops:
            return IDLE_S
        self._owner.print_job(job, self.link, self._lease)
        return 0.0

    def _look(self) -> None:
        """Ask for the status now and then: printers without automatic status say nothing unasked.

        A printer that has not answered twice is not asked again: each question would keep a receipt waiting a second.
        """
        now_s = self._owner.clock.monotonic_s()
        due = self._asked_s is None or now_s - self._asked_s >= self._owner.status_poll_s
        if due and self._unanswered < UNANSWERED_MAX:
            self._asked_s = now_s
            self._unanswered = 0 if self.link.ask_status() else self._unanswered + 1

    def close(self) -> None:
        self.link.close()


class EscPosPrinter(Device[PrinterSession]):
    """One printer; a job that is being sent when it is released ends as UNKNOWN at the next start."""

    def __init__(self, setup: PrinterSetup, jobs: PrintJobs, *, emit: Emit, clock: Clock) -> None:
        super().__init__(setup.name, emit, setup.pace)
        self.jobs = jobs
        self.clock = clock
        self._setup = setup
        self._printing: PrintJob | None = None
        self._pulsed_job_id = 0
        self._since_ms = clock.now_ms()
        self._clean_tries: dict[int, int] = {}
        self._deaf = False

    @property
    def status_poll_s(self) -> float:
        """Seconds between two questions for the status."""
        return self._setup.status_poll_s

    def poke(self) -> None:
        """There is a new job. Never blocks."""
        self._worker.poke()

    def pause(self, timeout_s: float) -> bool:
        """ENABLED → CLAIMED between two jobs; False, and ENABLED as before, when one is not done within `timeout_s`.

        Waits so long at most: never on the UI thread. A lost printer prints nothing and is paused at once.
        """
        self.disable()
        idle = threading.Event()
        if not self.life.is_connected():
            return True
        if self._worker.submit(lambda _session: idle.set()) and idle.wait(timeout_s):
            return True
        if not self.life.is_connected():
            return True
        self.enable()
        return False

    def submit(self, call: Callable[[PrinterSession], None]) -> bool:
        """Run `call(session)` between two jobs; False when the queue is full. Never blocks."""
        return self._worker.submit(call)

    def pulse_for(self, job: PrintJob, link: Link) -> None:
        """The drawer of a cash sale: one pulse as its receipt is taken up, if the sale is not older than five seconds.

        Sent before the receipt and even when paper is missing. Never for a copy, never late, never twice: a receipt
        that was queued before this program began may have had its pulse.
        """
        pin = self._setup.drawer_pin
        if pin is None or job.copy_no or job.job_id <= self._pulsed_job_id or not asks_for_drawer(job):
            return
        self._pulsed_job_id = job.job_id
        if job.queued_ms < self._since_ms or self.clock.now_ms() - job.queued_ms > PULSE_S_MAX * 1000:
            self._emit(DrawerPulse(self.life.name, sent=False, code="drawer_too_late"))
            return
        sent = link.write_all(drawer_pulse(pin))
        self._emit(DrawerPulse(self.life.name, sent=sent, code="" if sent else "drawer_unreachable"))

    def print_job(self, job: PrintJob, link: Link, lease: Lease) -> None:
        """Print one job on the printer's thread. DeviceError when the connection is to be given up."""
        setup = self._setup
        run = JobRun(
            link,
            self.jobs,
            lease,
            setup=RunSetup(
                setup.name, setup.profile.fence, self.clock, setup.failpoints, setup.limits, quiet_s=setup.quiet_s
            ),
        )
        if self._deaf and not run.resynchronise():
            raise DeviceError("printer_no_answer", device=setup.name)
        self._deaf = False
        self._printing = job
        tries = self._clean_tries.get(job.job_id, 0)
        ended = run.run(job, f"retry {tries + 1}" if tries < CLEAN_RETRIES_MAX else "")
        if not lease.held:
            return
        self._printing = None
        self._deaf = ended.deaf and link.replies_outlive and setup.profile.fence is Fence.PAPER_STATUS
        self._tell(job, ended.state, ended.detail)
        if ended.error is not None:
            raise ended.error

    def _tell(self, job: PrintJob, state: JobState, detail: str) -> None:
        logs.event("devices", "print_job", device=self.life.name, job=job.job_id, state=state.value, detail=detail)
        self.life.count("output" if state in (JobState.CONFIRMED, JobState.SPOOLED) else "errors")
        tries = self._clean_tries.pop(job.job_id, 0)
        if state is JobState.QUEUED:
            self._clean_tries[job.job_id] = tries + 1
            return
        self._emit(OutputComplete(self.life.name, job.job_id, state, detail))

    def _check(self, session: PrinterSession, level: CheckLevel) -> StatusUpdate | None:
        """EXTERNAL asks for the status, INTERACTIVE prints the test page (no sale: never in the outbox)."""
        if level is CheckLevel.INTERACTIVE:
            taken = session.link.write_all(self._setup.test_page())
            self.life.count("output" if taken else "errors")
            if not taken:
                return StatusUpdate(self.life.name, Health.WARN, "printer_no_answer")
        elif session.link.two_way and self._setup.profile.fence is not Fence.NONE and not session.link.ask_status():
            return StatusUpdate(self.life.name, Health.WARN, "printer_no_answer")
        return self.life.status

    def _open_session(self, lease: Lease) -> PrinterSession:
        link = Link(self._setup.open_transport(), self._setup.profile, clock=self.clock, on_status=self._said)
        session = PrinterSession(link, self, lease)
        try:
            link.begin()
        except DeviceError:
            session.close()
            raise
        return session

    def _said(self, status: PrinterStatus) -> None:
        trouble = status.troubles[0] if status.troubles else None
        if trouble is None:
            self.life.say(Health.OK)
        else:
            health = Health.ERROR if status.stops else Health.WARN
            self.life.say(health, DeviceError(trouble.value, device=self.life.name))

    def _hung(self) -> None:
        """On the watchdog's thread: what was being printed is nobody's knowledge now."""
        super()._hung()
        job, self._printing = self._printing, None
        if job is not None:
            self.jobs.mark(job.job_id, JobState.UNKNOWN, "device_hung")
            self._emit(OutputComplete(self.life.name, job.job_id, JobState.UNKNOWN, "device_hung"))
