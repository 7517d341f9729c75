"""Input reports of HID-POS scanners → scans. Pure: the caller says what time it is.

Usage page 0x8C, scanned data report 0x02, 64 bytes as the makers document it: report id, length of the data, three
bytes of symbology identifier (`]Q1`), 56 bytes of data, the maker's own identifier, one reserved byte, and a last byte
whose lowest bit says that the code goes on in the next report.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.card import CODE_CHARS_MAX

SCANNED_DATA = 0x02
REPORT_BYTES = 64
DATA_AT, DATA_BYTES_MAX = 5, 56
GOES_ON = 0x01
REST_S_MAX = 0.2


@dataclass(frozen=True, slots=True)
class HidScan:
    """One code: its bytes, the identifier (`Q1`) or empty; `broken` when a part of it is missing or too long."""

    data: bytes
    symbology: str = ""
    broken: bool = False


class ReportReader:
    """Puts the reports of one connection together; one thread."""

    def __init__(self) -> None:
        self._held = b""
        self._symbology = ""
        self._last_s: float | None = None

    def feed(self, report: bytes, now_s: float) -> HidScan | None:
        """The code that `report` completes. Reports of other kinds (attributes, status) say nothing."""
        if len(report) < DATA_AT or report[0] != SCANNED_DATA:
            return None
        length, data = report[1], report[DATA_AT : DATA_AT + DATA_BYTES_MAX]
        if length > len(data):
            return self._end(data, broken=True)
        goes_on = len(report) >= REPORT_BYTES and bool(report[REPORT_BYTES - 1] & GOES_ON)
        if self._last_s is None:
            self._symbology = _symbology(report[2:DATA_AT])
        self._last_s = now_s
        if not goes_on:
            return self._end(data[:length], broken=False)
        self._held += data[:length]
        return None

    def idle(self, now_s: float) -> HidScan | None:
        """The code whose rest did not come in time."""
        if self._last_s is None or now_s < self._last_s + REST_S_MAX:
            return None
        return self._end(b"", broken=True)

    def _end(self, rest: bytes, *, broken: bool) -> HidScan:
        whole = self._held + rest
        scan = HidScan(whole[:CODE_CHARS_MAX], self._symbology, broken or len(whole) > CODE_CHARS_MAX)
        self._held, self._symbology, self._last_s = b"", "", None
        return scan


def _symbology(identifier: bytes) -> str:
    """`]Q1` → `Q1`; scanners that know none send zeros."""
    text = identifier.decode("ascii", "replace")
    return text[1:] if text[0] == "]" and text[1:].isalnum() else ""
