"""Length-prefixed JSON over two byte streams: how the till's process and its sync process speak (architecture.md).

A frame is four bytes of length, big-endian, and a JSON object. A request carries `id`, its answer the same `id` and
either `ok` or `error`; a frame without `id` is news. Reading blocks and belongs on a thread of its own; writing may be
done from any thread.
"""

from __future__ import annotations

import json
import struct
import threading
from collections.abc import Mapping
from typing import IO, Any, Final

FRAME_BYTES_MAX: Final = 8 << 20
LENGTH: Final = struct.Struct(">I")


class PipeError(ValueError):
    """What came is no frame: the other side is not ours, or is broken."""


class Pipe:
    """One side of the pipe. `given` is read, `out` written."""

    def __init__(self, given: IO[bytes], out: IO[bytes]) -> None:
        self._given = given
        self._out = out
        self._writing = threading.Lock()

    def read(self) -> dict[str, Any] | None:
        """The next frame; None when the other side is gone, in the middle of a frame too. PipeError."""
        head = self._exactly(LENGTH.size)
        if head is None:
            return None
        (size,) = LENGTH.unpack(head)
        if size > FRAME_BYTES_MAX:
            raise PipeError("frame too large")
        body = self._exactly(size)
        if body is None:
            return None
        try:
            frame = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise PipeError("not JSON") from error
        if not isinstance(frame, dict):
            raise PipeError("not an object")
        return frame

    def write(self, frame: Mapping[str, Any]) -> None:
        """Send a frame. OSError when the other side is gone."""
        body = json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode()
        if len(body) > FRAME_BYTES_MAX:
            raise PipeError("frame too large")
        with self._writing:
            self._out.write(LENGTH.pack(len(body)) + body)
            self._out.flush()

    def _exactly(self, size: int) -> bytes | None:
        found = bytearray()
        while len(found) < size:
            try:
                chunk = self._given.read(size - len(found))
            except (OSError, ValueError):  # closed under our hands
                return None
            if not chunk:
                return None
            found += chunk
        return bytes(found)
