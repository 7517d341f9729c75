"""Head office without a network: the till's real transport against the real calls, request by request, in this thread.

A request is built and signed as on the wire; `HeadOffice.serve` authenticates it and runs its call in one go. The world
decides when a request arrives, whether twice, and whether its answer does.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from sqlalchemy.exc import DBAPIError

from sync.hq.api import app as api
from sync.hq.api import calls
from sync.hq.api.checks import Caller, Refused, authenticate
from sync.hq.api.http import Answer, Request, members, problem
from sync.hq.office import Office, stamp_of
from sync.hq.refused import ProblemError
from sync.protocol.problems import Problem

T = TypeVar("T")
ADDRESS = "http://head.office"


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

    def serve(self, request: Request) -> tuple[int, bytes]:
        """Status and JSON body, version members included."""
        answer = self._answer(request)
        body = answer.body
        if answer.stamp is not None:
            retry = answer.headers.get("Retry-After")
            extra = members(answer.stamp, self.office.clock.now_ms(), int(retry) * 1000 if retry else 0)
            body = json.dumps(json.loads(body) | extra).encode()
        return answer.status, body

    def _answer(self, request: Request) -> Answer:
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

    def _called(self, caller: Caller, request: Request) -> Answer:
        route = api._found(request.method, request.path)
        if route is api.HEADS:
            since, _ = calls.heads_wanted(request)
            return calls.heads(self.office, caller, since)[1]
        if route.call is None:
            raise AssertionError(request.path)
        return route.call(self.office, caller, request)


class Captured(httpx.AsyncBaseTransport):
    """Gives the request to whoever asks, and an answer given beforehand back: the client's two halves apart."""

    def __init__(self) -> None:
        self._request: Request | None = None
        self._answer: tuple[int, bytes] | None = None

    def taken(self) -> Request:
        """The request built last."""
        found, self._request = self._request, None
        if found is None:
            raise AssertionError("every request is captured")
        return found

    @contextmanager
    def answering(self, answer: tuple[int, bytes]) -> Iterator[None]:
        """The next request is answered so."""
        self._answer = answer
        try:
            yield
        finally:
            self._answer = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode("ascii")
        path, _, query = target.partition("?")
        headers = {name.lower(): value for name, value in request.headers.items()}
        self._request = Request(request.method, path, query, headers, await request.aread(), "sim")
        if self._answer is None:
            raise httpx.ConnectError("captured")
        status, body = self._answer
        return httpx.Response(status, headers={"Content-Type": "application/json"}, stream=_Body(body))


class _Body(httpx.AsyncByteStream):
    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body
