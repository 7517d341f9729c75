"""The sync process of a till (`guitai sync`): started by the till's own process, spoken to through stdin and stdout.

The first frame brings the opened device key: it is never in argv, in the environment or on the disk. At the end of
stdin the process ends, so that none survives its parent. No Qt is imported here.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app import logs
from app.clock import SystemClock
from app.errors import ConfigError, GuitaiError, SyncError
from app.failpoints import Failpoints
from app.store import keys, rotation
from app.store.connect import TILL, connect, faults
from app.store.enrolled import HeadOffice, head_office
from app.store.files import Identity as FileIdentity
from app.store.files import read_identity
from app.store.folder import TILL_FILE, FolderLock
from app.store.syncing import TillSync
from app.store.vault import Secrets
from app.wiring.folders import data_option
from app.workers import Worker
from sync.till.pipe import Pipe, PipeError
from sync.till.runner import Around, Runner
from sync.till.transport import Identity, Wire, client

LOG_FILE = "sync.log"
NICE = 5
END_WITHIN_S = 10.0


@click.command("sync")
@data_option
def sync(folder: Path) -> int:
    """Keep a till and head office the same. Started by the till itself."""
    if sys.stdin.isatty():
        raise ConfigError("sync_by_hand")
    pipe = Pipe(sys.stdin.buffer, sys.stdout.buffer)
    try:
        hello = pipe.read()
        handed = _secrets(hello)
    except PipeError:
        raise ConfigError("sync_by_hand") from None
    if hasattr(os, "nice"):
        os.nice(NICE)
    handlers = tuple(logs.to_file(folder / LOG_FILE))
    try:
        with FolderLock(folder, "sync"):
            asyncio.run(_run(folder, handed, pipe))
    except GuitaiError as error:
        logs.event("sync", "ended", code=error.code)
        _try_write(pipe, {"push": "ended", "code": error.code})
        raise
    finally:
        for handler in handlers:
            handler.close()
    return 0


def _secrets(hello: Mapping[str, Any] | None) -> Secrets:
    try:
        if hello is None:
            raise ConfigError("sync_by_hand")
        return Secrets(bytes.fromhex(hello["device_key"]), bytes.fromhex(hello["pepper"]))
    except (KeyError, TypeError, ValueError):
        raise ConfigError("sync_by_hand") from None


async def _run(folder: Path, handed: Secrets, pipe: Pipe) -> None:
    office, identity, signing = enrolled(folder, handed)
    loop = asyncio.get_running_loop()
    disk = Worker("sync-disk")

    def open_store() -> TillSync:
        return TillSync(folder, keys.load(folder, {}, handed), SystemClock(), lambda _: None)

    store = await asyncio.wrap_future(disk.submit(open_store))
    try:
        async with client(office.url, trust(office)) as http:
            wire = Wire(http, Identity(identity.till_id, identity.epoch, signing), SystemClock())
            around = Around(
                store, disk, wire, SystemClock(), lambda frame: _try_write(pipe, frame), Failpoints(os.environ)
            )
            runner = Runner(around)
            threading.Thread(target=_listen, args=(pipe, runner, loop), name="sync-pipe", daemon=True).start()
            logs.event("sync", "started", epoch=identity.epoch)
            await runner.run()
    finally:
        await asyncio.wrap_future(disk.submit(store.close))
        disk.close()


def enrolled(folder: Path, handed: Secrets) -> tuple[HeadOffice, FileIdentity, Ed25519PrivateKey]:
    """Where head office is, who this till is, and its signing key. ConfigError `not_enrolled`."""
    ring = keys.load(folder, {}, handed)
    path = folder / TILL_FILE
    till = connect(path, ring.key(TILL_FILE), TILL)
    try:
        with faults(path):
            office = head_office(till)
            if office is not None:
                office = rotation.settled(till, folder, ring, office)
        identity = read_identity(till, path)
    finally:
        till.close()
    if office is None:
        raise ConfigError("not_enrolled")
    return office, identity, rotation.signing_key(ring, office.key_name)


def trust(office: HeadOffice) -> ssl.SSLContext:
    """Whose certificates count: those named at enrolment alone, else those of the system."""
    return ssl.create_default_context(cadata=office.authority or None)


def _listen(pipe: Pipe, runner: Runner, loop: asyncio.AbstractEventLoop) -> None:
    """Commands until the other side is gone; then this process ends, by force if its loop does not."""
    try:
        while (frame := pipe.read()) is not None:
            asyncio.run_coroutine_threadsafe(_answer(pipe, runner, frame), loop)
    except PipeError:
        logs.event("sync", "pipe_broken")
    timer = threading.Timer(END_WITHIN_S, os._exit, (1,))
    timer.daemon = True
    timer.start()
    try:
        loop.call_soon_threadsafe(runner.stop)
    except RuntimeError:
        return  # the loop has ended already


async def _answer(pipe: Pipe, runner: Runner, frame: Mapping[str, Any]) -> None:
    number = frame.get("id")
    try:
        ok = await runner.command(str(frame.get("do", "")), frame)
    except SyncError as error:
        if number is not None:
            _try_write(pipe, {"id": number, "error": error.code, "facts": error.facts})
        return
    if number is not None:
        _try_write(pipe, {"id": number, "ok": ok})


def _try_write(pipe: Pipe, frame: Mapping[str, Any]) -> None:
    """A parent that is gone hears nothing; the end of stdin ends us."""
    try:
        pipe.write(frame)
    except OSError:
        return
