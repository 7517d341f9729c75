"""Which question a printer answers: our job number, its paper status, or none. Asked once, when it is set up.

A printer that knows neither command prints a few signs at worst; nobody's receipt is on the paper then.
"""

from __future__ import annotations

from app.clock import Clock
from devices.printer.escpos import FENCE_PAPER, fence_with_id
from devices.printer.link import WRITE_S, Link
from devices.printer.profiles import Fence
from devices.printer.status import IdReply, PaperReply, Reply

IDENT = b"0001"
ANSWER_S_MAX = 3.0


def probe(link: Link, clock: Clock) -> Fence | None:
    """The surest way this printer has to say that all before is on paper; None: it stands still, so nobody knows.

    A printer without paper answers no question that waits for its paper. Waits 14 s at most. DeviceError.
    """
    heard = link.ask_status()
    found = None if link.status.stops else _surest(link, clock)
    if heard and found is Fence.NONE and link.ask_status() and link.status.stops:
        return None
    return found


def _surest(link: Link, clock: Clock) -> Fence:
    if not link.two_way:
        return Fence.NONE
    if _answers(link, fence_with_id(IDENT), clock, ident=IDENT):
        return Fence.RESPONSE_ID
    return Fence.PAPER_STATUS if _answers(link, FENCE_PAPER, clock, ident=b"") else Fence.NONE


def _answers(link: Link, question: bytes, clock: Clock, *, ident: bytes) -> bool:
    link.pump(0.0)
    if not link.write_all(question):
        return False
    end_s = clock.monotonic_s() + ANSWER_S_MAX
    while clock.monotonic_s() < end_s:
        if any(_is_answer(reply, ident) for reply in link.pump(WRITE_S)):
            return True
    return False


def _is_answer(reply: Reply, ident: bytes) -> bool:
    return isinstance(reply, IdReply) and reply.ident == ident if ident else isinstance(reply, PaperReply)
