"""Rates that all workers of head office share: token buckets in the database, for calls that write there anyway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from sync.hq.locks import locked, upsert
from sync.hq.tables import RATE

TOKEN_MILLI: Final = 1_000
MS_PER_S: Final = 1_000


@dataclass(frozen=True, slots=True)
class Rate:
    """A bucket refills at `per_min` up to `burst`."""

    per_min: int
    burst: int


def take(connection: Connection, name: str, rate: Rate, now_ms: int) -> int:
    """0 when there was a token, which is taken; else the whole seconds until there is one, and nothing is written."""
    row = connection.execute(locked(select(RATE).where(RATE.c.id == name))).first()
    tokens = rate.burst * TOKEN_MILLI
    if row is not None:
        tokens = min(tokens, row.tokens_milli + max(0, now_ms - row.at_ms) * rate.per_min // 60)
    if tokens < TOKEN_MILLI:
        missing_ms = (TOKEN_MILLI - tokens) * 60 // rate.per_min
        return missing_ms // MS_PER_S + 1
    upsert(connection, RATE, [{"id": name, "tokens_milli": tokens - TOKEN_MILLI, "at_ms": now_ms}])
    return 0
