"""What a printer says: automatic status, answers to questions, completion replies, told apart in one stream of bytes.

Epson marks them by fixed bits: automatic status (ASB) is four bytes, the first xxx1xx00; an answer to DLE EOT is one
byte xxx1xx10; an answer to GS r is one byte with bits 4 and 7 clear; an answer to GS ( H or GS I begins with its own
header byte and ends with NUL. Unsolicited ASB may stand between a question and its answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

ASK_PRINTER = b"\x10\x04\x01"
ASK_OFFLINE_CAUSE = b"\x10\x04\x02"
ASK_FAULT = b"\x10\x04\x03"
ASK_PAPER = b"\x10\x04\x04"
ENABLE_ASB = b"\x1da\xff"
ASB_BYTES = 4
BLOCK_BYTES_MAX = 80
RESPONSE_ID_HEADER = 0x37
_BLOCK_HEADERS = frozenset((RESPONSE_ID_HEADER, 0x5F, 0x3D))


class Trouble(StrEnum):
    """What a person must do something about, worst first; the value is the message code."""

    COVER_OPEN = "printer_cover_open"
    PAPER_OUT = "printer_paper_out"
    CUTTER = "printer_cutter"
    FAILED = "printer_failed"
    OFFLINE = "printer_offline"
    PAPER_LOW = "printer_paper_low"

    @property
    def stops(self) -> bool:
        """True when the printer prints nothing until a person helps."""
        return self is not Trouble.PAPER_LOW


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """The printer's state as far as it has said so; nothing said yet reads as no trouble."""

    offline: bool = False
    cover_open: bool = False
    paper_low: bool = False
    paper_out: bool = False
    cutter_error: bool = False
    fatal: bool = False
    drawer_open: bool = False

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """Worst first."""
        flags = (
            (self.cover_open, Trouble.COVER_OPEN),
            (self.paper_out, Trouble.PAPER_OUT),
            (self.cutter_error, Trouble.CUTTER),
            (self.fatal, Trouble.FAILED),
            (self.offline, Trouble.OFFLINE),
            (self.paper_low, Trouble.PAPER_LOW),
        )
        return tuple(trouble for there, trouble in flags if there)

    @property
    def stops(self) -> bool:
        """True while the printer prints nothing until a person helps."""
        return any(trouble.stops for trouble in self.troubles)


@dataclass(frozen=True, slots=True)
class StatusChange:
    """The printer's state after an automatic status or an answer."""

    status: PrinterStatus


@dataclass(frozen=True, slots=True)
class PaperReply:
    """An answer to GS r 1: everything sent before the question has been printed."""

    paper_out: bool


@dataclass(frozen=True, slots=True)
class IdReply:
    """An answer to GS ( H with the id it was asked with."""

    ident: bytes


Reply = StatusChange | PaperReply | IdReply


class Demux:
    """Bytes of one connection → replies; keeps the state. One thread."""

    def __init__(self) -> None:
        self.status = PrinterStatus()
        self._held = bytearray()
        self._asked: list[int] = []

    def asked(self, question: bytes) -> None:
        """A DLE EOT question was sent; answers come in the order of the questions."""
        self._asked.append(question[2])

    def forget_questions(self) -> None:
        """No more answers are awaited; one that comes late is ignored."""
        self._asked.clear()

    def feed(self, data: bytes) -> list[Reply]:
        """The replies that `data` completes."""
        self._held += data
        replies: list[Reply] = []
        while self._held and (size := self._size()) is not None:
            message = bytes(self._held[:size])
            del self._held[:size]
            if (reply := self._read(message)) is not None:
                replies.append(reply)
        return replies

    def _size(self) -> int | None:
        """Bytes of the message at the front; None while it is not all there."""
        first = self._held[0]
        if first in _BLOCK_HEADERS:
            end = self._held.find(0, 0, BLOCK_BYTES_MAX)
            if end >= 0:
                return end + 1
            return 1 if len(self._held) > BLOCK_BYTES_MAX else None
        if first & 0x93 == 0x10:
            return ASB_BYTES if len(self._held) >= ASB_BYTES else None
        return 1

    def _read(self, message: bytes) -> Reply | None:
        first = message[0]
        if len(message) == ASB_BYTES and first & 0x93 == 0x10:
            self.status = _automatic(message)
            return StatusChange(self.status)
        if first == RESPONSE_ID_HEADER and len(message) == 7 and message[1] == 0x22:
            return IdReply(message[2:6])
        if len(message) == 1 and first & 0x93 == 0x12 and self._asked:
            self.status = _answered(self.status, self._asked.pop(0), first)
            return StatusChange(self.status)
        if len(message) == 1 and first & 0x90 == 0:
            return PaperReply(paper_out=bool(first & 0x0C))
        return None


def _automatic(message: bytes) -> PrinterStatus:
    state, fault, paper, _ = message
    return PrinterStatus(
        offline=bool(state & 0x08),
        cover_open=bool(state & 0x20),
        paper_low=bool(paper & 0x03),
        paper_out=bool(paper & 0x0C),
        cutter_error=bool(fault & 0x08),
        fatal=bool(fault & 0x20),
        drawer_open=bool(state & 0x04),
    )


def _answered(status: PrinterStatus, question: int, answer: int) -> PrinterStatus:
    if question == ASK_PRINTER[2]:
        return replace(status, offline=bool(answer & 0x08), drawer_open=bool(answer & 0x04))
    if question == ASK_OFFLINE_CAUSE[2]:
        return replace(status, cover_open=bool(answer & 0x04))
    if question == ASK_FAULT[2]:
        return replace(status, cutter_error=bool(answer & 0x08), fatal=bool(answer & 0x20))
    if question == ASK_PAPER[2]:
        return replace(status, paper_low=bool(answer & 0x0C), paper_out=bool(answer & 0x60))
    return status
