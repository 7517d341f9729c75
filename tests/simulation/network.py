"""Time as a number, and a network that loses, doubles, delays, reorders and parts; what happens is drawn from the seed.

Each request has chance of its own, named by who sent it and as the how manieth: a step left out leaves the others'.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from app.clock import ManualClock
from sync.hq.api.watch import Look, Waiting
from tests.simulation.sim_till import SimTill
from tests.simulation.wire import Answer, Request

DELAY_MS = (5, 400)
LATE_MS = (400, 60_000)
LOOK_EVERY_MS = 1_000


@dataclass(frozen=True, order=True)
class Coming:
    """Something that happens at `at_ms`; `n` keeps the order of equals."""

    at_ms: int
    n: int
    what: str = field(compare=False)
    do: Callable[[], None] = field(compare=False)


class Timeline:
    """What is still to happen, by time; what happened, a line each: two runs of a seed have equal ones."""

    def __init__(self, now_ms: int) -> None:
        self.clock = ManualClock(now_ms)
        self.began_ms = now_ms
        self.trace: list[str] = []
        self._coming: list[Coming] = []
        self._n = 0

    def later(self, after_ms: int, what: str, do: Callable[[], None]) -> None:
        self._n += 1
        heapq.heappush(self._coming, Coming(self.clock.now_ms() + max(0, after_ms), self._n, what, do))

    def next(self) -> bool:
        """Let the next thing happen; False when nothing is coming."""
        if not self._coming:
            return False
        coming = heapq.heappop(self._coming)
        self.clock.set_ms(max(self.clock.now_ms(), coming.at_ms))
        self.note(coming.what)
        coming.do()
        return True

    def note(self, what: str) -> None:
        self.trace.append(f"{self.clock.now_ms() - self.began_ms} {what}")


class Cut(Enum):
    """What of a till's link is cut: nothing gets there, or nothing comes back."""

    NONE = "whole"
    THERE = "nothing gets there"
    BACK = "nothing comes back"


@dataclass(frozen=True)
class Letter:
    """A request on its way. `arrived` is told the answer, None for none. `wait_ms`: how long head office may wait."""

    till: SimTill
    name: str
    request: Request
    arrived: Callable[[Answer | None], None]
    wait_ms: int = 0


class Serving(Protocol):
    """Head office as the network knows it."""

    def serve(self, till: SimTill, request: Request) -> Answer | None: ...
    def look(self) -> Look: ...


@dataclass(frozen=True)
class _Poll:
    """A heads that waits for something; `reach`: it is answered, or waits on."""

    waits: Waiting
    reach: Callable[[], None]


class Network:
    """Between the tills and head office. `faulty` False: everything arrives once, at once.

    `late`: how many requests are still on their way though nobody waits for them any more.
    """

    def __init__(self, timeline: Timeline, seed: int, site: Serving) -> None:
        self._timeline, self._seed, self._site = timeline, seed, site
        self.faulty = True
        self.cut: dict[str, Cut] = {}
        self._sent: dict[str, int] = {}
        self._polls: list[_Poll] = []
        self._looking = False
        self.late = 0

    def heal(self) -> None:
        self.faulty = False
        self.cut.clear()

    def carry(self, letter: Letter) -> None:
        """A request leaves: it may be lost, arrive when nobody waits for an answer any more, arrive twice."""
        till, timeline = letter.till, self._timeline
        count = self._sent[till.name] = self._sent.get(till.name, 0) + 1
        dice = random.Random(f"{self._seed}/{till.name}/{count}")
        doubled, late, lost = (self._chance(dice, share) for share in (0.1, 0.1, 0.1))
        lost = lost or self.cut.get(till.name) is Cut.THERE
        how = "lost" if lost else "late" if late else "twice" if doubled else ""
        timeline.note(f"{till.name} sends {letter.name} {how}".rstrip())
        if lost or late:
            self._arrive(letter, dice, None, till.life)
        else:
            timeline.later(self._delay(dice), f"head office gets {till.name} {letter.name}",
                           self._reach(letter, dice, till.life))  # fmt: skip
        if not lost and (late or doubled):
            self.late += 1
            timeline.later(dice.randrange(*LATE_MS), f"head office gets {till.name} {letter.name} late",
                           lambda: self._late(letter))  # fmt: skip

    def _late(self, letter: Letter) -> None:
        """Nobody waits for what is answered now."""
        self.late -= 1
        self._site.serve(letter.till, letter.request)

    def stir(self) -> None:
        """Something moved: every waiting heads looks again within LOOK_EVERY_MS, as head office's workers do."""
        if self._polls and not self._looking:
            self._looking = True
            self._timeline.later(LOOK_EVERY_MS, "head office looks for waiting polls", self._look)

    def _look(self) -> None:
        """Who waits for something that moved is answered."""
        self._looking = False
        polls, self._polls = self._polls, []
        for poll in polls:
            if poll.waits.is_moved(self._site.look()):
                poll.reach()
            else:
                self._polls.append(poll)

    def _end(self, reach: Callable[[], None]) -> None:
        """A wait is over; it may have ended before."""
        if any(poll.reach is reach for poll in self._polls):
            self._polls = [poll for poll in self._polls if poll.reach is not reach]
            reach()

    def _reach(self, letter: Letter, dice: random.Random, life: int) -> Callable[[], None]:
        """What happens when a request arrives: head office answers; a waiting heads when something moved."""
        timeline, until_ms = self._timeline, self._timeline.clock.now_ms() + letter.wait_ms
        timed = False

        def reach() -> None:
            nonlocal timed
            answer = self._site.serve(letter.till, letter.request)
            if answer is None:
                self._arrive(letter, dice, None, life, " nothing: head office died")
            if answer is None or letter.till.life != life:
                return
            if answer.waits is not None and timeline.clock.now_ms() < until_ms:
                self._polls.append(_Poll(answer.waits, reach))
                if not timed:  # however often it looks meanwhile, it ends once
                    timeline.later(until_ms - timeline.clock.now_ms(), "a poll ends", lambda: self._end(reach))
                timed = True
                return
            dropped = self._chance(dice, 0.15) or self.cut.get(letter.till.name) is Cut.BACK
            self._arrive(letter, dice, None if dropped else answer, life, f" {answer.status}")

        return reach

    def _arrive(self, letter: Letter, dice: random.Random, answer: Answer | None, life: int, said: str = "") -> None:
        def arrive() -> None:
            if letter.till.life == life:
                letter.arrived(answer)

        what = f"{letter.till.name} gets {letter.name}{said}{' not' if answer is None else ''}"
        self._timeline.later(self._delay(dice), what, arrive)

    def _delay(self, dice: random.Random) -> int:
        return dice.randrange(*DELAY_MS) if self.faulty else DELAY_MS[0]

    def _chance(self, dice: random.Random, share: float) -> bool:
        return self.faulty and dice.random() < share
