"""The synchronisation of a pair's till: the real runner and the real wire, in a thread instead of a process."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from app.clock import Clock
from app.errors import SyncError
from app.failpoints import NO_FAILPOINTS
from app.store import keys
from app.store.syncing import TillSync
from app.wiring.till_sync import enrolled, trust
from app.workers import Worker
from sync.till import disk
from sync.till.runner import Around, Runner
from sync.till.transport import Identity, Wire, client
from sync.till.values import Call, Prepared, PreparePush, Pushed, Send

WAIT_S: Final = 60
T = TypeVar("T")


class PairSync:
    """Runs until `close`. Any thread but its own."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        self._bell = threading.Condition()
        self._status: Mapping[str, Any] = {}
        self._running = False
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._main, name="pair-sync")
        self._thread.start()
        self._until(lambda: self._running and "checks" in self._status)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(WAIT_S)
        self._thread.join(WAIT_S)

    def synced(self, last_seq: int) -> None:
        """Everything this till wrote has its result, and all that head office has is here. SyncError otherwise."""
        checks = self._ask(self._runner.command("sync_now", {}))["checks"]
        self._until(
            lambda: (
                self._status["checks"] > checks
                and self._status["resulted"] >= last_seq
                and not self._status["building"]
            )
        )

    def hold(self, hold_id: str, points: int, **of: str) -> None:
        """Points of `account_id`, or the one `coupon_id`. SyncError `hold_insufficient` and the like."""
        self._ask(self._runner.command("hold", {"hold_id": hold_id, "points": points, **of}))

    def again(self, seq: int) -> str:
        """Deliver one event a second time; what head office says of it."""
        return self._ask(self._again(seq))

    def _main(self) -> None:
        try:
            asyncio.run(self._whole())
        except BaseException as error:  # noqa: BLE001 the top of a thread: told to whoever waits
            with self._bell:
                self._failure = error
                self._bell.notify_all()

    async def _whole(self) -> None:
        self._loop = asyncio.get_running_loop()
        ring = keys.load(self._folder, os.environ)
        office, identity, signing = enrolled(self._folder, ring.secrets)
        self._disk = Worker("pair-disk")
        self._store = await self._on_disk(lambda: TillSync(self._folder, ring, self._clock, lambda _: None))
        try:
            async with client(office.url, trust(office)) as http:
                self._wire = Wire(http, Identity(identity.till_id, identity.epoch, signing), self._clock)
                around = Around(self._store, self._disk, self._wire, self._clock, self._heard, NO_FAILPOINTS)
                self._runner = Runner(around)
                self._running = True
                await self._runner.run()
        finally:
            await self._on_disk(self._store.close)
            self._disk.close()

    async def _stop(self) -> None:
        self._runner.stop()

    async def _again(self, seq: int) -> str:
        prepared = await self._on_disk(lambda: disk.carry_out(self._store, PreparePush(seq, 1)))
        durable = await self._on_disk(lambda: disk.load(self._store))
        if not isinstance(prepared, Prepared):
            raise AssertionError("a prepared batch was asked for")
        found = await self._wire.exchange(Send(0, Call.PUSH, durable.seen, push=prepared))
        if isinstance(found, tuple) and isinstance(found[1], Pushed):
            return found[1].results[0].outcome
        return str(found)

    def _heard(self, news: Mapping[str, Any]) -> None:
        with self._bell:
            if news.get("push") == "status":
                self._status = news
            self._bell.notify_all()

    def _until(self, holds: Any) -> None:
        end = time.monotonic() + WAIT_S
        with self._bell:
            while not holds():
                left = end - time.monotonic()
                if self._failure is not None:
                    raise self._failure
                if left <= 0:
                    raise SyncError("sync_timeout")
                self._bell.wait(min(left, 1))

    def _ask(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(WAIT_S)

    async def _on_disk(self, job: Any) -> Any:
        return await asyncio.wrap_future(self._disk.submit(job))
