"""A network that can be cut: passes bytes between tills and head office on this machine, or does not.

For the demo and the replay. Each connection has two threads of its own; `cut` ends them all and refuses new ones.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Final

from app.errors import ConfigError

CHUNK_BYTES: Final = 1 << 16
LISTEN_MAX: Final = 64
CONNECT_TIMEOUT_S: Final = 5.0
HOST: Final = "127.0.0.1"


class Relay:
    """Listens on `port` (0: a free one, kept from then on) and passes everything on to `target`, a port here."""

    def __init__(self, target: int, port: int = 0) -> None:
        self.target = target
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self.port = port
        self.restore()

    @property
    def address(self) -> str:
        """What tills are told head office's address is."""
        return f"http://{HOST}:{self.port}"

    def restore(self) -> None:
        """Let connections through (again). ConfigError `port_in_use`."""
        if self._listener is not None:
            return
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, self.port))
        except OSError as error:
            listener.close()
            raise ConfigError("port_in_use", port=self.port) from error
        listener.listen(LISTEN_MAX)
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), name="relay", daemon=True).start()

    def cut(self) -> None:
        """End every connection and take no new one."""
        listener, self._listener = self._listener, None
        if listener is not None:
            _shut(listener)
        with self._lock:
            ending, self._open = self._open, set()
        for one in ending:
            _shut(one)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return  # cut
            try:
                far = socket.create_connection((HOST, self.target), CONNECT_TIMEOUT_S)
            except OSError:
                _shut(near)
                continue
            far.settimeout(None)
            with self._lock:
                self._open |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(source, sink), name="relay", daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while chunk := source.recv(CHUNK_BYTES):
                sink.sendall(chunk)
        except OSError:
            pass  # one end is gone; so is the other
        finally:
            for one in (source, sink):
                _shut(one)
            with self._lock:
                self._open -= {source, sink}


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it was not connected any more
        one.shutdown(socket.SHUT_RDWR)
    one.close()
