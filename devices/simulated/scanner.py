"""A scanner that sends codes over a pseudo terminal or TCP, as a serial scanner would. For demos and tests."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import sys
import threading
from types import TracebackType

TURN_S = 0.05


class PtyScanner:
    """The machine's end of a pseudo terminal is `name`; what `send` writes can be read there. Linux and macOS."""

    def __init__(self) -> None:
        if sys.platform == "win32":
            raise OSError("no pseudo terminals on Windows: use the TCP scanner")
        import tty

        self._ours, self._theirs = os.openpty()
        tty.setraw(self._ours)
        self.name = os.ttyname(self._theirs)

    def send(self, data: bytes) -> None:
        """Bytes as they leave the scanner."""
        os.write(self._ours, data)

    def scan(self, code: str, *, end: str = "\r\n") -> None:
        """One code with its terminator."""
        self.send((code + end).encode())

    def unplug(self) -> None:
        """Pull the plug: the port's name is gone."""
        for end in (self._ours, self._theirs):
            with contextlib.suppress(OSError):
                os.close(end)

    def __enter__(self) -> PtyScanner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()


class TcpScanner:
    """Listens on a port; what `send` writes goes to whoever is connected, or waits for the first who is."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._listener = socket.create_server((host, port))
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._connections: list[socket.socket] = []
        self._waiting = b""
        self._stopping = False
        self._thread = threading.Thread(target=self._serve, name="simulated-scanner", daemon=True)
        self._thread.start()

    def send(self, data: bytes) -> None:
        """Bytes as they leave the scanner."""
        with self._lock:
            self._accept()
            if not self._connections:
                self._waiting += data
            for connection in self._connections:
                with contextlib.suppress(OSError):  # gone: it is dropped when the plug is pulled
                    connection.sendall(data)

    def scan(self, code: str, *, end: str = "\r\n") -> None:
        """One code with its terminator."""
        self.send((code + end).encode())

    def unplug(self) -> None:
        """Drop every connection; the port stays."""
        with self._lock:
            self._accept()
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def stop(self) -> None:
        """Close everything."""
        self._stopping = True
        self._thread.join()
        self.unplug()
        self._listener.close()

    def _serve(self) -> None:
        while not self._stopping:
            ready, _, _ = select.select([self._listener], [], [], TURN_S)
            if ready:
                with self._lock:
                    self._accept()

    def _accept(self) -> None:
        """Whoever has connected until now, first of all gets what waited."""
        with contextlib.suppress(BlockingIOError):
            while True:
                connection, _ = self._listener.accept()
                connection.setblocking(True)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.sendall(self._waiting)
                self._waiting = b""
                self._connections.append(connection)
