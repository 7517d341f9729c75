"""A printer that is a file: a Linux printer device, a spool file, a folder a test looks into. It never answers."""

from __future__ import annotations

import os
from pathlib import Path

from devices.transport.port import lost, unreachable


class FileTransport:
    """Appends, and makes what was written durable when closed."""

    two_way = False
    replies_outlive = False

    def __init__(self, device: str, descriptor: int) -> None:
        self._device = device
        self._descriptor = descriptor

    def write(self, data: bytes, timeout_s: float) -> int:  # noqa: ARG002  a file takes what it takes at once
        try:
            return os.write(self._descriptor, data)
        except OSError as error:
            raise lost(self._device, error) from error

    def read(self, timeout_s: float) -> bytes:  # noqa: ARG002  nothing ever comes
        return b""

    def close(self) -> None:
        try:
            os.fsync(self._descriptor)
        except OSError:  # a printer device node knows no fsync
            return
        finally:
            os.close(self._descriptor)


def open_file(device: str, path: Path) -> FileTransport:
    """Open for appending, owner-only when it must be made. DeviceError `device_unreachable`."""
    try:
        return FileTransport(device, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    except OSError as error:
        raise unreachable(device, error) from error
