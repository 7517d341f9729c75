"""Time: a clock is injected everywhere; nothing else reads the machine's time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, tzinfo
from typing import Protocol


class Clock(Protocol):
    """Wall and monotonic time. Any thread."""

    def now_ms(self) -> int:
        """Milliseconds since 1970-01-01 UTC."""
        ...

    def monotonic_s(self) -> float:
        """Seconds of a clock that never goes back; only differences mean anything."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        return time.monotonic()


class ManualClock:
    """A clock set by hand: tests and the replay of past purchases; production commands have no way to one."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms
        self._monotonic_s = 0.0

    def now_ms(self) -> int:
        return self._now_ms

    def monotonic_s(self) -> float:
        return self._monotonic_s

    def set_ms(self, now_ms: int) -> None:
        self._now_ms = now_ms

    def advance_s(self, seconds: float) -> None:
        self._now_ms += round(seconds * 1000)
        self._monotonic_s += seconds


def local(at_ms: int, zone: tzinfo) -> datetime:
    """Milliseconds since 1970 UTC as an aware datetime in `zone`."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)
