"""The long poll: one look a second at the heads of all buckets, for everybody who waits in this process.

A worker shares nothing with its siblings, so what they wrote is seen by looking; what this one wrote is looked at soon.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

POLL_S: Final = 1.0
SOON_S: Final = 0.05
"""At most one look in so long, however much is written."""


@dataclass(frozen=True, slots=True)
class Look:
    """Where everything stands: the incarnation, and the head of each bucket that has one."""

    incarnation: str
    seqs: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What somebody has already: the incarnation, and the seq of each bucket that is theirs."""

    incarnation: str
    seqs: Mapping[str, int]

    def is_moved(self, found: Look) -> bool:
        """Whether there is something to say."""
        if found.incarnation != self.incarnation:
            return True
        return any(found.seqs.get(name, 0) != seq for name, seq in self.seqs.items())


@dataclass(eq=False, slots=True)
class _Waiter:
    waiting: Waiting
    woken: asyncio.Event = field(default_factory=asyncio.Event)


class Watch:
    """One per application; everything on the thread of its loop. Looks only while somebody waits."""

    def __init__(self, look: Callable[[], Awaitable[Look]]) -> None:
        self._look = look
        self._waiters: set[_Waiter] = set()
        self._nudged = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._is_ended = False

    async def moved(self, waiting: Waiting, wait_s: float) -> None:
        """Return when something of theirs moved, when the wait is over, when looking fails or the server ends."""
        if self._is_ended:
            return
        waiter = _Waiter(waiting)
        self._waiters.add(waiter)
        if self._task is None:
            self._task = asyncio.create_task(self._watch())
        try:
            await asyncio.wait_for(waiter.woken.wait(), wait_s)
        except TimeoutError:
            return
        finally:
            self._waiters.discard(waiter)

    def nudge(self) -> None:
        """Something was written here: look soon."""
        self._nudged.set()

    def stop(self) -> None:
        """Let everybody go, for good."""
        self._is_ended = True
        if self._task is not None:
            self._task.cancel()
        self._wake(None)

    async def _watch(self) -> None:
        try:
            while self._waiters:
                await asyncio.sleep(SOON_S)
                with suppress(TimeoutError):  # then a sibling may have written
                    await asyncio.wait_for(self._nudged.wait(), POLL_S - SOON_S)
                self._nudged.clear()
                self._wake(await self._look())
        except SQLAlchemyError:
            self._wake(None)  # each finds out itself, and answers as any call without its database
        finally:
            self._task = None

    def _wake(self, found: Look | None) -> None:
        for one in self._waiters:
            if found is None or one.waiting.is_moved(found):
                one.woken.set()
