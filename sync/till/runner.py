"""The sync process around the machine: one event loop, disk effects one after another on one thread, requests as tasks.

Inputs come from the wire, the disk, a clock and the till's process; every effect is carried out as the machine names
it. Errors of the disk are waited out: nothing was changed then, and the same effect is tried again.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from app.clock import Clock
from app.domain.events import Measured
from app.errors import StoreError, SyncError
from app.failpoints import Failpoint, Failpoints
from app.services.sync_ports import BackOff, SyncStore
from app.version import VERSION
from app.workers import Worker
from sync.protocol.shapes import Pending, ProgressRequest
from sync.till import disk
from sync.till.answers import BACK_OFF_MAX_MS
from sync.till.calls import SideCalls
from sync.till.machine import Moment, begin, step
from sync.till.pace import Pace
from sync.till.report import Heard, Report, paced, report
from sync.till.state import State, waiting
from sync.till.transport import Request, Wire
from sync.till.values import (
    Answered,
    ApplyPage,
    Call,
    Compare,
    DiskEffect,
    Drop,
    Effect,
    Grown,
    Input,
    KeepPiece,
    LoadFile,
    Loss,
    Lost,
    ReplaceSlice,
    Send,
    StoreResults,
    SwitchGeneration,
    SyncNow,
    Tick,
    Wake,
)

T = TypeVar("T")

LOOK_EVERY_S = 0.5
DISK_AGAIN_S = 5.0
CACHE_FILES = "cache-"
PROGRESS_EVERY_S = 60.0
COMPARE_WITHIN_S, COMPARE_EVERY_S = 8 * 3_600, 24 * 3_600
"""The rows are counted again at a minute of chance after the start, within what a shop is open, and daily then."""
NS_PER_MS = 1_000_000
CLOCK_MOVED_MS, CLOCK_EVERY_MS = 1_000, 10 * 60_000
PLACES: Mapping[type, tuple[Failpoint, Failpoint]] = {
    StoreResults: (Failpoint.SYNC_BEFORE_RESULTS, Failpoint.SYNC_AFTER_RESULTS),
    ApplyPage: (Failpoint.SYNC_BEFORE_PAGE, Failpoint.SYNC_AFTER_PAGE),
    KeepPiece: (Failpoint.SYNC_BEFORE_PIECE, Failpoint.SYNC_AFTER_PIECE),
    LoadFile: (Failpoint.SYNC_BEFORE_LOAD, Failpoint.SYNC_AFTER_LOAD),
    SwitchGeneration: (Failpoint.SYNC_BEFORE_SWITCH, Failpoint.SYNC_AFTER_SWITCH),
}
CHANGES: Mapping[type, str] = {
    StoreResults: "results",
    ApplyPage: "members",
    LoadFile: "members",
    ReplaceSlice: "members",
    SwitchGeneration: "generation",
}


@dataclass(frozen=True, slots=True)
class Around:
    """What the runner works with. `tell` sends a frame of news to the till's process."""

    store: SyncStore
    disk: Worker
    wire: Wire
    clock: Clock
    tell: Callable[[Mapping[str, Any]], None]
    failpoints: Failpoints


