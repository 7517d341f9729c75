"""One job over a connection in memory: every end it can have, and what a lost or deaf printer leaves behind."""

from __future__ import annotations

import queue
import threading
from dataclasses import replace

import pytest

from app.clock import SystemClock
from app.domain.receipt import JobState
from devices.drawer import CashDrawer
from devices.events import DeviceEvent, Health, OutputComplete, StatusUpdate
from devices.printer.device import CLEAN_RETRIES_MAX, EscPosPrinter, PrinterSetup
from devices.printer.link import Link
from devices.printer.profiles import Fence
from devices.printer.status import PrinterStatus
from devices.transport.memory import MemoryTransport
from devices.transport.port import Transport, unreachable
from devices.worker import Pace
from tests.support.print_bench import DONE, DONE_PAPER_OUT, PLAIN, STRICT, Answering, Bench, Jobs, a_job, ready, states


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
    tried = [JobState.SENDING, JobState.QUEUED] * CLEAN_RETRIES_MAX
    assert states(jobs) == [*tried, JobState.SENDING, JobState.FAILED_CLEAN]


def test_a_clean_failure_prints_on_the_next_connection() -> None:
    jobs = Jobs(a_job())
    assert Bench(jobs, ready(takes_max=9), ready(DONE)).run() == OutputComplete("printer", 1, JobState.CONFIRMED)


def test_a_part_taken_is_unknown_with_its_count() -> None:
    event = Bench(Jobs(a_job()), ready(takes_max=12 + 4)).run()
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


@pytest.mark.parametrize(
    ("cause", "paper", "health", "code"),
    [
        (b"\x12", b"\x72", Health.ERROR, "printer_paper_out"),
        (b"\x16", b"\x12", Health.ERROR, "printer_cover_open"),
        (b"\x12", b"\x1e", Health.WARN, "printer_paper_low"),
    ],
)
def test_what_stops_the_printer_is_an_error_and_paper_near_its_end_a_warning(
    cause: bytes, paper: bytes, health: Health, code: str
) -> None:
    answers = {1: b"\x12", 2: cause, 3: b"\x12", 4: paper}
    line = Answering({b"\x10\x04" + bytes((number,)): [answer] * 9 for number, answer in answers.items()})
    bench = Bench(Jobs(), line)
    bench.printer.start()
    event = bench.wait(StatusUpdate, lambda event: isinstance(event, StatusUpdate) and event.code != "")
    assert event == StatusUpdate("printer", health, code, {"device": "printer"})
    bench.printer.stop()


def test_a_connection_lost_in_its_first_words_is_closed() -> None:
    line = MemoryTransport()
    line.cut()
    bench = Bench(Jobs(), line)
    bench.printer.start()
    bench.wait(StatusUpdate, lambda event: isinstance(event, StatusUpdate) and event.code == "device_unreachable")
    assert line.closed
    bench.printer.stop()


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
