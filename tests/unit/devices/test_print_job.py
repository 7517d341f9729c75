"""One job over a connection in memory: every end it can have, and what a lost or deaf printer leaves behind."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.clock import ManualClock, SystemClock
from app.domain.receipt import Cut, JobState, Receipt, Text, to_json
from app.errors import DeviceError
from app.services.ports import PrintJob
from devices.drawer import CashDrawer
from devices.events import DeviceEvent, DrawerPulse, Health, OutputComplete, StatusUpdate
from devices.printer.device import CLEAN_RETRIES_MAX, EscPosPrinter, PrinterSession, PrinterSetup, asks_for_drawer
from devices.printer.job import JobLimits
from devices.printer.link import Link
from devices.printer.profiles import Fence, Profile
from devices.printer.status import PrinterStatus
from devices.transport.memory import MemoryTransport
from devices.transport.port import Transport, unreachable
from devices.worker import Lease, Pace

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


def test_an_answered_fence_confirms() -> None:
    jobs, line = Jobs(a_job()), ready(DONE)
    assert Bench(jobs, line).run() == OutputComplete("printer", 1, JobState.CONFIRMED)
    assert line.written.endswith(b"\x1b@receipt\n\x1dr\x01")
    assert states(jobs) == [JobState.SENDING, JobState.SENT, JobState.CONFIRMED]
    assert line.closed


def test_an_answer_that_says_paper_is_out_is_unknown() -> None:
    assert Bench(Jobs(a_job()), ready(DONE_PAPER_OUT)).run() == OutputComplete(
        "printer", 1, JobState.UNKNOWN, "printer_paper_out"
    )


@pytest.mark.parametrize("answer", [b"\x37\x220042\x00", DONE, b"\x37\x220042\x00" + DONE])
def test_a_printer_asked_by_id_is_not_confirmed_by_any_other_answer(answer: bytes) -> None:
    line = Answering({b"\x10\x04": [b"\x12"] * 99, b"\x1d(H": [answer]})
    event = Bench(Jobs(a_job()), line, profile=replace(PLAIN, fence=Fence.RESPONSE_ID)).run()
    assert event == OutputComplete("printer", 1, JobState.UNKNOWN, "printer_no_answer")


def test_silence_is_unknown() -> None:
    assert Bench(Jobs(a_job()), ready()).run() == OutputComplete("printer", 1, JobState.UNKNOWN, "printer_no_answer")


def test_a_printer_that_takes_nothing_fails_clean_and_is_tried_again_a_few_times() -> None:
    greeting = 3 * 3
    jobs = Jobs(a_job())
    lines = [ready(takes_max=greeting) for _ in range(CLEAN_RETRIES_MAX)]
    event = Bench(jobs, *lines, ready(takes_max=greeting)).run()
    assert event == OutputComplete("printer", 1, JobState.FAILED_CLEAN, "printer_no_answer 0/10")
    assert states(jobs) == [JobState.SENDING, JobState.FAILED_CLEAN, JobState.QUEUED] * 3 + [
        JobState.SENDING,
        JobState.FAILED_CLEAN,
    ]


def test_a_clean_failure_prints_on_the_next_connection() -> None:
    jobs = Jobs(a_job())
    assert Bench(jobs, ready(takes_max=9), ready(DONE)).run() == OutputComplete("printer", 1, JobState.CONFIRMED)


def test_a_part_taken_is_unknown_with_its_count() -> None:
    event = Bench(Jobs(a_job()), ready(takes_max=9 + 4)).run()
    assert event == OutputComplete("printer", 1, JobState.UNKNOWN, "printer_no_answer 4/10")


def test_a_fence_the_printer_does_not_take_is_unknown() -> None:
    event = Bench(Jobs(a_job()), ready(takes_max=9 + 10)).run()
    assert isinstance(event, OutputComplete)
    assert event.state is JobState.UNKNOWN


def test_a_line_lost_while_waiting_for_the_answer_is_unknown() -> None:
    class Cutting(Answering):
        def write(self, data: bytes, timeout_s: float) -> int:
            taken = super().write(data, timeout_s)
            if data.startswith(b"\x1dr"):
                self.cut()
            return taken

    event = Bench(Jobs(a_job()), Cutting({b"\x10\x04": [b"\x12"] * 9})).run()
    assert event == OutputComplete("printer", 1, JobState.UNKNOWN, "device_lost")


def test_a_one_way_line_is_spooled() -> None:
    one_way = replace(PLAIN, fence=Fence.NONE)
    assert Bench(Jobs(a_job()), MemoryTransport(two_way=False), profile=one_way).run() == OutputComplete(
        "printer", 1, JobState.SPOOLED
    )


@pytest.mark.parametrize(
    ("answers", "state"), [([DONE + DONE, DONE], JobState.CONFIRMED), ([DONE + DONE], JobState.UNKNOWN)]
)
def test_after_an_unanswered_fence_old_answers_of_a_serial_line_confirm_nothing(
    answers: list[bytes], state: JobState
) -> None:
    class Serial(Answering):
        replies_outlive = True

    jobs = Jobs(a_job(1), a_job(2))
    deaf = Serial({b"\x10\x04": [b"\x12"] * 99})
    late = Serial({b"\x10\x04": [b"\x12"] * 99, b"\x1dr\x01": answers})
    bench = Bench(jobs, deaf, late)
    bench.printer.start()
    assert bench.wait(OutputComplete) == OutputComplete("printer", 1, JobState.UNKNOWN, "printer_no_answer")
    second = bench.wait(OutputComplete)
    assert isinstance(second, OutputComplete)
    assert (second.job_id, second.state) == (2, state)
    assert late.written.index(b"\x1dr\x01") < late.written.index(b"receipt")
    bench.printer.stop()


def test_a_serial_printer_that_stays_deaf_gets_no_second_job() -> None:
    class Serial(Answering):
        replies_outlive = True

    jobs = Jobs(a_job(1), a_job(2))
    bench = Bench(jobs, *(Serial({b"\x10\x04": [b"\x12"] * 99}) for _ in range(3)))
    bench.printer.start()
    bench.wait(StatusUpdate, lambda event: isinstance(event, StatusUpdate) and event.code == "device_unreachable")
    assert jobs.rows[2].state is JobState.QUEUED
    bench.printer.stop()


def test_a_hung_driver_leaves_the_job_unknown_and_its_late_return_marks_nothing() -> None:
    door = threading.Event()

    class Hanging(Answering):
        def write(self, data: bytes, timeout_s: float) -> int:
            if b"receipt" in data:
                door.wait()
            return super().write(data, timeout_s)

    jobs, line = Jobs(a_job()), Hanging({b"\x10\x04": [b"\x12"] * 9})
    bench = Bench(jobs, line, pace=STRICT)
    bench.printer.start()
    event = bench.wait(OutputComplete)
    assert event == OutputComplete("printer", 1, JobState.UNKNOWN, "device_hung")
    door.set()
    bench.wait(StatusUpdate, lambda event: isinstance(event, StatusUpdate) and event.health is Health.OFFLINE)
    while not line.closed:
        threading.Event().wait(0.005)
    assert states(jobs) == [JobState.SENDING, JobState.UNKNOWN]
    assert bench.printer.life.statistics.abandoned == 1
    bench.printer.stop()


def test_a_driver_that_hangs_between_jobs_has_no_job_to_give_up() -> None:
    door = threading.Event()

    class Hanging(MemoryTransport):
        def read(self, timeout_s: float) -> bytes:
            door.wait()
            return b""

    bench = Bench(Jobs(), Hanging(), pace=STRICT)
    bench.printer.start()
    event = bench.wait(StatusUpdate, lambda event: isinstance(event, StatusUpdate) and event.health is Health.ERROR)
    assert isinstance(event, StatusUpdate)
    assert event.code == "device_hung"
    door.set()
    bench.printer.stop()


def test_a_connection_lost_in_its_first_words_is_closed() -> None:
    line = MemoryTransport()
    line.cut()
    bench = Bench(Jobs(), line)
    bench.printer.start()
    bench.wait(StatusUpdate, lambda event: isinstance(event, StatusUpdate) and event.code == "device_unreachable")
    assert line.closed
    bench.printer.stop()


def test_a_cash_sale_opens_the_drawer_once_before_its_receipt() -> None:
    job = a_job(model=CASH, queued_ms=SystemClock().now_ms())
    line = ready(DONE)
    bench = Bench(Jobs(job), line, pin=2)
    bench.printer.start()
    assert bench.wait(DrawerPulse) == DrawerPulse("printer", sent=True)
    bench.wait(OutputComplete)
    assert line.written.count(b"\x1bp\x00") == 1
    assert line.written.index(b"\x1bp\x00") < line.written.index(b"receipt")
    bench.printer.stop()


def test_paper_out_does_not_keep_the_drawer_of_a_cash_sale_shut() -> None:
    job = a_job(model=CASH, queued_ms=SystemClock().now_ms())
    jobs, line = Jobs(job), ready(status=b"\x72")
    bench = Bench(jobs, line, pin=5)
    bench.printer.start()
    assert bench.wait(DrawerPulse) == DrawerPulse("printer", sent=True)
    assert b"\x1bp\x01" in line.written
    assert states(jobs) == []
    bench.printer.stop()


def test_a_receipt_printed_late_does_not_open_the_drawer() -> None:
    line = ready(DONE)
    bench = Bench(Jobs(a_job(model=CASH, queued_ms=SystemClock().now_ms() - 5_001)), line, pin=2)
    bench.printer.start()
    assert bench.wait(DrawerPulse) == DrawerPulse("printer", sent=False, code="drawer_too_late")
    bench.wait(OutputComplete)
    assert b"\x1bp" not in line.written
    bench.printer.stop()


@pytest.mark.parametrize("copy", [0, 1])
def test_a_copy_and_a_till_without_a_drawer_send_no_pulse(copy: int) -> None:
    job = replace(a_job(model=CASH, queued_ms=SystemClock().now_ms()), copy_no=copy)
    line = ready(DONE)
    Bench(Jobs(job), line, pin=2 if copy else None).run()
    assert b"\x1bp" not in line.written


def test_only_a_receipt_that_took_cash_asks_for_the_drawer() -> None:
    assert asks_for_drawer(a_job(model=CASH))
    assert not asks_for_drawer(a_job(model=to_json(Receipt((Cut(),)))))
    assert not asks_for_drawer(a_job(model="not a model"))


class Pulsed:
    """A drawer over a connection of a test, its clock set by hand."""

    def __init__(self, line: MemoryTransport) -> None:
        self.clock = ManualClock(0)
        self.events: list[DeviceEvent] = []
        self.printer = Bench(Jobs()).printer
        self.drawer = CashDrawer("drawer", self.printer, pin=2, emit=self.events.append, clock=self.clock)
        link = Link(line, PLAIN, clock=self.clock, on_status=lambda _: None)
        self.session = PrinterSession(link, self.printer, Lease(threading.Condition(), 1.0))


def test_a_pulse_older_than_five_seconds_is_not_sent() -> None:
    line = MemoryTransport()
    bench = Pulsed(line)
    bench.clock.advance_s(5.1)
    bench.drawer._send(bench.session, deadline_s=5.0)
    assert bench.events == [DrawerPulse("drawer", sent=False, code="drawer_too_late")]
    assert line.written == b""


def test_a_pulse_into_a_lost_line_is_said_and_not_repeated() -> None:
    class Broken(MemoryTransport):
        def write(self, data: bytes, timeout_s: float) -> int:
            raise DeviceError("device_lost", device="printer")

    bench = Pulsed(Broken())
    with pytest.raises(DeviceError):
        bench.drawer._send(bench.session, deadline_s=5.0)
    assert bench.events == [DrawerPulse("drawer", sent=False, code="drawer_unreachable")]


def test_a_drawer_whose_printer_has_no_room_for_a_call_is_refused() -> None:
    bench = Pulsed(MemoryTransport())
    bench.printer.life.say(Health.OK)
    while bench.printer.submit(lambda _session: None):
        continue
    bench.drawer.open_drawer()
    assert bench.events == [DrawerPulse("drawer", sent=False, code="drawer_unreachable")]


def test_a_printer_that_never_answers_for_its_status_is_asked_twice_and_prints_all_the_same() -> None:
    line = Answering({b"\x1dr\x01": [DONE] * 4})
    bench = Bench(Jobs(*map(a_job, (1, 2, 3, 4))), line, status_poll_s=0.0)
    bench.printer.start()
    ends = [bench.wait(OutputComplete) for _ in range(4)]
    bench.printer.stop()
    assert [end.state for end in ends if isinstance(end, OutputComplete)] == [JobState.CONFIRMED] * 4
    assert line.written.count(b"\x10\x04\x01") == 2


def test_a_one_way_line_is_never_asked_for_its_status() -> None:
    line = MemoryTransport(two_way=False)
    link = Link(line, PLAIN, clock=SystemClock(), on_status=lambda _: None)
    link.begin()
    link.ask_status()
    assert (line.written, link.status) == (b"", PrinterStatus())


def test_no_call_of_the_till_waits_for_a_device_that_hangs() -> None:
    door = threading.Event()
    opened_on: queue.Queue[int] = queue.Queue()

    def hang() -> Transport:
        opened_on.put(threading.get_ident())
        door.wait()
        raise unreachable("printer")

    events: queue.Queue[DeviceEvent] = queue.Queue()
    setup = PrinterSetup("printer", PLAIN, hang, pace=Pace(call_s_max=60.0))
    printer = EscPosPrinter(setup, Jobs(a_job()), emit=events.put, clock=SystemClock())
    drawer = CashDrawer("drawer", printer, pin=2, emit=events.put, clock=SystemClock())
    printer.start()
    assert opened_on.get(timeout=10) != threading.get_ident()
    printer.poke()
    drawer.open_drawer()
    printer.disable()
    printer.enable()
    assert (printer.life.status.health, printer.life.statistics.output) == (Health.OFFLINE, 0)
    assert not door.is_set()
    door.set()
    printer.stop()