class Runner:
    """One run of synchronisation; all methods belong to its event loop."""

    def __init__(self, around: Around) -> None:
        self._around = around
        self._calls = SideCalls(around.wire)
        self._state: State | None = None
        self._inputs: asyncio.Queue[Input] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._exchange: asyncio.Task[None] | None = None
        self._wake: asyncio.TimerHandle | None = None
        self._look = asyncio.Event()
        self._stop = asyncio.Event()
        self._told: Report | None = None
        self._pace = Pace()
        self._success_ms = 0
        self._noted: Measured | None = None
        self._waited = BackOff()
        self._trouble = ""
        self._progress_at = time.monotonic()
        self._compare_at = time.monotonic() + secrets.randbelow(COMPARE_WITHIN_S)
        self._failure: BaseException | None = None

    async def run(self) -> None:
        """Until `stop`. StoreError when the files cannot even be read."""
        state = begin(await self._on_disk(lambda: disk.load(self._around.store)))
        self._waited = await self._on_disk(self._around.store.back_off)
        self._state = waiting(state, self._left_of(self._waited), _steady_ms())
        self._task(self._watch())
        self._task(self._take_all())
        self._inputs.put_nowait(Tick())
        try:
            await self._stop.wait()
        finally:
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._failure is not None:
            raise self._failure  # a bug ends this process; the till starts another

    def stop(self) -> None:
        """End soon; what is on its way to the disk still gets there."""
        self._stop.set()

    async def command(self, name: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do what the till's process asks. SyncError says why not."""
        if self._state is None:
            raise SyncError("sync_starting")
        match name:
            case "grown":
                self._look.set()
                return {}
            case "sync_now":
                checks = self._state.checks
                await self._grow()
                self._inputs.put_nowait(SyncNow())
                return {"checks": checks}
            case "stop":
                self.stop()
                return {}
        return await self._calls.command(name, given, self._state.durable.seen)

    # ---- inputs

    async def _take_all(self) -> None:
        while True:
            self._give(await self._inputs.get())

    def _give(self, given: Input) -> None:
        assert self._state is not None  # run() loads it before anything is queued
        self._state, effects = step(self._state, given, Moment(_steady_ms(), secrets.randbelow))
        if isinstance(given, Answered) and not self._state.problem:
            self._success_ms = self._around.clock.now_ms()
        for effect in effects:
            self._do(effect)
        self._note_clock()
        self._note_back_off(self._state)
        self._tell()

    def _note_clock(self) -> None:
        """Keep what was measured of head office's clock, when it says something new."""
        wire, noted = self._around.wire, self._noted
        found = Measured(wire.offset_ms or 0, wire.measured_ms)
        old = noted is not None and found.at_ms - noted.at_ms < CLOCK_EVERY_MS
        if not found.at_ms or (old and noted is not None and abs(found.offset_ms - noted.offset_ms) < CLOCK_MOVED_MS):
            return
        self._noted = found
        self._task(self._write_clock(found))

    async def _write_clock(self, found: Measured) -> None:
        with suppress(StoreError):  # the next effect says what is wrong
            await self._on_disk(lambda: self._around.store.note_clock(found))

    def _note_back_off(self, state: State) -> None:
        """Keep how long to wait when that changed: to start the program again is no way around it."""
        if state.failures == self._waited.failures:
            return
        steady_ms, now_ms = _steady_ms(), self._around.clock.now_ms()
        own_ms, server_ms = state.own_wait_until_ms - steady_ms, state.server_wait_until_ms - steady_ms
        found = BackOff(state.failures, now_ms + max(0, own_ms), now_ms + max(0, server_ms))
        self._waited = found
        self._task(self._write_back_off(found))

    async def _write_back_off(self, found: BackOff) -> None:
        with suppress(StoreError):  # the next effect says what is wrong
            await self._on_disk(lambda: self._around.store.note_back_off(found))

    def _left_of(self, kept: BackOff) -> tuple[int, int, int]:
        """What is left of a wait by the wall clock, which may have been set meanwhile: never more than the longest."""
        now_ms = self._around.clock.now_ms()
        left = [min(max(0, until - now_ms), BACK_OFF_MAX_MS) for until in (kept.until_ms, kept.server_until_ms)]
        return kept.failures, left[0], left[1]

    def _do(self, effect: Effect) -> None:
        match effect:
            case Send():
                self._exchange = self._task(self._send(effect))
            case Drop():
                if self._exchange is not None:
                    self._exchange.cancel()
                    self._exchange = None
            case Wake(after_ms=after_ms):
                if self._wake is not None:
                    self._wake.cancel()
                loop = asyncio.get_running_loop()
                self._wake = loop.call_later(after_ms / 1000, self._inputs.put_nowait, Tick())
            case _:
                self._task(self._write(effect))

    async def _send(self, send: Send) -> None:
        if send.call is Call.PUSH:
            self._around.failpoints.hit(Failpoint.SYNC_BEFORE_PUSH)
        found = await self._around.wire.exchange(send)
        if send.call is Call.PUSH:
            self._around.failpoints.hit(Failpoint.SYNC_AFTER_PUSH)
        if isinstance(found, Loss):
            self._inputs.put_nowait(Lost(send.no, found))
        else:
            self._inputs.put_nowait(Answered(send.no, *found))

    async def _write(self, effect: DiskEffect) -> None:
        before, after = PLACES.get(type(effect), (None, None))
        while True:
            try:
                self._hit(before)
                found = await self._on_disk(lambda: disk.carry_out(self._around.store, effect))
                self._hit(after)
                break
            except StoreError as error:
                if str(error.facts.get("file", "")).startswith(CACHE_FILES) and error.code == "file_damaged":
                    raise  # this process ends; the next one lets go of the cache and fetches all of it again
                self._trouble = error.code
                self._tell()
                await asyncio.sleep(DISK_AGAIN_S)
        self._trouble = ""
        self._inputs.put_nowait(found)
        topic = CHANGES.get(type(effect))
        if topic is not None:
            self._around.tell({"push": "changed", "topic": topic})

    def _hit(self, place: Failpoint | None) -> None:
        if place is not None:
            self._around.failpoints.hit(place)

    # ---- the till's own doing

    async def _watch(self) -> None:
        """New events are told by the till's process, and looked for in case that news was lost."""
        while True:
            with suppress(TimeoutError):  # not wait_for: on 3.11 it loses a cancellation that comes with the news
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._look.wait()
            self._look.clear()
            await self._grow()
            await self._progress()
            if time.monotonic() >= self._compare_at:
                self._compare_at += COMPARE_EVERY_S
                self._inputs.put_nowait(Compare())

    async def _grow(self) -> None:
        try:
            last = await self._on_disk(self._around.store.last_seq)
        except StoreError:
            return  # the next effect says what is wrong
        if self._state is not None and last > self._state.durable.last_seq:
            self._inputs.put_nowait(Grown(last))

    async def _progress(self) -> None:
        """Tell head office how far this till is, while nothing else is asked of it."""
        state = self._state
        quiet = state is not None and state.exchange is not None and state.exchange.wait_s > 0
        if state is None or not quiet or time.monotonic() - self._progress_at < PROGRESS_EVERY_S:
            return
        self._progress_at = time.monotonic()
        try:
            outbox = await self._on_disk(self._around.store.outbox)
            cache_no = await self._on_disk(self._around.store.cache_no)
        except StoreError:
            return  # the next effect says what is wrong
        body = ProgressRequest(
            cursors=dict(state.durable.cursors),
            version=VERSION,
            cache_no=cache_no,
            pending=Pending(events=outbox.events, oldest_ms=outbox.oldest_ms),
            health={"problem": state.problem or "none", "repaired": state.repaired},
        )
        await self._around.wire.call(Request("POST", "/progress", body=body), state.durable.seen)

    def _tell(self) -> None:
        if self._state is None:
            return
        wire = self._around.wire
        seen = Heard(self._success_ms, wire.offset_ms or 0, wire.measured_ms)
        now_ms = time.monotonic_ns() // NS_PER_MS
        found, self._pace = paced(report(self._state, seen, self._trouble), self._pace, now_ms)
        if found != self._told:
            self._told = found
            self._around.tell({"push": "status", **asdict(found)})

    async def _on_disk(self, job: Callable[[], T]) -> T:
        return await asyncio.wrap_future(self._around.disk.submit(job))

    def _task(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._failure = task.exception()
            self._stop.set()


def _steady_ms() -> int:
    """The clock of the machine's waits."""
    return time.monotonic_ns() // NS_PER_MS
