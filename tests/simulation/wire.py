"""Head office without a network: the till's real transport against the real calls, request by request, in this thread.

A request is built and signed as on the wire; `HeadOffice.serve` authenticates it and runs its call in one go. The world
decides when a request arrives, whether twice, and whether its answer does.
"""

from __future__ import annotations

import types
from collections.abc import AsyncIterator, Coroutine, Generator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

import httpx
from sqlalchemy.exc import DBAPIError

from sync.hq.api import app as api
from sync.hq.api import calls, http
from sync.hq.api.checks import Caller, Refused, authenticate
from sync.hq.api.http import Request, problem
from sync.hq.api.watch import Waiting
from sync.hq.office import Office, stamp_of
from sync.hq.refused import ProblemError
from sync.protocol.problems import Problem

T = TypeVar("T")
ADDRESS = "http://head.office"


@dataclass(frozen=True)
class Answer:
    """An answer as it travels. `waits`: what a heads that has nothing to say yet waits for."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    waits: Waiting | None = None


def finished(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits."""
    try:
        work.send(None)
    except StopIteration as end:
        value: T = end.value
        return value
    raise AssertionError("nothing here may wait")


@dataclass
class HeadOffice:
    """The calls of `/v1` as the application makes them, threads and long poll left out."""

    office: Office
    _waits: Waiting | None = None

    def serve(self, request: Request) -> Answer:
        """The answer as its bytes leave."""
        self._waits = None
        answer, sent = self._answer(request), _Sent()
        now_ms = self.office.clock.now_ms()
        if answer.file is None:
            work = http.send(sent, answer, accept=request.headers.get("accept-encoding", ""), server_ms=now_ms)
        else:
            work = http.send_file(sent, answer, answer.file, server_ms=now_ms, read=_piece)
        finished(work)
        return Answer(sent.status, sent.headers, bytes(sent.body), self._waits)

    def _answer(self, request: Request) -> http.Answer:
        try:
            caller = authenticate(self.office, request, pulls=request.path == "/v1/pull")
            try:
                return self._called(caller, request)
            except ProblemError as error:
                with self.office.database.read() as connection:
                    raise Refused(error, stamp_of(connection, caller.till)) from None
        except Refused as refused:
            return problem(refused.error, refused.stamp)
        except ProblemError as error:
            return problem(error, calls.alive(self.office))
        except DBAPIError:  # what the application answers when a call fails (api/app.py)
            return problem(ProblemError(Problem.INTERNAL), calls.alive(self.office))

    def _called(self, caller: Caller, request: Request) -> http.Answer:
        route = api._found(request.method, request.path)
        if route is api.HEADS:
            since, _ = calls.heads_wanted(request)
            moved, answer = calls.heads(self.office, caller, since)
            mine = {bucket: since.get(bucket, 0) for bucket in calls.buckets(caller)}
            self._waits = None if moved else Waiting(caller.incarnation, mine)
            return answer
        if route.call is None:
            raise AssertionError(request.path)
        return route.call(self.office, caller, request)


async def _piece(path: Any, start: int, length: int) -> bytes:
    return api._piece(path, start, length)


@dataclass
class _Sent:
    """The end of an ASGI connection that keeps what it is sent."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in message["headers"]}
        self.body += message.get("body", b"")


class Talk(Generic[T]):
    """Work of the till's real transport, stopped wherever it waits for the network: `request` is on its way then."""

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        self._work = work
        self.request: Request | None = None
        self._found: list[T] = []
        self._next(None)

    def answered(self, answer: Answer) -> None:
        """Go on with an answer; afterwards there is another `request`, or the `result`."""
        self._next(answer)

    @property
    def asks(self) -> Request:
        """The request that is to be sent."""
        if self.request is None:
            raise AssertionError("nothing is asked any more")
        return self.request

    @property
    def result(self) -> T:
        return self._found[0]

    def _next(self, answer: Answer | None) -> None:
        self.request = None
        try:
            self.request = self._work.send(answer)
        except StopIteration as end:
            self._found.append(end.value)


@types.coroutine
def _ask(request: Request) -> Generator[Request, Answer, Answer]:
    return (yield request)


class Line:
    """What the till's transport needs of its HTTP client: each request goes to whoever runs the `Talk`."""

    base_url = ADDRESS

    def stream(self, method: str, url: str, *, content: bytes, headers: Mapping[str, str], timeout: object) -> _Stream:
        """See httpx.AsyncClient; a world keeps its own time, so no limit is kept here."""
        path, _, query = url.partition("?")
        lower = {name.lower(): value for name, value in headers.items()}
        return _Stream(Request(method, path, query, lower, content, "sim"))


def line() -> httpx.AsyncClient:
    """A client whose bytes leave and arrive through the world."""
    return cast(httpx.AsyncClient, Line())


class NoLimit:
    """How long an exchange may take is the world's to say."""

    def __init__(self, _: float) -> None:
        pass

    async def __aenter__(self) -> NoLimit:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    def when(self) -> float | None:
        """See asyncio.Timeout."""
        return None

    def reschedule(self, when: float | None) -> None:
        """See asyncio.Timeout."""


@dataclass
class _Stream:
    request: Request

    async def __aenter__(self) -> _Response:
        answer = await _ask(self.request)
        return _Response(answer.status, httpx.Headers(answer.headers), answer.body)

    async def __aexit__(self, *_: object) -> None:
        return None


@dataclass(frozen=True)
class _Response:
    status_code: int
    headers: httpx.Headers
    body: bytes

    async def aiter_raw(self) -> AsyncIterator[bytes]:
        yield self.body
