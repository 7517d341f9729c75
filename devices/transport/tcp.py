"""TCP to a printer's port 9100 or a scanner's address: our own sockets, so that a reset is seen and bytes are counted.

python-escpos 3.1 (Network) reports success after a reset; here a reset or an end of stream is a `device_lost`.
"""

from __future__ import annotations

import select
import socket
import time

from devices.transport.port import READ_BYTES_MAX, lost, unreachable

CONNECT_S_MAX = 3.0
DRAIN_S_MAX = 1.0
SEND_BYTES_MAX = 1024
KEEP_ALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}
"""Seconds of silence, seconds between questions, questions."""


class TcpTransport:
    """A connected, non-blocking socket with Nagle off."""

    two_way = True
    replies_outlive = False

    def __init__(self, device: str, connection: socket.socket) -> None:
        self._device = device
        self._socket = connection
        self._ended = False
        self._wrote = False
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _keep_alive(connection)

    def write(self, data: bytes, timeout_s: float) -> int:
        """At most SEND_BYTES_MAX at a time, so that the caller looks for replies between slices."""
        try:
            _, ready, _ = select.select([], [self._socket], [], timeout_s)
            taken = self._socket.send(data[:SEND_BYTES_MAX]) if ready else 0
            self._wrote = self._wrote or taken > 0
        except BlockingIOError:
            return 0
        except OSError as error:
            raise lost(self._device, error) from error
        return taken

    def read(self, timeout_s: float) -> bytes:
        try:
            ready, _, _ = select.select([self._socket], [], [], timeout_s)
            if not ready:
                return b""
            data = self._socket.recv(READ_BYTES_MAX)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise lost(self._device, error) from error
        if not data:
            self._ended = True
            raise lost(self._device)
        return data

    def close(self) -> None:
        """Half-close first and wait for the printer's own end: a plain close with unread replies would reset it."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
            end_s = time.monotonic() + DRAIN_S_MAX
            while self._wrote and not self._ended and (left_s := end_s - time.monotonic()) > 0:
                ready, _, _ = select.select([self._socket], [], [], left_s)
                self._ended = not ready or not self._socket.recv(READ_BYTES_MAX)
        except OSError:
            self._ended = True
        finally:
            self._socket.close()


def _keep_alive(connection: socket.socket) -> None:
    """A device switched off says no goodbye: after some 25 s of silence it is asked, and missed."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEP_ALIVE.items():
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def open_tcp(device: str, host: str, port: int, *, timeout_s: float = CONNECT_S_MAX) -> TcpTransport:
    """Connect. DeviceError `device_unreachable`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        family, kind, proto, _, address = found[0]
        connection = socket.socket(family, kind, proto)
    except OSError as error:
        raise unreachable(device, error) from error
    try:
        connection.settimeout(timeout_s)
        connection.connect(address)
    except OSError as error:
        connection.close()
        raise unreachable(device, error) from error
    return TcpTransport(device, connection)
