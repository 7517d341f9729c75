"""The runner in this process against a real head office: progress is told, a disk that fails for now is waited out."""

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
from app.errors import StoreError, SyncError
from app.failpoints import NO_FAILPOINTS
from app.store import keys
from app.store.syncing import TillSync
from app.workers import Worker
from sync.till import runner as running
from sync.till.runner import Around, Runner
from sync.till.transport import Identity, Request, Wire, client
from tests.support.head_office import HeadOffice

WAIT_S = 60


def run(
    data: Path, office: HeadOffice, until: Callable[[Runner, list[Mapping[str, Any]], list[str]], bool]
) -> tuple[list[Mapping[str, Any]], list[str]]:
    """Run until the news or the paths asked for are as wanted; all news, and the paths."""
    ring = keys.load(data, os.environ)
    news: list[Mapping[str, Any]] = []
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
        async with client(office.address, ssl.create_default_context()) as http:
            wire = Watched(http, Identity(state.till_id, state.epoch, key), SystemClock())
            runner = Runner(Around(store, disk, wire, SystemClock(), news.append, NO_FAILPOINTS))
            with pytest.raises(SyncError, match="sync_starting"):
                await runner.command("sync_now", {})
            async with asyncio.timeout(WAIT_S):
                task = asyncio.create_task(runner.run())
                while not until(runner, news, paths):
                    assert not task.done(), task.exception()
                    await asyncio.wait((task,), timeout=0)  # let the runner go on
                await runner.command("stop", {})
                await task

    try:
        asyncio.run(whole())
    finally:
        disk.submit(store.close).result()
        disk.close()
    return news, paths


def test_head_office_is_told_how_far_this_till_is(
    office: HeadOffice, data: Path, enrol: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert enrol(office.address, office.code()) == 0
    monkeypatch.setattr(running, "PROGRESS_EVERY_S", 0.0)
    _, paths = run(data, office, lambda _runner, _news, paths: any(path.startswith("/progress") for path in paths))
    assert "/progress 200" in paths


def test_a_disk_that_fails_for_now_is_waited_out_and_said(
    office: HeadOffice, data: Path, enrol: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert enrol(office.address, office.code()) == 0
    monkeypatch.setattr(running, "DISK_AGAIN_S", 0.01)
    whole, failed = TillSync.start_incarnation, []

    def full_at_first(store: TillSync, seen: Any) -> None:
        if len(failed) < 3:
            failed.append(seen)
            raise StoreError("disk_full")
        whole(store, seen)

    monkeypatch.setattr(TillSync, "start_incarnation", full_at_first)
    news, _ = run(data, office, lambda _runner, news, _paths: bool(news) and news[-1].get("phase") == "idle")
    said = [(one["phase"], one["problem"]) for one in news if one["push"] == "status"]
    assert ("trouble", "disk_full") in said
    assert said[-1] == ("idle", "")
