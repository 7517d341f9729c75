"""Programme versions into the essentials of till.db."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from app.domain.programme.parse import parse
from app.store.connect import Connection

PUT: Final = "INSERT OR REPLACE INTO programme (programme_id, ver, valid_from_ms, document) VALUES (?, ?, ?, ?)"


def put_programme(db: Connection, document: Mapping[str, object], ver: int = 1) -> None:
    """Store a programme version inside a transaction of the caller. DocumentError for one with mistakes."""
    programme = parse(document)
    valid_from: datetime | None = programme.valid_from
    valid_from_ms = 0 if valid_from is None else round(valid_from.timestamp() * 1000)
    db.execute(PUT, (f"{programme.id}:{programme.version}", ver, valid_from_ms, as_json(document)))


def as_json(value: Mapping[str, object]) -> str:
    """Compact JSON with sorted keys; the dates TOML knows become their text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat() if value.tzinfo else value.isoformat()
    raise TypeError(type(value).__name__)
