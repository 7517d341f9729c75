"""The sync process's runner in the test's own process, against whoever listens at an address."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.clock import SystemClock
from app.errors import SyncError
from app.failpoints import NO_FAILPOINTS
from app.store import keys
from app.store.syncing import TillSync
from app.workers import Worker
from sync.till.runner import Around, Runner
from sync.till.transport import Identity, Request, Wire, client

WAIT_S = 60
LOOK_EVERY_S = 0.005
News = list[Mapping[str, Any]]


def run(data: Path, address: str, until: Callable[[Runner, News, list[str]], bool]) -> tuple[News, list[str]]:
    """Run until the news or the calls made are as wanted; all news, and each call with its status."""
    ring = keys.load(data, os.environ)
    news: News = []
    paths: list[str] = []
    disk = Worker("test-disk")
    store = disk.submit(lambda: TillSync(data, ring, SystemClock(), lambda _: None)).result()
    found = store.load

    class Watched(Wire):
        async def call(self, request: Request, seen: Any) -> Any:
            reply = await super().call(request, seen)
            paths.append(f"{request.path} {getattr(reply, 'status', reply)}")
            return reply

    async def whole() -> None:
        state = disk.submit(found).result()
        key = Ed25519PrivateKey.from_private_bytes(ring.key("signing-1").raw)
        async with client(address, ssl.create_default_context()) as http:
            wire = Watched(http, Identity(state.till_id, state.epoch, key), SystemClock())
            runner = Runner(Around(store, disk, wire, SystemClock(), news.append, NO_FAILPOINTS))
            with pytest.raises(SyncError, match="sync_starting"):
                await runner.command("sync_now", {})
            async with asyncio.timeout(WAIT_S):
                task = asyncio.create_task(runner.run())
                while not until(runner, news, paths):
                    assert not task.done(), task.exception()
                    await asyncio.wait((task,), timeout=LOOK_EVERY_S)  # let the runner go on
                await runner.command("stop", {})
                await task

    try:
        asyncio.run(whole())
    finally:
        disk.submit(store.close).result()
        disk.close()
    return news, paths
