"""What people at head office do to a running chain: merge two members, erase one, publish, and clean up at night."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from app.errors import Refusal
from tests.simulation.plan import Do
from tests.simulation.sim_till import SimTill

if TYPE_CHECKING:
    from tests.simulation.world import World

ERASED_ON = "2026-09-21"


def _merge(world: World, _: SimTill, dice: random.Random) -> None:
    source, survivor = dice.sample(world.members, 2)
    try:
        world.site.merge(source.member_id, survivor.member_id)
    except Refusal as refusal:
        world.timeline.note(refusal.code)
        return
    world.merged.append({source.account_id, survivor.account_id})
    moved(world)


def _erase(world: World, _: SimTill, dice: random.Random) -> None:
    gone = dice.choice(world.members[-2:] if dice.random() < 0.5 else world.members)
    world.site.erase(gone.member_id, ERASED_ON)
    world.erased.append(gone)
    moved(world)


def _publish(world: World, _: SimTill, __: random.Random) -> None:
    world.site.publish()
    moved(world)


def _night(world: World, _: SimTill, __: random.Random) -> None:
    world.site.night()
    moved(world)


def moved(world: World) -> None:
    """Head office wrote something without being asked by a till."""
    world.watch.committed()
    world.network.stir()


OPERATORS: Mapping[Do, Callable[[World, SimTill, random.Random], None]] = {
    Do.MERGE: _merge,
    Do.ERASE: _erase,
    Do.PUBLISH: _publish,
    Do.NIGHT: _night,
}
