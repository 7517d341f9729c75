"""An instant as the programme's local time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from app.domain.numbering import local_time


def moment_of(at_ms: int, zone: ZoneInfo) -> datetime:
    """An instant as the programme's local time; one beyond the calendar counts as its last day."""
    try:
        return local_time(at_ms, zone)
    except OverflowError:
        return datetime(9999, 1, 1, tzinfo=UTC).astimezone(zone)


def day_of(text: str) -> date:
    return date.fromisoformat(text)
