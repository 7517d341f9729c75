"""The one global lock order (protocol.md rule 4), and writing rows whichever database stands behind.

till_stream → inbox → accounts → members → cards, coupons → grants, holds → bucket heads; within one table by id.
SQLite needs no row locks: its writers come one at a time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    Row,
    Select,
    Table,
    Text,
    any_,
    bindparam,
    func,
    literal,
    select,
)

IDS_PER_STATEMENT: Final = 500
ARRAYS: Final = {BigInteger: "bigint", Boolean: "boolean", LargeBinary: "bytea", Text: "text"}
"""PostgreSQL's names of our columns' types."""


def chunks(items: Sequence[Any], size: int = IDS_PER_STATEMENT) -> Iterable[Sequence[Any]]:
    """`items` in runs of at most `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))


def among(connection: Connection, column: Column[str], ids: Iterable[str]) -> ColumnElement[bool]:
    """Whether the column is one of these: one parameter, so that the statement is the same however many there are."""
    wanted = list(ids)
    if is_sqlite(connection):
        return column.in_(select(func.json_each(json.dumps(wanted)).table_valued("value").c.value))
    return column == any_(literal(wanted, ARRAY(Text)))


@cache
def one_of(column: Column[str], name: str, *, sqlite: bool) -> ColumnElement[bool]:
    """As `among` for a statement that is made once: its ids come when it runs, as parameter `name` from `ids_of`."""
    if sqlite:
        return column.in_(select(func.json_each(bindparam(name)).table_valued("value").c.value))
    return column == any_(bindparam(name, type_=ARRAY(Text)))


def ids_of(connection: Connection, ids: Iterable[str]) -> str | list[str]:
    """The value of a parameter of `one_of`."""
    return json.dumps(list(ids)) if is_sqlite(connection) else list(ids)


def is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def locked(statement: Select[Any]) -> Select[Any]:
    """The statement with FOR NO KEY UPDATE where the database knows it (SQLite leaves it out)."""
    return statement.with_for_update(key_share=True)


def lock_by_id(connection: Connection, table: Table, ids: Iterable[str]) -> list[Row[Any]]:
    """The rows of these ids, locked in the order of their ids. Ids without a row are left out."""
    wanted = set(ids)
    if not wanted:
        return []
    found = _locking(table, sqlite=is_sqlite(connection))
    return list(connection.execute(found, {"ids": ids_of(connection, wanted)}).all())


@cache
def _locking(table: Table, *, sqlite: bool) -> Select[Any]:
    return locked(select(table).where(one_of(table.c.id, "ids", sqlite=sqlite)).order_by(table.c.id))


class Conflict(StrEnum):
    """What a row does whose key exists: an error, left as it is, or its other columns set."""

    FAIL = ""
    KEEP = " ON CONFLICT DO NOTHING"
    SET = " ON CONFLICT ({keys}) DO UPDATE SET {changes}"


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows or, where the primary key exists, set their other columns. No key twice; the same columns in each."""
    _write(connection, table, rows, Conflict.SET)


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, leaving those whose primary key exists as they are."""
    _write(connection, table, rows, Conflict.KEEP)


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that do not exist; IntegrityError when one does."""
    _write(connection, table, rows, Conflict.FAIL)


def _write(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], conflict: Conflict) -> None:
    """The driver's own statement, without the compiler's work per row: one array per column, or executemany."""
    if not rows:
        return
    columns = tuple(rows[0])
    arrays = not is_sqlite(connection)
    text = _statement(table, columns, conflict, arrays=arrays)
    if arrays:
        connection.exec_driver_sql(text, tuple([row[name] for row in rows] for name in columns))
    else:
        connection.exec_driver_sql(text, [tuple([row[name] for name in columns]) for row in rows])


@cache
def _statement(table: Table, columns: tuple[str, ...], conflict: Conflict, *, arrays: bool) -> str:
    """`arrays`: PostgreSQL takes each column as one binary array, as quick as COPY into a temporary table."""
    keys = [column.name for column in table.primary_key.columns]
    changes = ", ".join(f"{_quoted(name)} = excluded.{_quoted(name)}" for name in columns if name not in keys)
    named = ", ".join(map(_quoted, columns))
    if arrays:
        types = (ARRAYS[type(table.c[name].type)] for name in columns)
        values = f"SELECT * FROM unnest({', '.join(f'%b::{one}[]' for one in types)})"
    else:
        values = f"VALUES ({', '.join('?' * len(columns))})"
    ending = conflict.value.format(keys=", ".join(map(_quoted, keys)), changes=changes)
    return f"INSERT INTO {_quoted(table.name)} ({named}) {values}{ending}"


def _quoted(name: str) -> str:
    return f'"{name}"'
