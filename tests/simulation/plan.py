"""What a seed plays: steps drawn beforehand, each with chance of its own, so that one left out leaves the others."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from tests.simulation.stage import TILLS

SIZES: dict[int, int] = {10: 60, 20: 25, 40: 12, 80: 3}
"""Steps of a world, and how many of a hundred worlds have so many: most faults need few, some need a long past."""
PAUSE_MAX = 6


class Do(Enum):
    """What one step does at its till, or at head office."""

    SELL = "sells"
    ENROL = "enrols"
    ASK = "asks for points"
    RETURN = "takes goods back"
    UNDO = "undoes the last sale"
    KILL = "is killed"
    WAIT = "waits"
    CUT = "loses one direction of its link, or has it back"
    POWER = "loses power, and what its cache had not synced"
    CLOCK = "has its clock set"
    FULL = "has a full disk for a while"
    POISON = "writes something nobody can read"
    AHEAD = "sells by a programme head office does not have yet"
    PUBLISH = "head office publishes that programme"
    CRASH = "head office dies in the middle of its next work"
    SKEW = "is too old or too new to pull for a while"
    BACKUP = "head office is backed up"
    RESTORE = "head office is restored from its backup"
    IMAGE = "is copied to an image"
    REVERT = "is set back to its image"
    CLONE = "is copied to a second device that works on"
    TAIL = "loses the end of its file, not its mark"
    NIGHT = "head office makes snapshots and forgets what is deleted"
    MERGE = "head office merges two members"
    ERASE = "head office erases a member"
    ROTATE = "gets another signing key"
    DAMAGE = "holds a row that is not head office's"


DAILY = {Do.SELL: 38, Do.ASK: 20, Do.ENROL: 11, Do.RETURN: 9, Do.UNDO: 4, Do.KILL: 4, Do.WAIT: 9}
TROUBLES: tuple[tuple[float, dict[Do, int]], ...] = (
    (0.4, {Do.CUT: 12}),
    (0.4, {Do.POWER: 8}),
    (0.3, {Do.CLOCK: 8}),
    (0.3, {Do.FULL: 8}),
    (0.3, {Do.POISON: 6}),
    (0.3, {Do.AHEAD: 10, Do.PUBLISH: 5}),
    (0.4, {Do.CRASH: 10}),
    (0.25, {Do.SKEW: 8}),
    (0.2, {Do.BACKUP: 10, Do.RESTORE: 8, Do.ERASE: 3}),
    (0.15, {Do.IMAGE: 12, Do.REVERT: 6, Do.TAIL: 8}),
    (0.15, {Do.CLONE: 6}),
    (0.25, {Do.MERGE: 12}),
    (0.2, {Do.ERASE: 8}),
    (0.2, {Do.NIGHT: 8}),
)
"""How many of the seeds know a kind of trouble, and how often its steps come then beside a hundred others."""
LATER_SEED = 1_000_000
LATER: tuple[tuple[float, dict[Do, int]], ...] = ((0.5, {Do.ROTATE: 12}), (0.6, {Do.DAMAGE: 14}))
"""What only the seeds from LATER_SEED on know: those below keep the histories with which they were counted."""


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


def plan_of(
    seed: int, left_out: Iterable[int] = (), often: Mapping[Do, int] = MappingProxyType({})
) -> tuple[Step, ...]:
    """The steps of a seed, those numbered in `left_out` missing; of `often` there are more, whatever the seed knows."""
    dice, gone = random.Random(seed), set(left_out)
    shares = dict(DAILY)
    for part, trouble in TROUBLES + (LATER if seed >= LATER_SEED else ()):
        if dice.random() < part:
            shares |= trouble
    shares |= often
    steps = []
    for no in range(dice.choices(tuple(SIZES), tuple(SIZES.values()))[0]):
        do = dice.choices(tuple(shares), tuple(shares.values()))[0]
        steps.append(Step(no, do, dice.choice(TILLS), dice.randrange(PAUSE_MAX), f"{seed}/{no}"))
    return tuple(step for step in steps if step.no not in gone)
