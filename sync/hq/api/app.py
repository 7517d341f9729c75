"""The ASGI application: routes, limits of size and load, worker threads, the long poll, problems for what fails."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from app import logs
from sync.hq.api import calls
from sync.hq.api.admission import CASHIER, CHANNELS, FILES, PULL, PUSH, Admission, Lane
from sync.hq.api.channel import channel_events, is_channel
from sync.hq.api.checks import Caller, Refused, authenticate
from sync.hq.api.files import snapshot
from sync.hq.api.http import (
    SENT_SLACK_BYTES,
    Answer,
    Receive,
    Request,
    Scope,
    Send,
    busy,
    problem,
    read_body,
    request_of,
    send,
    send_file,
)
from sync.hq.api.openapi import document
from sync.hq.api.watch import Waiting, Watch
from sync.hq.office import Office, Stamp, stamp_of
from sync.hq.refused import ProblemError
from sync.protocol.bodies import CALL_BYTES_MAX, CHANNEL_EVENTS_MAX, PUSH_BYTES_MAX, PUSH_EVENTS_MAX
from sync.protocol.problems import Problem
from sync.protocol.signing import read_input

T = TypeVar("T")
WRITERS_SQLITE: Final = 1
WRITERS: Final = 12
READERS: Final = 8
FILE_READERS: Final = 2
SCHEMA_PATH: Final = "/schema"
Call = Callable[[Office, Caller, Request], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """One call. `call` None: enrol and heads, which differ."""

    method: str
    path: re.Pattern[str]
    call: Call | None
    lane: Lane
    writes: bool = True
    bytes_max: int = CALL_BYTES_MAX


def _route(method: str, path: str, call: Call | None, lane: Lane, **more: Any) -> Route:
    return Route(method, re.compile("/v1/" + path), call, lane, **more)


ENROL: Final = _route("POST", "enrol", None, CASHIER)
HEADS: Final = _route("GET", "heads", None, PULL, writes=False)
CHANNEL: Final = _route("POST", "channel/events", calls.channel_events, CHANNELS, bytes_max=PUSH_BYTES_MAX)
ROUTES: Final = (
    ENROL,
    HEADS,
    _route("POST", "push", calls.push, PUSH, bytes_max=PUSH_BYTES_MAX),
    _route("GET", "pull", calls.pull, PULL, writes=False),
    _route("GET", "verify", calls.verify, PULL, writes=False),
    _route("GET", "snapshots/[^/]+(/[^/]+)?", snapshot, FILES, writes=False),
    _route("POST", "holds", calls.hold, CASHIER),
    _route("DELETE", "holds/[^/]+", calls.release, CASHIER),
    _route("POST", "members/find", calls.find_members, CASHIER),
    _route("POST", "receipts/find", calls.find_receipt, CASHIER),
    _route("POST", "progress", calls.progress, PULL),
    CHANNEL,
)


class Application:
    """Head office on ASGI. One per process and event loop."""

    def __init__(self, office: Office) -> None:
        self.office = office
        writers = WRITERS_SQLITE if office.database.is_sqlite else WRITERS
        self._writers = ThreadPoolExecutor(writers, thread_name_prefix="hq-write")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="hq-read")
        self._files = ThreadPoolExecutor(FILE_READERS, thread_name_prefix="hq-file")
        self._at_once = 0
        self._admission = Admission(office.clock, office.limits, office.tills_waiting)
        self._stopping = False
        self._watch = Watch(lambda: self._run(self._readers, calls.look, office))

    async def __call__(self, scope: Scope, receive: Receive, send_: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send_)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send_)

    def stop(self) -> None:
        """Let waiting polls answer, so that the server can end. On the loop's thread."""
        self._stopping = True
        self._watch.stop()

    async def _live(self, receive: Receive, send_: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send_({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self._writers.shutdown()
                self._readers.shutdown()
                self._files.shutdown()
                self.office.snapshots.stop()
                await send_({"type": "lifespan.shutdown.complete"})
                return

    async def _serve(self, scope: Scope, receive: Receive, send_: Send) -> None:
        accept = next((v.decode("latin-1") for n, v in scope["headers"] if n.lower() == b"accept-encoding"), "")
        self._at_once += 1
        try:
            answer = await self._answer(scope, receive)
        except ConnectionError:
            return
        except asyncio.CancelledError:
            if not self._stopping:
                raise
            answer = problem(busy(Problem.BUSY, 1), None)  # it took longer than a server that ends may wait
        except Exception as error:  # noqa: BLE001 the top of a request: whatever failed is answered and logged
            logs.event("hq", "request_failed", logging.ERROR, path=scope["path"][:40], error=type(error).__name__)
            answer = problem(ProblemError(Problem.INTERNAL), await self._stamp_if_any())
        finally:
            self._at_once -= 1
        now_ms = self.office.clock.now_ms()
        if answer.file is not None:
            await send_file(send_, answer, answer.file, server_ms=now_ms, read=self._read)
        else:
            await send(send_, answer, accept=accept, server_ms=now_ms)

    async def _read(self, path: Path, start: int, length: int) -> bytes:
        return await self._run(self._files, _piece, path, start, length)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        if scope["path"] == SCHEMA_PATH and scope["method"] == "GET":
            return Answer(200, document(), None)
        try:
            early = request_of(scope, b"")
            route, name = _found(early.method, early.path), _named(early)
            self._check_load(early, route, name)
            body = await read_body(receive, route.bytes_max + SENT_SLACK_BYTES)
            if body is None:
                raise _too_large(route)
            request = request_of(scope, body)
            if route is ENROL:
                return await self._run(self._writers, calls.enrol, self.office, request)
            answer = await self._called(route, request)
            after_s = self._admission.next_after_s(route.lane, name, self._at_once)
            return replace(answer, next_after_ms=round(after_s * 1000))
        except Refused as refused:
            return problem(refused.error, refused.stamp)
        except ProblemError as error:
            return problem(error, await self._run(self._readers, calls.alive, self.office))

    async def _stamp_if_any(self) -> Stamp | None:
        """The version members where the database can still say them."""
        try:
            return await self._run(self._readers, calls.alive, self.office)
        except SQLAlchemyError:
            return None

    def _check_load(self, request: Request, route: Route, name: str) -> None:
        """503 when too much is going on or it is not yet this till's turn, 429 for an address whose enrolments fail."""
        wait_s = self._admission.wait_s(route.lane, name, self._at_once)
        if wait_s:
            raise busy(Problem.BUSY, wait_s)
        if route is ENROL:
            rest_s = self.office.enrol_failures.wait_s(request.address, take=False)
            if rest_s:
                raise busy(Problem.RATE, rest_s)

    async def _called(self, route: Route, request: Request) -> Answer:
        if route is CHANNEL and await self._run(self._readers, is_channel, self.office, request):
            return await self._run(self._writers, channel_events, self.office, request)
        pulls = route.path.pattern == "/v1/pull"
        caller = await self._run(self._readers, _authenticated, self.office, request, pulls)
        try:
            if route.call is None:
                return await self._heads(caller, request)
            pool = self._writers if route.writes else self._readers
            answer = await self._run(pool, route.call, self.office, caller, request)
        except ProblemError as error:
            raise Refused(error, await self._run(self._readers, _stamp, self.office, caller)) from None
        finally:
            if route.writes:
                self._watch.nudge()
        return answer

    async def _heads(self, caller: Caller, request: Request) -> Answer:
        """Answer at once where something moved, else when it does or the wait is over."""
        since, wait_s = calls.heads_wanted(request)
        loop = asyncio.get_running_loop()
        until = loop.time() + wait_s
        waiting = Waiting(caller.incarnation, {name: since.get(name, 0) for name in calls.buckets(caller)})
        while True:
            now, answer = await self._run(self._readers, calls.heads, self.office, caller, since)
            left_s = until - loop.time()
            if now or left_s <= 0 or self._stopping:
                return answer
            self._at_once -= 1  # who only waits keeps nobody out
            try:
                await self._watch.moved(waiting, left_s)
            finally:
                self._at_once += 1

    async def _run(self, pool: ThreadPoolExecutor, work: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, work, *arguments)


def _authenticated(office: Office, request: Request, pulls: bool) -> Caller:
    return authenticate(office, request, pulls=pulls)


def _named(request: Request) -> str:
    """Who the request says it is from; nobody has checked it yet."""
    found = read_input(request.headers.get("signature-input", ""))
    return found.keyid if found is not None else ""


def _piece(path: Path, start: int, length: int) -> bytes:
    with open(path, "rb") as file:
        file.seek(start)
        found = file.read(length)
    if not found:
        raise ConnectionError("the file is shorter than it was")
    return found


def _stamp(office: Office, caller: Caller) -> Stamp:
    with office.database.read() as connection:
        return stamp_of(connection, caller.till)


def _found(method: str, path: str) -> Route:
    """ProblemError `not_found`, `method`."""
    there = [route for route in ROUTES if route.path.fullmatch(path)]
    if path == SCHEMA_PATH:
        raise ProblemError(Problem.METHOD, {"Allow": "GET"})
    if not there:
        raise ProblemError(Problem.NOT_FOUND)
    for route in there:
        if route.method == method:
            return route
    raise ProblemError(Problem.METHOD, {"Allow": ", ".join(sorted(route.method for route in there))})


def _too_large(route: Route) -> ProblemError:
    members: Mapping[str, int] = {"bytes_max": route.bytes_max}
    if route.bytes_max == PUSH_BYTES_MAX:
        members = {**members, "events_max": CHANNEL_EVENTS_MAX if route is CHANNEL else PUSH_EVENTS_MAX}
    return ProblemError(Problem.TOO_LARGE, **members)
