"""Who head office is: incarnation, lives, marker, and the single values of the chain (fine print 4).

An incarnation starts when head office went back in time: the marker outside the backup does not match, or a till saw
more than there is. Open grants and holds are void from then on, in the same transaction.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, bindparam, func, insert, select, text

from sync.hq.locks import upsert
from sync.hq.tables import LIFE, META
from sync.protocol.seen import Seen

LIFE_BYTES: Final = 9
AHEAD_MAX: Final = 1_000_000
WENT_BACK_EVERY_MS: Final = 10 * 60 * 1000
VALUE: Final = select(META.c.value).where(META.c.id == bindparam("name"))
_NOW: Final = select(META.c.id, META.c.value).where(META.c.id.in_(("incarnation", "incarnation_no", "life")))
_NOW_SHARED: Final = _NOW.order_by(META.c.id).with_for_update(read=True)
_NOW_ALONE: Final = _NOW.order_by(META.c.id).with_for_update()
_LIFE: Final = select(LIFE.c.life).where(LIFE.c.life == bindparam("life"))


@dataclass(frozen=True, slots=True)
class Incarnation:
    """What every answer carries."""

    number: int
    id: str
    life: str


class Judgement(Enum):
    """What `Guitai-Seen` means for this request."""

    FINE = "fine"
    MALFORMED = "malformed"
    OLDER = "older"
    START = "start"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class SideFile:
    """The file beside the database and outside its backups: highest incarnation number, marker, last life."""

    path: Path

    def read(self) -> Mapping[str, str | int]:
        """Empty where there is none."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return found if isinstance(found, dict) else {}

    def number(self) -> int:
        found = self.read().get("incarnation_no", 0)
        return found if isinstance(found, int) else 0

    def write(self, now: Incarnation, marker: str) -> None:
        """Replace it durably; the number never falls."""
        value = {"incarnation_no": max(now.number, self.number()), "marker": marker, "life": now.life}
        draft = self.path.with_suffix(".part")
        with open(draft, "w", encoding="utf-8") as file:
            json.dump(value, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)


def values(connection: Connection) -> dict[str, str]:
    """All single values by name."""
    return {row.id: row.value for row in connection.execute(select(META))}


def value(connection: Connection, name: str, default: str = "") -> str:
    found = connection.execute(VALUE, {"name": name}).scalar()
    return default if found is None else found


def set_values(connection: Connection, **changes: str) -> None:
    upsert(connection, META, [{"id": name, "value": text_} for name, text_ in sorted(changes.items())])


def incarnation(connection: Connection, *, lock: bool = False, change: bool = False) -> Incarnation:
    """The incarnation and last life; with `lock` nobody may start another one before this transaction ends.

    `change`: this transaction may start one itself.
    """
    wanted = _NOW_ALONE if change else _NOW_SHARED if lock else _NOW
    found = {name: held for name, held in connection.execute(wanted)}  # noqa: C416 rows are no pairs to mypy
    return Incarnation(int(found["incarnation_no"]), found["incarnation"], found["life"])


def judge(connection: Connection, now: Incarnation, seen: Seen, now_ms: int) -> Judgement:
    """Compare what a till last saw with what there is, as read in this transaction. An older number is judged first."""
    if seen.incarnation_no > now.number + AHEAD_MAX:
        return Judgement.MALFORMED
    if seen.incarnation_no < now.number:
        return Judgement.OLDER
    if seen.incarnation_no > now.number or seen.incarnation != now.id or not _knows(connection, seen.life):
        return Judgement.START
    if not seen.went_back:
        return Judgement.FINE
    last = int(value(connection, "went_back_ms", "0"))
    return Judgement.BUSY if last and now_ms - last < WENT_BACK_EVERY_MS else Judgement.START


def start(connection: Connection, number: int, now_ms: int, *, went_back: bool = False) -> Incarnation:
    """A new incarnation: new id, new life. In the caller's one transaction, which also voids the open holds."""
    made = Incarnation(number, token(), token())
    set_values(connection, incarnation_no=str(number), incarnation=made.id, life=made.life)
    if went_back:
        set_values(connection, went_back_ms=str(now_ms))
    _add_life(connection, made.life, now_ms)
    return made


def begin(connection: Connection, side: Mapping[str, str | int], now_ms: int) -> tuple[Incarnation, str]:
    """At every start: compare the markers, add a life. The incarnation and the marker for the side file."""
    marker, kept = _marker(connection), value(connection, "marker")
    outside = side.get("marker", "")
    sound = marker == kept and (outside in ("", kept) if marker.startswith("pg:") else outside == kept)
    number = side.get("incarnation_no", 0)
    own = incarnation(connection)
    if not sound or (isinstance(number, int) and number > own.number):
        fresh = marker if marker.startswith("pg:") else token()
        set_values(connection, marker=fresh)
        highest = max(own.number, number if isinstance(number, int) else 0)
        return start(connection, highest + 1, now_ms), fresh
    life = token()
    set_values(connection, life=life)
    _add_life(connection, life, now_ms)
    return Incarnation(own.number, own.id, life), marker


def first(connection: Connection, now_ms: int) -> tuple[Incarnation, str]:
    """The first incarnation of a new head office."""
    marker = _server_marker(connection) or token()
    set_values(connection, marker=marker)
    return start(connection, 1, now_ms), marker


def token() -> str:
    """A random id of `[A-Za-z0-9_-]`."""
    return secrets.token_urlsafe(LIFE_BYTES)


def _knows(connection: Connection, life: str) -> bool:
    return connection.execute(_LIFE, {"life": life}).first() is not None


def _add_life(connection: Connection, life: str, now_ms: int) -> None:
    n = connection.execute(select(func.coalesce(func.max(LIFE.c.n), 0))).scalar_one() + 1
    connection.execute(insert(LIFE).values(life=life, n=n, at_ms=now_ms))


def _marker(connection: Connection) -> str:
    """What the server says it is (PostgreSQL), else what the database says it was."""
    return _server_marker(connection) or value(connection, "marker")


def _server_marker(connection: Connection) -> str:
    """PostgreSQL: system identifier and timeline; a restored copy has another of one of them. SQLite: empty."""
    if connection.dialect.name == "sqlite":
        return ""
    wanted = "SELECT system_identifier::text || ':' || timeline_id FROM pg_control_system(), pg_control_checkpoint()"
    return f"pg:{connection.execute(text(wanted)).scalar_one()}"
