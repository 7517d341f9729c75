"""What a bad network does to a request: the faults, and a plan drawn from a seed that says which request meets which.

Pure: request n of seed s meets the same fault each time. Which request is the n-th depends on who asks when.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Fault(StrEnum):
    """The value is the name used outside. "Delivered": head office has done what was asked."""

    NONE = "none"
    DELAYED = "delayed"
    """Delivered, and answered, late."""
    LOST_REQUEST = "lost_request"
    """Never delivered; the connection ends."""
    LOST_ANSWER = "lost_answer"
    """Delivered; the connection ends in place of an answer."""
    DOUBLED = "doubled"
    """Delivered twice at the same time, answered once."""
    LATE_COPY = "late_copy"
    """Delivered and answered, and delivered once more after a later request."""
    OVERTAKEN = "overtaken"
    """Not answered, and delivered only after a later request."""
    RESET_REQUEST = "reset_request"
    """The connection is reset at byte N of the request."""
    RESET_ANSWER = "reset_answer"
    """Delivered; the connection is reset at byte N of the answer."""
    TRUNCATED = "truncated"
    """Delivered; the connection ends at byte N of the answer, before its length is reached."""
    SHORTENED = "shortened"
    """Delivered; the answer's body ends at byte N, and its length says that this is all."""
    HALF_OPEN = "half_open"
    """Never delivered, and nobody says so: the connection stays."""
    TRICKLE = "trickle"
    """Delivered; the answer comes byte by byte."""
    PORTAL_PAGE = "portal_page"
    """A network's sign-in page answers, with 200."""
    PORTAL_MOVED = "portal_moved"
    """The network sends the request to its sign-in page, with 302."""
    GATEWAY = "gateway"
    """What stands before head office answers with 502 and a page."""


@dataclass(frozen=True, slots=True)
class Meets:
    """What one request meets. `at`: the byte N of a fault that has one; `wait_s`: of a delay, or between two bytes."""

    fault: Fault = Fault.NONE
    at: int = 0
    wait_s: float = 0.0


Plan = Callable[[int], Meets]
"""Number of the request, from 1 → what it meets. Called from several threads."""

AT_MAX: Final = 2_000
WAIT_S_MAX: Final = 2.0
WEIGHTS: Final[Mapping[Fault, int]] = {
    Fault.NONE: 680,
    Fault.DELAYED: 100,
    Fault.LOST_REQUEST: 30,
    Fault.LOST_ANSWER: 40,
    Fault.DOUBLED: 40,
    Fault.LATE_COPY: 30,
    Fault.OVERTAKEN: 20,
    Fault.RESET_REQUEST: 10,
    Fault.RESET_ANSWER: 10,
    Fault.TRUNCATED: 10,
    Fault.SHORTENED: 10,
    Fault.PORTAL_PAGE: 6,
    Fault.PORTAL_MOVED: 5,
    Fault.GATEWAY: 5,
    Fault.HALF_OPEN: 2,
    Fault.TRICKLE: 2,
}
"""Of a thousand requests: about a third meets something; those that cost a till its whole patience are rare."""


def calm(_: int) -> Meets:
    """Nothing happens to any request."""
    return Meets()


def always(meets: Meets) -> Plan:
    """The same happens to every request."""
    return lambda _: meets


def drawn(seed: int) -> Plan:
    """Each request's fault drawn by WEIGHTS from the seed and its number."""
    faults, weights = list(WEIGHTS), list(WEIGHTS.values())

    def plan(number: int) -> Meets:
        chance = random.Random(f"{seed}/{number}")
        (fault,) = chance.choices(faults, weights)
        return Meets(fault, chance.randrange(1, AT_MAX), chance.uniform(0, WAIT_S_MAX))

    return plan
