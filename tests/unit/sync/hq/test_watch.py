"""Who waits is told when something of theirs moved, and never longer held than they asked."""

from __future__ import annotations

import asyncio

from sqlalchemy.exc import OperationalError

from sync.hq.api.watch import Look, Waiting, Watch

HERE = Waiting("one", {"chain": 3, "store:s027": 0})
LONG_S = 60


class Office:
    """What the heads say, set by the test."""

    def __init__(self) -> None:
        self.found: Look | Exception = Look("one", {"chain": 3, "store:w001": 7})

    async def look(self) -> Look:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


async def turned() -> None:
    """Let everything that is ready run once."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    loop.call_soon(done.set)
    await done.wait()


def test_only_what_is_theirs_counts() -> None:
    assert not HERE.is_moved(Look("one", {"chain": 3, "store:w001": 7}))
    assert HERE.is_moved(Look("one", {"chain": 4}))
    assert HERE.is_moved(Look("one", {"chain": 3, "store:s027": 1}))
    assert HERE.is_moved(Look("two", {"chain": 3}))


def test_who_waits_goes_when_something_moved_or_the_wait_is_over() -> None:
    async def run() -> list[bool]:
        office = Office()
        watch = Watch(office.look)
        await watch.moved(HERE, 0.01)
        waiting = asyncio.create_task(watch.moved(HERE, LONG_S))
        watch.nudge()
        await turned()
        before = waiting.done()
        office.found = Look("one", {"chain": 4})
        watch.nudge()
        await waiting
        return [before, waiting.done()]

    assert asyncio.run(run()) == [False, True]


def test_a_database_that_does_not_answer_lets_everybody_ask_for_themselves() -> None:
    async def run() -> bool:
        office = Office()
        office.found = OperationalError("", {}, Exception())
        watch = Watch(office.look)
        await watch.moved(HERE, LONG_S)
        office.found = Look("one", {"chain": 9})
        await watch.moved(HERE, LONG_S)
        return True

    assert asyncio.run(run())


def test_an_end_lets_everybody_go() -> None:
    async def run() -> bool:
        watch = Watch(Office().look)
        waiting = asyncio.create_task(watch.moved(HERE, LONG_S))
        await turned()
        watch.stop()
        await waiting
        await watch.moved(HERE, LONG_S)
        return waiting.done()

    assert asyncio.run(run())
