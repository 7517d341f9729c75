"""What a printer says, told apart byte by byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.printer.status import (
    ASK_FAULT,
    ASK_OFFLINE_CAUSE,
    ASK_PAPER,
    ASK_PRINTER,
    Demux,
    IdReply,
    PaperReply,
    PrinterStatus,
    StatusChange,
    Trouble,
)


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (b"\x10\x00\x00\x00", PrinterStatus()),
        (b"\x18\x00\x0c\x00", PrinterStatus(offline=True, paper_out=True)),
        (b"\x38\x00\x00\x00", PrinterStatus(offline=True, cover_open=True)),
        (b"\x14\x00\x03\x00", PrinterStatus(paper_low=True, drawer_open=True)),
        (b"\x18\x28\x00\x00", PrinterStatus(offline=True, cutter_error=True, fatal=True)),
    ],
)
def test_four_bytes_of_automatic_status_are_one_message(message: bytes, status: PrinterStatus) -> None:
    demux = Demux()
    assert demux.feed(message[:3]) == []
    assert demux.feed(message[3:]) == [StatusChange(status)]
    assert demux.status == status


@pytest.mark.parametrize(
    ("question", "answer", "status"),
    [
        (ASK_PRINTER, b"\x1e", PrinterStatus(offline=True, drawer_open=True)),
        (ASK_OFFLINE_CAUSE, b"\x16", PrinterStatus(cover_open=True)),
        (ASK_PAPER, b"\x1e", PrinterStatus(paper_low=True)),
        (ASK_PAPER, b"\x72", PrinterStatus(paper_out=True)),
        (ASK_FAULT, b"\x1a", PrinterStatus(cutter_error=True)),
        (ASK_FAULT, b"\x32", PrinterStatus(fatal=True)),
        (b"\x10\x04\x07", b"\x16", PrinterStatus()),
    ],
)
def test_an_answer_is_read_by_its_question(question: bytes, answer: bytes, status: PrinterStatus) -> None:
    demux = Demux()
    demux.asked(question)
    assert demux.feed(answer) == [StatusChange(status)]


def test_an_answer_nobody_waits_for_is_ignored() -> None:
    demux = Demux()
    demux.asked(ASK_PRINTER)
    demux.forget_questions()
    assert demux.feed(b"\x1e") == []


def test_answers_between_automatic_status_are_found() -> None:
    demux = Demux()
    replies = demux.feed(b"\x10\x00\x00\x00" + b"\x00" + b"\x10\x00\x03\x00" + b"\x37\x220042\x00" + b"\x0c")
    assert [reply for reply in replies if not isinstance(reply, StatusChange)] == [
        PaperReply(paper_out=False),
        IdReply(b"0042"),
        PaperReply(paper_out=True),
    ]


def test_a_printers_name_is_no_completion() -> None:
    demux = Demux()
    assert demux.feed(b"_TM-T88") == []
    assert demux.feed(b"VI\x00\x00") == [PaperReply(paper_out=False)]


def test_a_name_that_never_ends_does_not_block_the_stream() -> None:
    assert Demux().feed(b"_" + b"\x90" * 90 + b"\x00") == [PaperReply(paper_out=False)]


def test_a_malformed_id_reply_confirms_nothing() -> None:
    assert Demux().feed(b"\x37\x22123\x00") == []


@given(st.binary(max_size=200))
def test_no_bytes_whatever_break_it(data: bytes) -> None:
    demux = Demux()
    for byte in data:
        demux.feed(bytes((byte,)))
    assert demux.status.stops in (True, False)


def test_troubles_come_worst_first_and_low_paper_does_not_stop() -> None:
    everything = PrinterStatus(*(True,) * 7)
    assert everything.troubles[0] is Trouble.COVER_OPEN
    assert everything.stops
    assert not PrinterStatus(paper_low=True).stops
