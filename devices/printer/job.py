"""One print job over one connection, with an honest end.

QUEUED → SENDING → SENT → CONFIRMED (the printer answered that everything is on paper) | SPOOLED (a printer that cannot
answer) | FAILED_CLEAN (no byte was taken, three times more) | UNKNOWN (a person must look at the paper). Every state
is durable before the next step, so a power cut leaves SENDING or SENT behind, which the till turns into UNKNOWN.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.clock import Clock
from app.domain.receipt import JobState
from app.errors import DeviceError
from app.failpoints import Failpoint, Failpoints
from app.services.ports import PrintJob, PrintJobs
from devices.printer.escpos import FENCE_PAPER, fence_with_id
from devices.printer.link import Link
from devices.printer.profiles import Fence
from devices.printer.status import IdReply, PaperReply, Reply
from devices.worker import Lease

PUMP_S = 0.05


@dataclass(frozen=True, slots=True)
class JobLimits:
    """How long a job may stand still, in seconds: in silence, after its last byte, and while a person is needed."""

    progress_s_max: float = 10.0
    fence_s_max: float = 20.0
    attention_s_max: float = 180.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended. `error` when the connection must be given up; `deaf` when an answer is still owed."""

    state: JobState
    detail: str = ""
    error: DeviceError | None = None
    deaf: bool = False


class JobRun:
    """Sends jobs over `link`; one thread. Nothing is marked once the lease is gone."""

    def __init__(self, link: Link, jobs: PrintJobs, lease: Lease, *, setup: RunSetup) -> None:
        self._link = link
        self._jobs = jobs
        self._lease = lease
        self._setup = setup
        self._now_s = setup.clock.monotonic_s

    def run(self, job: PrintJob, retry: str = "") -> Ended:
        """Send `job` and mark its end; with `retry` (its detail) a clean failure ends as QUEUED, in one mark.

        Two marks would lose the receipt of a process that ends between them. StoreError when one cannot be written.
        """
        hit = self._setup.failpoints.hit
        hit(Failpoint.PRINT_BEFORE_SENDING)
        self._mark(job, JobState.SENDING)
        hit(Failpoint.PRINT_AFTER_SENDING_MARK)
        ended = self._send(job.payload)
        if ended is None:
            hit(Failpoint.PRINT_AFTER_BYTES)
            self._mark(job, JobState.SENT)
            hit(Failpoint.PRINT_AFTER_SENT_MARK)
            ended = self._complete(job)
        if retry and ended.state is JobState.FAILED_CLEAN:
            ended = replace(ended, state=JobState.QUEUED, detail=retry)
        hit(Failpoint.PRINT_BEFORE_FINAL_MARK)
        self._mark(job, ended.state, ended.detail)
        hit(Failpoint.PRINT_AFTER_FINAL_MARK)
        return ended

    def _mark(self, job: PrintJob, state: JobState, detail: str = "") -> None:
        if self._lease.held:
            self._jobs.mark(job.job_id, state, detail)

    def _send(self, payload: bytes) -> Ended | None:
        """None when every byte was taken."""
        taken = 0
        error: DeviceError | None = None
        stopped = _Stopwatch(self._now_s())
        try:
            while taken < len(payload) and self._lease.held:
                self._lease.extend()
                count = self._link.write(payload[taken:])
                if count and not taken:
                    self._setup.failpoints.hit(Failpoint.PRINT_AFTER_FIRST_BYTES)
                taken += count
                self._link.pump(0.0)
                if stopped.over(
                    self._now_s(), moved=count > 0, limit_s=self._limit_s(self._setup.limits.progress_s_max)
                ):
                    break
        except DeviceError as lost:
            error = lost
        if taken == len(payload) and error is None:
            return None
        state = JobState.UNKNOWN if taken else JobState.FAILED_CLEAN
        error = error or DeviceError("printer_no_answer", device=self._setup.device)
        return Ended(state, f"{error.code} {taken}/{len(payload)}", error)

    def _limit_s(self, limit_s: float) -> float:
        return self._setup.limits.attention_s_max if self._link.status.stops else limit_s

    def _complete(self, job: PrintJob) -> Ended:
        fence = self._setup.fence
        if fence is Fence.NONE or not self._link.two_way:
            return Ended(JobState.SPOOLED)
        ident = f"{job.job_id % 10_000:04d}".encode() if fence is Fence.RESPONSE_ID else b""
        question = fence_with_id(ident) if ident else FENCE_PAPER
        try:
            answer = self._ask(question, ident)
        except DeviceError as lost:
            return Ended(JobState.UNKNOWN, lost.code, lost)
        if answer is None:
            silent = DeviceError("printer_no_answer", device=self._setup.device)
            return Ended(JobState.UNKNOWN, silent.code, silent, deaf=True)
        if isinstance(answer, PaperReply) and answer.paper_out:
            return Ended(JobState.UNKNOWN, "printer_paper_out")
        return Ended(JobState.CONFIRMED)

    def _ask(self, question: bytes, ident: bytes) -> Reply | None:
        """The answer to our fence (`ident` empty: GS r 1); None when it did not come."""
        self._link.pump(0.0)
        stopped = _Stopwatch(self._now_s())
        if not self._link.write_all(question):
            return None
        while self._lease.held:
            self._lease.extend()
            for reply in self._link.pump(PUMP_S):
                if _answers(reply, ident):
                    return reply
            if stopped.over(self._now_s(), moved=False, limit_s=self._limit_s(self._setup.limits.fence_s_max)):
                return None
        return None

    def resynchronise(self) -> bool:
        """After an unanswered fence: ask again and read until all answers are in; False when the printer stays silent.

        Printers answer in order, so nothing older can follow the answers that precede a second of silence.
        """
        answer = self._ask(FENCE_PAPER, b"")
        quiet_s = self._now_s() + self._setup.quiet_s
        while answer is not None and self._now_s() < quiet_s:
            self._lease.extend()
            if any(isinstance(reply, PaperReply) for reply in self._link.pump(PUMP_S)):
                quiet_s = self._now_s() + self._setup.quiet_s
        return answer is not None


def _answers(reply: Reply, ident: bytes) -> bool:
    """Whether this is the answer to our question: its id where one was asked for, else any paper status."""
    return isinstance(reply, IdReply) and reply.ident == ident if ident else isinstance(reply, PaperReply)


@dataclass(frozen=True, slots=True)
class RunSetup:
    """What stays the same for all jobs of a printer."""

    device: str
    fence: Fence
    clock: Clock
    failpoints: Failpoints
    limits: JobLimits
    quiet_s: float = 1.0


class _Stopwatch:
    """Time since something last moved."""

    def __init__(self, now_s: float) -> None:
        self._moved_s = now_s

    def over(self, now_s: float, *, moved: bool, limit_s: float) -> bool:
        if moved:
            self._moved_s = now_s
        return now_s - self._moved_s > limit_s
