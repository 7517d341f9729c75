"""A request that takes longer than an ending server may wait is answered, not torn."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from sync.hq.api.app import Application
from tests.support.head_office import HeadOffice

SCOPE = {"type": "http", "method": "POST", "path": "/v1/push", "query_string": b"", "headers": [], "client": None}


def cancelled(office: HeadOffice, *, ending: bool) -> list[MutableMapping[str, Any]]:
    """What a request says that never gets its body and is cancelled."""
    said: list[MutableMapping[str, Any]] = []
    reading = asyncio.Event()

    async def receive() -> dict[str, Any]:
        reading.set()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        said.append(message)

    async def run() -> None:
        application = Application(office.office)
        call = asyncio.create_task(application(dict(SCOPE), receive, send))
        await reading.wait()
        if ending:
            application.stop()
        call.cancel()
        await call

    asyncio.run(run())
    return said


def test_while_ending_it_is_told_to_come_again(hq: HeadOffice) -> None:
    said = cancelled(hq, ending=True)
    assert said[0]["status"] == 503


def test_otherwise_a_cancelled_request_is_left(hq: HeadOffice) -> None:
    with pytest.raises(asyncio.CancelledError):
        cancelled(hq, ending=False)
