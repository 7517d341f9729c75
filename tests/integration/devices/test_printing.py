"""A receipt over real TCP to the simulated printer: honest job states, whatever the printer does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.domain.receipt import Cut, JobState, Receipt, Text
from devices.events import DrawerPulse, Health, StatusUpdate
from devices.lifecycle import Stage
from devices.printer.profiles import profile
from devices.simulated.paper import Pulse
from devices.simulated.printer import Faults, SimulatedPrinter
from tests.support.paper_counter import RECEIPT, SHORT, Counter


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


def test_a_printed_receipt_is_confirmed_and_its_text_is_on_the_paper(counter: Counter) -> None:
    job_id = counter.print()
    assert counter.end_of(job_id).state is JobState.CONFIRMED
    assert counter.outbox.history[job_id] == [JobState.SENDING, JobState.SENT, JobState.CONFIRMED]
    assert counter.paper.paper.text.splitlines()[0].strip() == "花间生活馆"
    assert not counter.paper.paper.unknown


def test_jobs_are_printed_in_order_each_once(counter: Counter) -> None:
    ids = [counter.print(Receipt((Text(f"第 {number} 张"), Cut()))) for number in range(5)]
    assert [counter.end_of(job_id).state for job_id in ids] == [JobState.CONFIRMED] * 5
    assert counter.paper.paper.text.split("\n") == [f"第 {number} 张" for number in range(5)]


@pytest.mark.parametrize("at", [1, 40, 300, 600])
def test_a_reset_at_any_byte_is_never_confirmed(counter: Counter, at: int) -> None:
    counter.reset_after(at)
    job_id = counter.print()
    assert counter.end_of(job_id).state is JobState.UNKNOWN
    assert JobState.CONFIRMED not in counter.outbox.history[job_id]


def test_after_a_reset_the_next_receipt_prints_on_a_new_connection(counter: Counter) -> None:
    counter.reset_after(50)
    lost = counter.print()
    assert counter.end_of(lost).state is JobState.UNKNOWN
    counter.outbox.mark(lost, JobState.CANCELLED)
    assert counter.end_of(counter.print()).state is JobState.CONFIRMED
    assert counter.paper.connections >= 2


def test_a_stalled_printer_ends_unknown_and_the_reason_is_said(hasty: Counter) -> None:
    hasty.wait(StatusUpdate, health=Health.OK)
    hasty.paper.set_faults(Faults(stalled=True))
    ended = hasty.end_of(hasty.print())
    assert (ended.state, ended.detail) == (JobState.UNKNOWN, "printer_no_answer")
    update = hasty.wait(StatusUpdate, health=Health.OFFLINE)
    assert isinstance(update, StatusUpdate)
    assert update.code == "printer_no_answer"


def test_a_slow_printer_is_waited_for_while_it_answers(paper: SimulatedPrinter) -> None:
    paper.set_faults(Faults(bytes_per_s=4000))
    till = Counter(paper)
    till.printer.start()
    assert till.end_of(till.print()).state is JobState.CONFIRMED
    till.printer.stop()


def test_paper_out_in_the_middle_waits_for_paper_and_is_confirmed_once(counter: Counter) -> None:
    counter.wait(StatusUpdate, health=Health.OK)
    counter.paper.set_faults(Faults(paper_out_after=10))
    job_id = counter.print()
    counter.wait(StatusUpdate, code="printer_paper_out")
    counter.paper.load_paper()
    assert counter.end_of(job_id).state is JobState.CONFIRMED
    assert counter.paper.paper.text.count("商品 29") == 1


def test_a_receipt_waits_in_the_queue_while_the_cover_is_open(counter: Counter) -> None:
    counter.wait(StatusUpdate, health=Health.OK)
    counter.paper.set_faults(Faults(cover_open=True))
    counter.wait(StatusUpdate, code="printer_cover_open")
    job_id = counter.print()
    assert counter.outbox.history[job_id] == []
    counter.paper.load_paper()
    assert counter.end_of(job_id).state is JobState.CONFIRMED


@pytest.mark.parametrize("name", ["escpos-80", "asked-80"])
def test_a_stuck_knife_is_said_whether_the_printer_tells_or_is_asked(paper: SimulatedPrinter, name: str) -> None:
    kind = replace(profile("escpos-80"), automatic_status=name == "escpos-80")
    till = Counter(paper, kind, status_poll_s=0.05)
    till.printer.start()
    till.wait(StatusUpdate, health=Health.OK)
    paper.set_faults(Faults(cutter_stuck=True))
    said = till.wait(StatusUpdate, health=Health.ERROR)
    assert isinstance(said, StatusUpdate)
    assert said.code == "printer_cutter"  # and not "offline" first, which is all the first answer says
    job_id = till.print()
    paper.load_paper()
    ended = till.end_of(job_id)
    till.printer.stop()
    assert ended.state is JobState.CONFIRMED


def test_automatic_status_between_question_and_answer_is_no_answer(counter: Counter) -> None:
    counter.wait(StatusUpdate, health=Health.OK)
    counter.paper.set_faults(Faults(late=True))
    job_id = counter.print()
    assert counter.paper.wait_for(lambda seen: seen.received.endswith(b"\x1dr\x01"))
    counter.paper.say(b"\x10\x00\x03\x00" * 3)
    counter.wait(StatusUpdate, code="printer_paper_low")
    assert counter.outbox.history[job_id][-1] is not JobState.CONFIRMED
    counter.paper.set_faults(Faults())
    assert counter.end_of(job_id).state is JobState.CONFIRMED


def test_an_answer_for_an_old_job_never_confirms_the_next(hasty: Counter) -> None:
    hasty.wait(StatusUpdate, health=Health.OK)
    hasty.paper.set_faults(Faults(late=True))
    old = hasty.print()
    assert hasty.end_of(old).state is JobState.UNKNOWN
    hasty.outbox.mark(old, JobState.CANCELLED)
    hasty.paper.set_faults(Faults(mute=True))
    assert hasty.end_of(hasty.print()).state is JobState.UNKNOWN


def test_a_printer_that_knows_ids_is_confirmed_by_its_own_id(paper: SimulatedPrinter) -> None:
    till = Counter(paper, profile("epson-80"))
    till.printer.start()
    till.wait(StatusUpdate, health=Health.OK)
    paper.say(b"\x37\x229999\x00\x00")
    job_id = till.print()
    assert till.end_of(job_id).state is JobState.CONFIRMED
    assert b"\x1d(H\x06\x00000001" in bytes(paper.received)
    till.printer.stop()


def test_a_one_way_printer_says_spooled_and_never_confirmed(paper: SimulatedPrinter) -> None:
    till = Counter(paper, profile("one-way-80"))
    till.printer.start()
    job_id = till.print()
    assert till.end_of(job_id).state is JobState.SPOOLED
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
    assert till.end_of(job_id).state is JobState.CONFIRMED
    till.printer.stop()
    again.stop()


def test_a_disabled_printer_prints_nothing(counter: Counter) -> None:
    counter.wait(StatusUpdate, health=Health.OK)
    counter.printer.disable()
    job_id = counter.print()
    assert counter.outbox.history[job_id] == []
    counter.printer.enable()
    assert counter.end_of(job_id).state is JobState.CONFIRMED


def test_the_drawer_gets_one_pulse_and_a_receipt_gives_none(counter: Counter) -> None:
    counter.wait(StatusUpdate, health=Health.OK)
    counter.drawer.open_drawer()
    assert counter.wait(DrawerPulse) == DrawerPulse("drawer", sent=True)
    assert counter.end_of(counter.print(replace(RECEIPT, kick_drawer=True))).state is JobState.CONFIRMED
    assert [item for item in counter.paper.paper.items if isinstance(item, Pulse)] == [Pulse(2)]


def test_the_drawer_of_a_lost_printer_is_refused_at_once(paper: SimulatedPrinter) -> None:
    till = Counter(paper)
    till.drawer.open_drawer()
    assert till.wait(DrawerPulse) == DrawerPulse("drawer", sent=False, code="drawer_unreachable")


def test_the_printer_can_be_released_and_claimed_again(counter: Counter) -> None:
    assert counter.end_of(counter.print()).state is JobState.CONFIRMED
    counter.printer.stop()
    assert counter.printer.life.stage is Stage.CLOSED
    counter.printer.start()
    assert counter.end_of(counter.print()).state is JobState.CONFIRMED
