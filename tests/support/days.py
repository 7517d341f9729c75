"""Instants of local days in Shanghai, for events of tests that say when they happened."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def at_ms(day: str, clock: str = "10:00") -> int:
    """Milliseconds since 1970 of a local time, as `2026-03-05`."""
    return int(datetime.fromisoformat(f"{day}T{clock}:00").replace(tzinfo=ZONE).timestamp()) * 1000
