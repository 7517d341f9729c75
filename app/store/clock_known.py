"""How far head office's clock was from this till's when it was last measured: two counters of till.db."""

from __future__ import annotations

from typing import Final

from app.domain.events import Measured
from app.store.connect import Connection

OFFSET, AT = "clock_offset_ms", "clock_measured_ms"
PUT: Final = "INSERT INTO counter VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
GET: Final = "SELECT name, value FROM counter WHERE name IN (?, ?)"


def put(till: Connection, measured: Measured) -> None:
    """Inside a transaction of the caller."""
    till.executemany(PUT, [(OFFSET, measured.offset_ms), (AT, measured.at_ms)])


def get(till: Connection) -> Measured | None:
    """None on a till that never met head office."""
    found = dict(till.execute(GET, (OFFSET, AT)).fetchall())
    return Measured(found[OFFSET], found[AT]) if found.keys() == {OFFSET, AT} else None
