"""What a seed plays: steps drawn beforehand, each with chance of its own, so that one left out leaves the others."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from tests.simulation.stage import TILLS

STEPS = 30
PAUSE_MAX = 6


class Do(Enum):
    """What one step does at its till."""

    SELL = "sells"
    ENROL = "enrols"
    ASK = "asks for points"
    RETURN = "takes goods back"
    UNDO = "undoes the last sale"
    KILL = "is killed"
    WAIT = "waits"


SHARES = {Do.SELL: 38, Do.ASK: 20, Do.ENROL: 13, Do.RETURN: 9, Do.UNDO: 4, Do.KILL: 6, Do.WAIT: 9}


@dataclass(frozen=True)
class Step:
    """`pause`: how many things happen before the next one. `chance` seeds what the step itself draws."""

    no: int
    do: Do
    till: str
    pause: int
    chance: str

    def dice(self) -> random.Random:
        return random.Random(self.chance)


def plan_of(seed: int, left_out: Iterable[int] = ()) -> tuple[Step, ...]:
    """The steps of a seed, those numbered in `left_out` missing."""
    dice, gone = random.Random(seed), set(left_out)
    steps = []
    for no in range(STEPS):
        do = dice.choices(tuple(SHARES), tuple(SHARES.values()))[0]
        steps.append(Step(no, do, dice.choice(TILLS), dice.randrange(PAUSE_MAX), f"{seed}/{no}"))
    return tuple(step for step in steps if step.no not in gone)
