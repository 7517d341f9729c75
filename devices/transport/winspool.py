"""A printer of the Windows print spooler: raw documents by winspool.drv. It takes what it is given and never answers.

One write is one document: the spooler prints it whole or, when anything fails before its end, not at all. A job is
therefore SPOOLED or FAILED_CLEAN, never in between. Not tried on Windows yet (docs/devices.md).
Source: learn.microsoft.com, "Print Spooler API": OpenPrinterW, StartDocPrinterW, WritePrinter, EndDocPrinter.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, Protocol

from app.errors import DeviceError
from devices.transport.port import lost, unreachable

DOCUMENT_NAME = "Guitai"
DATA_TYPE = "RAW"
ERROR_INVALID_PRINTER_NAME = 1801


class DocInfo1(ctypes.Structure):
    """DOC_INFO_1W."""

    _fields_ = (
        ("document_name", ctypes.c_wchar_p),
        ("output_file", ctypes.c_wchar_p),
        ("data_type", ctypes.c_wchar_p),
    )


class Spooler(Protocol):
    """The calls of winspool.drv that are used; each raises OSError with the Windows error number."""

    def open(self, name: str) -> int:
        """A handle of the printer."""
        ...

    def start(self, handle: int, name: str) -> None:
        """Begin a raw document and its only page."""
        ...

    def write(self, handle: int, data: bytes) -> int:
        """Bytes taken."""
        ...

    def end(self, handle: int) -> None:
        """End page and document: it will be printed."""
        ...

    def abort(self, handle: int) -> None:
        """Throw the document away."""
        ...

    def close(self, handle: int) -> None:
        """Let go of the printer."""
        ...


class WinspoolTransport:
    """An open printer of the spooler; used by one thread."""

    two_way = False
    replies_outlive = False

    def __init__(self, device: str, spooler: Spooler, handle: int) -> None:
        self._device = device
        self._spooler = spooler
        self._handle = handle

    def write(self, data: bytes, timeout_s: float) -> int:  # noqa: ARG002  the spooler writes to its own disk
        """All of `data` as one document. DeviceError `device_lost` when nothing of it will be printed."""
        try:
            self._spooler.start(self._handle, DOCUMENT_NAME)
            self._fill(data)
            self._spooler.end(self._handle)
        except OSError as error:
            self._give_up()
            raise lost(self._device, error) from error
        return len(data)

    def _fill(self, data: bytes) -> None:
        while data:
            taken = self._spooler.write(self._handle, data)
            if taken <= 0:
                raise OSError("the spooler takes no more")
            data = data[taken:]

    def _give_up(self) -> None:
        try:
            self._spooler.abort(self._handle)
        except OSError:  # there was no document yet
            return

    def read(self, timeout_s: float) -> bytes:  # noqa: ARG002  nothing ever comes
        return b""

    def close(self) -> None:
        try:
            self._spooler.close(self._handle)
        except OSError:  # the printer was deleted meanwhile
            return


class WindowsSpooler:
    """`Spooler` by ctypes. `dll`: winspool.drv loaded with `use_last_error`; `last_error` tells the error's number."""

    def __init__(self, dll: Any, last_error: Callable[[], int]) -> None:  # ctypes functions have no types
        self._dll = dll
        self._last_error = last_error

    def open(self, name: str) -> int:
        handle = ctypes.c_void_p()
        self._check(self._dll.OpenPrinterW(ctypes.c_wchar_p(name), ctypes.byref(handle), None))
        return handle.value or 0

    def start(self, handle: int, name: str) -> None:
        info = DocInfo1(name, None, DATA_TYPE)
        self._check(self._dll.StartDocPrinterW(ctypes.c_void_p(handle), 1, ctypes.byref(info)))
        self._check(self._dll.StartPagePrinter(ctypes.c_void_p(handle)))

    def write(self, handle: int, data: bytes) -> int:
        taken = ctypes.c_ulong()
        size = ctypes.c_ulong(len(data))
        self._check(self._dll.WritePrinter(ctypes.c_void_p(handle), data, size, ctypes.byref(taken)))
        return taken.value

    def end(self, handle: int) -> None:
        self._check(self._dll.EndPagePrinter(ctypes.c_void_p(handle)))
        self._check(self._dll.EndDocPrinter(ctypes.c_void_p(handle)))

    def abort(self, handle: int) -> None:
        self._check(self._dll.AbortPrinter(ctypes.c_void_p(handle)))

    def close(self, handle: int) -> None:
        self._check(self._dll.ClosePrinter(ctypes.c_void_p(handle)))

    def _check(self, done: int) -> None:
        if not done:
            raise OSError(self._last_error(), "winspool")


def load_spooler() -> Spooler | None:
    """The spooler of this machine; None where there is no Windows."""
    loader, last_error = getattr(ctypes, "WinDLL", None), getattr(ctypes, "get_last_error", None)
    if loader is None or last_error is None:
        return None
    return WindowsSpooler(loader("winspool.drv", use_last_error=True), last_error)


def open_winspool(device: str, name: str, *, load: Callable[[], Spooler | None] = load_spooler) -> WinspoolTransport:
    """Open the printer of that name. DeviceError `device_missing` (no such printer here), `device_unreachable`."""
    spooler = load()
    if spooler is None:
        raise DeviceError("device_missing", device=device)
    try:
        return WinspoolTransport(device, spooler, spooler.open(name))
    except OSError as error:
        if error.errno == ERROR_INVALID_PRINTER_NAME:
            raise DeviceError("device_missing", device=device) from error
        raise unreachable(device, error) from error
