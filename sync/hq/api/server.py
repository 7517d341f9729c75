"""Runs the application: uvicorn on a socket made with IPPROTO_TCP, without which Nagle adds 40 ms an answer."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from sync.hq.api.app import Application
from sync.hq.office import Office

BACKLOG = 1024
CLOSE_S = 10
"""How long an ending server waits for requests in hand; waiting polls answer at once."""
KEEP_ALIVE_S = 65


@dataclass(frozen=True, slots=True)
class Listening:
    """Where to listen; port 0 takes a free one. `certificate` and `key`: PEM files, both or neither."""

    host: str = "127.0.0.1"
    port: int = 0
    certificate: Path | None = None
    key: Path | None = None


class _Uvicorn(uvicorn.Server):
    """Without handlers of its own: whoever runs the process says what its signals do.

    uvicorn's would end it before the waiting polls are told, and then raise the signal once more.
    """

    on_started: Callable[[], None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.on_started is not None and not self.should_exit:
            self.on_started()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Server:
    """One serving process or thread. `run` blocks until `stop`."""

    def __init__(self, office: Office, where: Listening, listener: socket.socket | None = None) -> None:
        """`listener`: a bound socket that workers share, in place of one of its own."""
        self._application = Application(office)
        self._socket = listener or listening_socket(where.host, where.port)
        config = uvicorn.Config(
            self._application,
            http="h11",
            ws="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            log_level="critical",
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=CLOSE_S,
            ssl_certfile=where.certificate,
            ssl_keyfile=where.key,
        )
        self._server = _Uvicorn(config)
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self.address = self._socket.getsockname()[:2]

    def run(self, *, started: Callable[[], None] | None = None) -> None:
        """Serve on this thread; `started` is called on the loop once requests are taken."""
        asyncio.run(self._serve(started))

    async def _serve(self, started: Callable[[], None] | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._server.on_started = started
        if self._stopping:
            self._end()
        try:
            await self._server.serve(sockets=[self._socket])
        finally:
            self._application.stop()
            self._socket.close()

    def stop(self) -> None:
        """End soon; waiting polls answer first. Any thread, signal handlers too."""
        self._stopping = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        self._application.stop()
        self._server.should_exit = True


def listening_socket(host: str, port: int) -> socket.socket:
    """A bound TCP socket whose protocol is named: asyncio sets TCP_NODELAY only then."""
    found = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind((host, port))
    found.listen(BACKLOG)
    return found
