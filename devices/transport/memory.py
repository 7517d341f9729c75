"""A connection inside the process: what is written can be looked at, what is fed can be read; for headless tills."""

from __future__ import annotations

import queue

from devices.transport.port import lost


class MemoryTransport:
    """Any thread may `feed`, `cut` and look at `written`; one thread reads and writes."""

    replies_outlive = False

    def __init__(self, device: str = "memory", *, two_way: bool = True, takes_max: int | None = None) -> None:
        self._device = device
        self._two_way = two_way
        self._takes_left = takes_max
        self._incoming: queue.Queue[bytes | None] = queue.Queue()
        self._written = bytearray()
        self.closed = False

    @property
    def two_way(self) -> bool:
        return self._two_way

    @property
    def written(self) -> bytes:
        return bytes(self._written)

    def feed(self, data: bytes) -> None:
        """Bytes the other end sends."""
        self._incoming.put(data)

    def cut(self) -> None:
        """The other end goes away: the next read says so."""
        self._incoming.put(None)

    def write(self, data: bytes, timeout_s: float) -> int:  # noqa: ARG002  memory is never slow
        taken = data if self._takes_left is None else data[: self._takes_left]
        if self._takes_left is not None:
            self._takes_left -= len(taken)
        self._written += taken
        return len(taken)

    def read(self, timeout_s: float) -> bytes:
        try:
            data = self._incoming.get(timeout=timeout_s) if timeout_s > 0 else self._incoming.get_nowait()
        except queue.Empty:
            return b""
        if data is None:
            raise lost(self._device)
        return data

    def close(self) -> None:
        self.closed = True
