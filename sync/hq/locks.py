"""The one global lock order (protocol.md rule 4), and writing rows whichever database stands behind.

till_stream → inbox → accounts → members → cards, coupons → grants, holds → bucket heads; within one table by id.
SQLite needs no row locks: its writers come one at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite

IDS_PER_STATEMENT: Final = 500
ROWS_PER_STATEMENT: Final = 200


def chunks(items: Sequence[Any], size: int = IDS_PER_STATEMENT) -> Iterable[Sequence[Any]]:
    """`items` in runs of at most `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))


def locked(statement: Select[Any]) -> Select[Any]:
    """The statement with FOR NO KEY UPDATE where the database knows it (SQLite leaves it out)."""
    return statement.with_for_update(key_share=True)


def lock_by_id(connection: Connection, table: Table, ids: Iterable[str]) -> list[Row[Any]]:
    """The rows of these ids, locked in the order of their ids. Ids without a row are left out."""
    wanted = sorted(set(ids))
    found: list[Row[Any]] = []
    for part in chunks(wanted):
        found += connection.execute(locked(select(table).where(table.c.id.in_(part)).order_by(table.c.id))).all()
    return found


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows or, where the primary key exists, set their other columns."""
    if not rows:
        return
    statement: Any = _insert(connection)(table)
    keys = [column.name for column in table.primary_key.columns]
    changes = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes), list(rows))


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that do not exist; IntegrityError when one does."""
    if rows:
        connection.execute(insert(table), list(rows))


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, leaving those whose primary key exists as they are."""
    if rows:
        statement: Any = _insert(connection)(table)
        connection.execute(statement.on_conflict_do_nothing(), list(rows))


def _insert(connection: Connection) -> Any:
    return sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
