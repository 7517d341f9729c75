"""A receipt over a printer node that can be read: a real pseudo terminal with the simulated printer behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.domain.receipt import JobState
from devices.events import Health, StatusUpdate
from devices.simulated.printer import Faults, SimulatedPrinter
from devices.transport.serial import Identity, PortInfo
from devices.transport.usblp import UsblpTransport, open_usblp
from tests.support.paper_counter import SHORT, Counter
from tests.support.pty_printer import PtyPrinter

WANTED = Identity(0x04B8, 0x0202, "X4")


class Socket:
    """A USB socket: what is plugged in now, under whatever name."""

    def __init__(self, paper: SimulatedPrinter) -> None:
        self._paper = paper
        self.plugged: PtyPrinter | None = PtyPrinter(paper)

    def pull(self) -> None:
        assert self.plugged
        self.plugged.unplug()
        self.plugged = None

    def plug(self) -> None:
        self.plugged = PtyPrinter(self._paper)

    def list(self) -> list[PortInfo]:
        return [PortInfo(self.plugged.name, 0x04B8, 0x0202, "X4")] if self.plugged else []

    def open(self) -> UsblpTransport:
        return open_usblp("printer", WANTED, lister=self.list)


@pytest.fixture
def usb(paper: SimulatedPrinter) -> Iterator[Socket]:
    socket = Socket(paper)
    yield socket
    if socket.plugged:
        socket.pull()


@pytest.fixture
def counter(paper: SimulatedPrinter, usb: Socket) -> Iterator[Counter]:
    till = Counter(paper, opener=usb.open)
    till.printer.start()
    yield till
    till.printer.stop()


def test_a_usb_printer_confirms_and_prints_every_byte(counter: Counter) -> None:
    job_id = counter.print()
    assert counter.end_of(job_id).state is JobState.CONFIRMED
    assert counter.paper.paper.text.splitlines()[0].strip() == "花间生活馆"
    assert counter.paper.paper.unknown == []


def test_its_cover_is_heard_of_and_the_receipt_waits(counter: Counter) -> None:
    counter.wait(StatusUpdate, health=Health.OK)
    counter.paper.set_faults(Faults(cover_open=True))
    counter.wait(StatusUpdate, health=Health.ERROR)
    job_id = counter.print()
    counter.paper.load_paper()
    assert counter.end_of(job_id).state is JobState.CONFIRMED


def test_pulled_and_plugged_into_another_socket_it_prints_on(counter: Counter, usb: Socket) -> None:
    first = counter.print()
    assert counter.end_of(first).state is JobState.CONFIRMED
    usb.pull()
    counter.wait(StatusUpdate, health=Health.OFFLINE)
    second = counter.print()
    usb.plug()
    assert counter.end_of(second).state is JobState.CONFIRMED
    assert counter.paper.paper.text.count("花间生活馆") == 2


def test_one_that_prints_no_further_ends_unknown_and_never_confirmed(paper: SimulatedPrinter, usb: Socket) -> None:
    paper.set_faults(Faults(mute=True))
    till = Counter(paper, limits=SHORT, opener=usb.open)
    till.printer.start()
    job_id = till.print()
    ended = till.end_of(job_id)
    till.printer.stop()
    assert (ended.state, ended.detail) == (JobState.UNKNOWN, "printer_no_answer")
