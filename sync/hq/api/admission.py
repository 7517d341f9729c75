"""Who comes in now and who is told to wait how long, so that a herd of tills comes one after another (protocol.md).

Lanes: the more goes on at once, the fewer kinds of calls come in, push longest, files least. After a start tills have
turns, in the order of a hash of their ids. Both count per worker; nothing here asks the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from app.clock import Clock
from sync.hq.office import Limits

PLACE_BYTES: Final = 8
WAIT_S_MAX: Final = 900.0
BUSY_S: Final = 1.0
BUSY_SPREAD_S: Final = 4.0
LOADED: Final = 0.5
"""From this part of a lane's room on, good answers ask the till to leave room, too."""
LOADED_SPREAD_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Lane:
    """`share` of what may go on at once; `has_turn`: tills do it on their own, so after a start they have turns."""

    share: float
    has_turn: bool = True


CASHIER: Final = Lane(1.0, has_turn=False)
"""Somebody stands at the counter and waits: holds, find, enrol."""
PUSH: Final = Lane(1.0)
PULL: Final = Lane(0.75)
CHANNELS: Final = Lane(0.75, has_turn=False)
FILES: Final = Lane(0.5)


def place_of(name: str) -> float:
    """Where a till stands among all, from 0 up to 1: the same in every worker and after every start."""
    return int.from_bytes(blake2b(name.encode(), digest_size=PLACE_BYTES).digest(), "big") / float(1 << 8 * PLACE_BYTES)


class Admission:
    """One per application, from its start on."""

    def __init__(self, clock: Clock, limits: Limits, tills: int) -> None:
        """`tills`: how many there are; 0 where nobody has to wait for a turn."""
        self._clock, self._limits, self._tills = clock, limits, tills
        self._started_s = clock.monotonic_s()

    def wait_s(self, lane: Lane, name: str, at_once: int) -> float:
        """How long this caller should stay away; 0: come in. `at_once`: what goes on, this call included."""
        place = place_of(name)
        left_s = self._turn_s(place) + self._started_s - self._clock.monotonic_s() if lane.has_turn else 0.0
        if left_s > 0:
            return min(left_s, WAIT_S_MAX)
        if at_once > self._limits.at_once_max * lane.share:
            return BUSY_S + place * BUSY_SPREAD_S
        return 0.0

    def next_after_s(self, lane: Lane, name: str, at_once: int) -> float:
        """How long a till that was answered should make no request on its own; 0 while there is room."""
        load = at_once / (self._limits.at_once_max * lane.share)
        if not lane.has_turn or load <= LOADED:
            return 0.0
        return place_of(name) * LOADED_SPREAD_S * min(1.0, (load - LOADED) / (1 - LOADED))

    def _turn_s(self, place: float) -> float:
        """How long after the start it is this place's turn."""
        return max(0.0, place * self._tills - self._limits.tills_first) / self._limits.tills_per_s
