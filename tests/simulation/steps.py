"""What each step of a plan does to a world."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from app.errors import Refusal, StoreError
from app.services.holding import ASK_TIMEOUT_S
from app.services.ports import HoldAnswer, HoldOutcome
from sync.till.values import Compare
from tests.simulation import ailments, devices
from tests.simulation.checks import Scar
from tests.simulation.network import Cut, Letter
from tests.simulation.operators import OPERATORS
from tests.simulation.plan import Do, Step
from tests.simulation.sim_till import SimTill
from tests.simulation.stage import TILLS
from tests.simulation.wire import Answer

if TYPE_CHECKING:
    from tests.simulation.world import World

UNANSWERED = HoldAnswer(HoldOutcome.UNKNOWN)
NEXT_PROGRAMME = "sim:2"
TROUBLE_MS = (1_000, 60_000)
COUNT_MS = (1, 3_000)
DAMAGED_MAX = 4
HEAD_OFFICE_DIES_WITHIN = 8
AGAIN_MS = 5_000


def perform(world: World, step: Step) -> None:
    """One step. Of two devices with one identity either may be meant; an identity that ended may get another one."""
    dice = step.dice()
    till = dice.choice([one for one in world.tills if one.name[0] == step.till])
    world.timeline.note(f"[{step.no}] {till.name} {step.do.value}")
    if till.state.durable.closed and dice.random() < 0.3:
        world.enrol_again(till)
    if step.do in MACHINE:
        MACHINE[step.do](world, till, dice)
    elif till.counter.asking is None:  # a cashier who waits for an answer does nothing else
        work = COUNTER[step.do]
        if till.counter.cart.spend is not None:
            work = _finish
        world.alive(till, lambda: told(till, lambda: work(world, till, dice)))


def told(till: SimTill, work: Callable[[], str]) -> str:
    """What the counter did, or why not; its sync process hears of new events."""
    try:
        said = work()
    except (Refusal, StoreError) as refusal:
        said = refusal.code
    till.grown()
    return said


# ---- at the counter


def _finish(_: World, till: SimTill, dice: random.Random) -> str:
    return till.counter.finish(dice)


def _sell(world: World, till: SimTill, dice: random.Random) -> str:
    strangers = [member for member in world.members if not till.knows(member)]
    somebody = strangers if strangers and dice.random() < 0.7 else world.members
    member, yuan = dice.choice(somebody), dice.randrange(1, 500)
    return f"sells {yuan}, receipt {till.counter.sell(member, yuan, dice.randrange(1, 4), dice)}"


def _enrol(world: World, till: SimTill, _: random.Random) -> str:
    if till.tainted:
        return "has no numbers of its own any more"
    world.members.append(till.counter.enrol(f"李{len(world.members)}"))
    return "enrols"


def _ask(world: World, till: SimTill, dice: random.Random) -> str:
    """A hold is written down, then asked for; the cashier waits ASK_TIMEOUT_S, not longer."""
    till.counter.ask(dice.choice(world.members), dice.randrange(100, 500), dice)
    asked = till.counter.asking
    if asked is None:
        raise AssertionError("it was asked")

    talk = till.request_hold(asked)

    def settle(answer: Answer | None) -> None:
        if till.counter.asking is not asked or answer is None:
            return
        said = till.read_hold(asked, talk, answer)
        if talk.request is not None:
            world.network.carry(Letter(till, "hold", talk.asks, settle))
            return
        world.alive(till, lambda: told(till, lambda: till.counter.answered(said)))

    def give_up() -> str | None:
        if till.counter.asking is not asked:
            return None
        said = told(till, lambda: till.counter.answered(UNANSWERED))
        if till.counter.asking is asked:  # the disk refused
            world.soon(till, AGAIN_MS, f"{till.name} gives up again", give_up)
        return said

    world.network.carry(Letter(till, "hold", talk.asks, settle))
    world.soon(till, int(ASK_TIMEOUT_S * 1000), f"{till.name} waits no longer", give_up)
    return f"asks for {asked.hold.points}"


def _take_back(_: World, till: SimTill, dice: random.Random) -> str:
    return till.counter.take_back(dice)


def _undo(_: World, till: SimTill, __: random.Random) -> str:
    return till.counter.undo()


def _poison(_: World, till: SimTill, dice: random.Random) -> str:
    return devices.write_poison(till, dice)


def _ahead(world: World, till: SimTill, dice: random.Random) -> str:
    return devices.sell_ahead(till, dice.choice(world.members), dice.randrange(1, 300), NEXT_PROGRAMME)


COUNTER: Mapping[Do, Callable[[World, SimTill, random.Random], str]] = {
    Do.SELL: _sell,
    Do.ENROL: _enrol,
    Do.ASK: _ask,
    Do.RETURN: _take_back,
    Do.UNDO: _undo,
    Do.POISON: _poison,
    Do.AHEAD: _ahead,
}


# ---- with the machines


def _kill(world: World, till: SimTill, _: random.Random) -> None:
    world.restart(till, "was killed")


def _lose_power(world: World, till: SimTill, dice: random.Random) -> None:
    world.restart(till, "has power again", dice)


def _wait(world: World, _: SimTill, dice: random.Random) -> None:
    world.timeline.clock.advance_s(dice.choice((1, 30, 600)))


def _cut(world: World, till: SimTill, dice: random.Random) -> None:
    world.network.cut[till.name] = dice.choice(tuple(Cut))


def _set_clock(world: World, till: SimTill, dice: random.Random) -> None:
    till.clock.set_by(dice)
    world.scars.add(Scar.CLOCK)


def _fill(world: World, till: SimTill, dice: random.Random) -> None:
    devices.fill_disk(till, full=True)
    mend = lambda: devices.fill_disk(till, full=False)  # noqa: E731
    world.soon(till, dice.randrange(*TROUBLE_MS), f"{till.name} has room on its disk", mend)


def _skew(world: World, till: SimTill, dice: random.Random) -> None:
    world.skewed.add(till.name)
    mend = lambda: world.skewed.discard(till.name)  # noqa: E731
    world.timeline.later(dice.randrange(*TROUBLE_MS), f"{till.name} is updated", mend)


def _crash(world: World, _: SimTill, dice: random.Random) -> None:
    world.site.places.dies_at = dice.randrange(1, HEAD_OFFICE_DIES_WITHIN)


def _back_up(world: World, _: SimTill, __: random.Random) -> None:
    world.site.back_up()


def _restore(world: World, _: SimTill, __: random.Random) -> None:
    world.watch.close()
    if world.site.restore():
        world.scars.add(Scar.RESTORE)
    world.watch.open()


def _image(world: World, till: SimTill, _: random.Random) -> None:
    till.stop()
    devices.copy(till.folder, world.folder / f"{till.name}.image")
    till.start()


def _revert(world: World, till: SimTill, _: random.Random) -> None:
    image = world.folder / f"{till.name}.image"
    if not image.exists() or till.identity.epoch != 1:
        return
    till.stop()
    devices.copy(image, till.folder)
    world.scars.add(Scar.IMAGE)
    till.tainted = True
    till.start()


def _lose_tail(world: World, till: SimTill, _: random.Random) -> None:
    """Fine print 11: it says so at once, and sells again only as somebody else."""
    image = world.folder / f"{till.name}.image"
    if not image.exists() or till.identity.epoch != 1 or till.state.durable.closed:
        return
    before = len(till.own_chain())
    till.stop()
    devices.put_back(image, till.folder)
    world.scars.add(Scar.IMAGE)
    till.tainted = True
    try:
        till.start()
    except StoreError as refused:
        world.timeline.note(f"{till.name} {refused.code}")
        devices.drop_identity(till.folder, till.clock)
        world.enrol_again(till)
    world.watch.hold(len(till.own_chain()) >= before or till.identity.epoch > 1, f"{till.name} sells behind its mark")


def _rotate(world: World, till: SimTill, _: random.Random) -> None:
    world.timeline.note(f"{till.name} {ailments.rotate_key(till)}")


def _damage(world: World, till: SimTill, dice: random.Random) -> None:
    """Found when its rows are counted the next time, or when a pull of the bucket does not add up."""
    for _ in range(dice.randrange(1, DAMAGED_MAX + 1)):
        try:
            said = ailments.damage(till, dice)
        except StoreError as refused:
            said = refused.code
        world.timeline.note(f"{till.name} {said}")
    count = lambda: till.feed(Compare())  # noqa: E731
    world.soon(till, dice.randrange(*COUNT_MS), f"{till.name} counts its rows", count)


def _clone(world: World, till: SimTill, _: random.Random) -> None:
    if len(till.name) > 1 or len(world.tills) > len(TILLS) or till.state.durable.closed:
        return
    till.stop()
    devices.copy(till.folder, world.folder / f"{till.name}2")
    till.start()
    world.scars.add(Scar.CLONE)
    till.tainted = True
    twin = world.add_till(f"{till.name}2", till.identity)
    twin.tainted, twin.hurt = True, set(till.hurt)


MACHINE: Mapping[Do, Callable[[World, SimTill, random.Random], None]] = {
    Do.KILL: _kill,
    Do.POWER: _lose_power,
    Do.WAIT: _wait,
    Do.CUT: _cut,
    Do.CLOCK: _set_clock,
    Do.FULL: _fill,
    Do.SKEW: _skew,
    **OPERATORS,
    Do.CRASH: _crash,
    Do.BACKUP: _back_up,
    Do.RESTORE: _restore,
    Do.IMAGE: _image,
    Do.REVERT: _revert,
    Do.CLONE: _clone,
    Do.TAIL: _lose_tail,
    Do.ROTATE: _rotate,
    Do.DAMAGE: _damage,
}
