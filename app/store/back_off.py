"""How long this till waits before it asks head office again, kept over a restart: three counters of till.db."""

from __future__ import annotations

from typing import Final

from app.services.sync_ports import BackOff
from app.store.connect import Connection

FAILURES, UNTIL, SERVER_UNTIL = "back_off_failures", "back_off_until_ms", "back_off_server_until_ms"
NAMES: Final = (FAILURES, UNTIL, SERVER_UNTIL)
PUT: Final = "INSERT INTO counter VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
GET: Final = "SELECT name, value FROM counter WHERE name IN (?, ?, ?)"
FORGET: Final = (
    "DELETE FROM counter WHERE name IN ('back_off_failures', 'back_off_until_ms', 'back_off_server_until_ms')"
)


def put(till: Connection, waiting: BackOff) -> None:
    """Inside a transaction of the caller."""
    figures = (waiting.failures, waiting.until_ms, waiting.server_until_ms)
    till.executemany(PUT, list(zip(NAMES, figures, strict=True)))


def get(till: Connection) -> BackOff:
    """No wait on a till that never failed."""
    found = dict(till.execute(GET, NAMES).fetchall())
    return BackOff(*(found.get(name, 0) for name in NAMES))
