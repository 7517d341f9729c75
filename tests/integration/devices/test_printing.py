"""A receipt over real TCP to the simulated printer: honest job states, whatever the printer does."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.clock import SystemClock
from app.domain.receipt import Align, Columns, Cut, JobState, Receipt, Text
from app.services.ports import PrintJob
from devices.drawer import CashDrawer
from devices.events import DeviceEvent, DrawerPulse, Health, OutputComplete, StatusUpdate
from devices.lifecycle import Stage
from devices.printer.device import EscPosPrinter, PrinterSetup
from devices.printer.escpos import EscPosRenderer
from devices.printer.glyphs import Glyphs
from devices.printer.job import JobLimits
from devices.printer.link import QUESTIONS
from devices.printer.profiles import profile
from devices.printer.status import ENABLE_ASB
from devices.simulated.paper import Pulse
from devices.simulated.printer import Faults, SimulatedPrinter
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

    def __init__(self, paper: SimulatedPrinter, profile_name: str = "escpos-80", limits: JobLimits = PATIENT) -> None:
        self.paper = paper
        self.outbox = Outbox()
        self.events: queue.Queue[DeviceEvent] = queue.Queue()
        setup = PrinterSetup(
            "printer",
            profile(profile_name),
            lambda: open_tcp("printer", "127.0.0.1", paper.port),
            limits=limits,
            pace=FAST,
            quiet_s=0.1,
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


@pytest.fixture
def paper() -> Iterator[SimulatedPrinter]:
    printer = SimulatedPrinter().start()
    yield printer
    printer.stop()


@pytest.fixture
def hasty(paper: SimulatedPrinter) -> Iterator[Counter]:
    """A till that gives up on a silent printer soon."""
    till = Counter(paper, limits=SHORT)
    till.printer.start()
    yield till
    till.printer.stop()


@pytest.fixture
def counter(paper: SimulatedPrinter) -> Iterator[Counter]:
    till = Counter(paper)
    till.printer.start()
    yield till
    till.printer.stop()


def end_of(counter: Counter, job_id: int) -> OutputComplete:
    event = counter.wait(OutputComplete, job_id=job_id)
    assert isinstance(event, OutputComplete)
    return event


def test_a_printed_receipt_is_confirmed_and_its_text_is_on_the_paper(counter: Counter) -> None:
    job_id = counter.print()
    assert end_of(counter, job_id).state is JobState.CONFIRMED
    assert counter.outbox.history[job_id] == [JobState.SENDING, JobState.SENT, JobState.CONFIRMED]
    assert counter.paper.paper.text.splitlines()[0].strip() == "花间生活馆"
    assert not counter.paper.paper.unknown


def test_jobs_are_printed_in_order_each_once(counter: Counter) -> None:
    ids = [counter.print(Receipt((Text(f"第 {number} 张"), Cut()))) for number in range(5)]
    assert [end_of(counter, job_id).state for job_id in ids] == [JobState.CONFIRMED] * 5
    assert counter.paper.paper.text.split("\n") == [f"第 {number} 张" for number in range(5)]


@pytest.mark.parametrize("at", [1, 40, 300, 600])
def test_a_reset_at_any_byte_is_never_confirmed(counter: Counter, at: int) -> None:
    counter.reset_after(at)
    job_id = counter.print()
    assert end_of(counter, job_id).state is JobState.UNKNOWN
    assert JobState.CONFIRMED not in counter.outbox.history[job_id]


def test_after_a_reset_the_next_receipt_prints_on_a_new_connection(counter: Counter) -> None:
    counter.reset_after(50)
    lost = counter.print()
    assert end_of(counter, lost).state is JobState.UNKNOWN
    counter.outbox.mark(lost, JobState.CANCELLED)
    assert end_of(counter, counter.print()).state is JobState.CONFIRMED
    assert counter.paper.connections >= 2


def test_a_stalled_printer_ends_unknown_and_the_reason_is_said(hasty: Counter) -> None:
    hasty.wait(StatusUpdate, health=Health.OK)
    hasty.paper.set_faults(Faults(stalled=True))
    ended = end_of(hasty, hasty.print())
    assert (ended.state, ended.detail) == (JobState.UNKNOWN, "printer_no_answer")
    update = hasty.wait(StatusUpdate, health=Health.OFFLINE)
    assert isinstance(update, StatusUpdate)
    assert update.code == "printer_no_answer"


def test_a_slow_printer_is_waited_for_while_it_answers(paper: SimulatedPrinter) -> None:
    paper.set_faults(Faults(bytes_per_s=4000))
    till = Counter(paper)
    till.printer.start()
    assert end_of(till, till.print()).state is JobState.CONFIRMED
    till.printer.stop()


def test_paper_out_in_the_middle_waits_for_paper_and_is_confirmed_once(counter: Counter) -> None:
    counter.wait(StatusUpdate, health=Health.OK)
    counter.paper.set_faults(Faults(paper_out_after=10))
    job_id = counter.print()
    counter.wait(StatusUpdate, code="printer_paper_out")
    counter.paper.load_paper()
    assert end_of(counter, job_id).state is JobState.CONFIRMED
    assert counter.paper.paper.text.count("商品 29") == 1


def test_a_receipt_waits_in_the_queue_while_the_cover_is_open(counter: Counter) -> None:
    counter.wait(StatusUpdate, health=Health.OK)
    counter.paper.set_faults(Faults(cover_open=True))
    counter.wait(StatusUpdate, code="printer_cover_open")
    job_id = counter.print()
    assert counter.outbox.history[job_id] == []
    counter.paper.load_paper()
    assert end_of(counter, job_id).state is JobState.CONFIRMED


def test_automatic_status_between_question_and_answer_is_no_answer(counter: Counter) -> None:
    counter.wait(StatusUpdate, health=Health.OK)
    counter.paper.set_faults(Faults(late=True))
    job_id = counter.print()
    assert counter.paper.wait_for(lambda seen: seen.received.endswith(b"\x1dr\x01"))
    counter.paper.say(b"\x10\x00\x03\x00" * 3)
    counter.wait(StatusUpdate, code="printer_paper_low")
    assert counter.outbox.history[job_id][-1] is not JobState.CONFIRMED
    counter.paper.set_faults(Faults())
    assert end_of(counter, job_id).state is JobState.CONFIRMED


def test_an_answer_for_an_old_job_never_confirms_the_next(hasty: Counter) -> None:
    hasty.wait(StatusUpdate, health=Health.OK)
    hasty.paper.set_faults(Faults(late=True))
    old = hasty.print()
    assert end_of(hasty, old).state is JobState.UNKNOWN
    hasty.outbox.mark(old, JobState.CANCELLED)
    hasty.paper.set_faults(Faults(mute=True))
    assert end_of(hasty, hasty.print()).state is JobState.UNKNOWN


def test_a_printer_that_knows_ids_is_confirmed_by_its_own_id(paper: SimulatedPrinter) -> None:
    till = Counter(paper, "epson-80")
    till.printer.start()
    till.wait(StatusUpdate, health=Health.OK)
    paper.say(b"\x37\x229999\x00\x00")
    job_id = till.print()
    assert end_of(till, job_id).state is JobState.CONFIRMED
    assert b"\x1d(H\x06\x00000001" in bytes(paper.received)
    till.printer.stop()


def test_a_one_way_printer_says_spooled_and_never_confirmed(paper: SimulatedPrinter) -> None:
    till = Counter(paper, "one-way-80")
    till.printer.start()
    job_id = till.print()
    assert end_of(till, job_id).state is JobState.SPOOLED
    till.printer.stop()


def test_an_unplugged_printer_keeps_its_jobs_queued_and_prints_when_it_is_back(paper: SimulatedPrinter) -> None:
    till = Counter(paper)
    paper.stop()
    till.printer.start()
    update = till.wait(StatusUpdate, health=Health.OFFLINE)
    assert isinstance(update, StatusUpdate)
    assert update.code == "device_unreachable"
    job_id = till.print()
    again = SimulatedPrinter(port=paper.port).start()
    assert end_of(till, job_id).state is JobState.CONFIRMED
    till.printer.stop()
    again.stop()


def test_a_disabled_printer_prints_nothing(counter: Counter) -> None:
    counter.wait(StatusUpdate, health=Health.OK)
    counter.printer.disable()
    job_id = counter.print()
    assert counter.outbox.history[job_id] == []
    counter.printer.enable()
    assert end_of(counter, job_id).state is JobState.CONFIRMED


def test_the_drawer_gets_one_pulse_and_a_receipt_gives_none(counter: Counter) -> None:
    counter.wait(StatusUpdate, health=Health.OK)
    counter.drawer.open_drawer()
    assert counter.wait(DrawerPulse) == DrawerPulse("drawer", sent=True)
    assert end_of(counter, counter.print(replace(RECEIPT, kick_drawer=True))).state is JobState.CONFIRMED
    assert [item for item in counter.paper.paper.items if isinstance(item, Pulse)] == [Pulse(2)]


def test_the_drawer_of_a_lost_printer_is_refused_at_once(paper: SimulatedPrinter) -> None:
    till = Counter(paper)
    till.drawer.open_drawer()
    assert till.wait(DrawerPulse) == DrawerPulse("drawer", sent=False, code="drawer_unreachable")


def test_the_printer_can_be_released_and_claimed_again(counter: Counter) -> None:
    assert end_of(counter, counter.print()).state is JobState.CONFIRMED
    counter.printer.stop()
    assert counter.printer.life.stage is Stage.CLOSED
    counter.printer.start()
    assert end_of(counter, counter.print()).state is JobState.CONFIRMED
