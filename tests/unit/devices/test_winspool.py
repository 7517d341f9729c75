"""The Windows spooler at its edge: one write is one document, whole or not at all; the calls as the DLL wants them."""

from __future__ import annotations

import ctypes
from typing import Any

import pytest

from app.domain.receipt import JobState
from app.errors import DeviceError
from devices.events import OutputComplete
from devices.transport import winspool
from devices.transport.address import opener, parse
from devices.transport.winspool import WindowsSpooler, load_spooler, open_winspool
from tests.support.print_bench import PLAIN, Bench, Jobs, a_job

ACCESS_DENIED = 5


class Dll:
    """winspool.drv as far as it is called: documents by printer, and a call that is to fail."""

    def __init__(self, fails: str = "", error: int = ACCESS_DENIED, slice_bytes: int = 1_000_000) -> None:
        self.fails, self.error, self.slice_bytes = fails, error, slice_bytes
        self.calls: list[str] = []
        self.printed: list[bytes] = []
        self.open_handles = 0
        self._page = b""

    def last_error(self) -> int:
        return self.error

    def _done(self, name: str) -> int:
        self.calls.append(name)
        return int(name != self.fails)

    def OpenPrinterW(self, name: ctypes.c_wchar_p, handle: Any, defaults: None) -> int:
        assert (name.value, defaults) == ("收银 58", None)
        handle._obj.value = 7
        self.open_handles += 1
        return self._done("open")

    def StartDocPrinterW(self, handle: ctypes.c_void_p, level: int, info: Any) -> int:
        assert (handle.value, level) == (7, 1)
        assert (info._obj.document_name, info._obj.output_file, info._obj.data_type) == ("Guitai", None, "RAW")
        return self._done("start")

    def StartPagePrinter(self, _handle: ctypes.c_void_p) -> int:
        return self._done("page")

    def WritePrinter(self, _handle: ctypes.c_void_p, data: bytes, size: ctypes.c_ulong, taken: Any) -> int:
        assert size.value == len(data)
        part = data[: self.slice_bytes]
        self._page += part
        taken._obj.value = len(part)
        return self._done("write")

    def EndPagePrinter(self, _handle: ctypes.c_void_p) -> int:
        return self._done("end page")

    def EndDocPrinter(self, _handle: ctypes.c_void_p) -> int:
        if self._done("end"):
            self.printed.append(self._page)
            self._page = b""
            return 1
        return 0

    def AbortPrinter(self, _handle: ctypes.c_void_p) -> int:
        self._page = b""
        return self._done("abort")

    def ClosePrinter(self, _handle: ctypes.c_void_p) -> int:
        self.open_handles -= 1
        return self._done("close")


def opened(dll: Dll) -> winspool.WinspoolTransport:
    return open_winspool("printer", "收银 58", load=lambda: WindowsSpooler(dll, dll.last_error))


def test_one_write_is_one_document_whole() -> None:
    dll = Dll(slice_bytes=3)
    spool = opened(dll)
    assert (spool.two_way, spool.write(b"receipt", 1.0), spool.read(0.0)) == (False, 7, b"")
    assert spool.write(b"second", 1.0) == 6
    spool.close()
    assert dll.printed == [b"receipt", b"second"]
    assert dll.calls[:4] == ["open", "start", "page", "write"]
    assert dll.open_handles == 0


@pytest.mark.parametrize("fails", ["start", "page", "write", "end page", "end"])
def test_what_fails_before_the_end_is_thrown_away_and_counts_nothing(fails: str) -> None:
    dll = Dll(fails)
    with pytest.raises(DeviceError) as lost:
        opened(dll).write(b"receipt", 1.0)
    assert (lost.value.code, lost.value.facts["errno"]) == ("device_lost", ACCESS_DENIED)
    assert dll.calls[-1] == "abort"
    assert dll.printed == []


def test_a_spooler_that_takes_nothing_is_a_loss() -> None:
    dll = Dll(slice_bytes=0)
    with pytest.raises(DeviceError, match="device_lost"):
        opened(dll).write(b"receipt", 1.0)
    assert dll.printed == []


def test_giving_up_and_letting_go_are_quiet() -> None:
    dll = Dll("start")
    spool = opened(dll)
    dll.fails = "abort"
    dll.slice_bytes = 0
    with pytest.raises(DeviceError, match="device_lost"):
        spool.write(b"x", 1.0)
    dll.fails = "close"
    spool.close()
    assert dll.open_handles == 0


@pytest.mark.parametrize(("error", "code"), [(1801, "device_missing"), (ACCESS_DENIED, "device_unreachable")])
def test_a_printer_that_is_not_there_or_may_not_be_used_says_so(error: int, code: str) -> None:
    with pytest.raises(DeviceError) as refused:
        opened(Dll("open", error))
    assert refused.value.code == code


def test_a_receipt_of_a_spooled_printer_is_spooled_and_a_lost_one_was_not_sent() -> None:
    good, bad = Dll(), Dll("end")
    jobs = Jobs(a_job(1, payload=b"receipt"))
    event = Bench(jobs, opened(good), profile=PLAIN).run()
    assert isinstance(event, OutputComplete)
    assert (event.state, good.printed) == (JobState.SPOOLED, [b"receipt"])
    jobs = Jobs(a_job(1, payload=b"receipt"))
    again = Dll()
    event = Bench(jobs, opened(bad), opened(again), profile=PLAIN).run()
    assert isinstance(event, OutputComplete)
    assert (event.state, bad.printed, again.printed) == (JobState.SPOOLED, [], [b"receipt"])
    assert (JobState.QUEUED, "retry 1") in jobs.marks


def test_where_there_is_no_windows_there_is_no_spooler() -> None:
    assert load_spooler() is None
    with pytest.raises(DeviceError, match="device_missing"):
        opener("printer", parse("winspool:收银 58"))()


def test_on_windows_the_library_is_loaded_with_its_error_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[tuple[str, bool]] = []

    def load(name: str, *, use_last_error: bool) -> Dll:
        loaded.append((name, use_last_error))
        return Dll()

    monkeypatch.setattr(ctypes, "WinDLL", load, raising=False)
    monkeypatch.setattr(ctypes, "get_last_error", lambda: ACCESS_DENIED, raising=False)
    spooler = load_spooler()
    assert spooler is not None
    assert spooler.open("收银 58") == 7
    assert loaded == [("winspool.drv", True)]
