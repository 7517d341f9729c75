"""The database of head office: SQLite embedded or PostgreSQL by URL, write and read transactions, one retry rule.

Writers: SQLite BEGIN IMMEDIATE, one at a time; PostgreSQL READ COMMITTED with explicit row locks. Readers: one
snapshot (SQLite WAL; PostgreSQL REPEATABLE READ READ ONLY), protocol.md rule 4.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, Final, TypeVar

from psycopg import errors
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import QueuePool

T = TypeVar("T")

TRIES_MAX: Final = 8
BUSY_TIMEOUT_S: Final = 15
POOL_CONNECTIONS: Final = 24
PRAGMAS: Final = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-65536",
)  # fmt: skip
"""64 MB of pages: with the default of 2 MB the random ids of an import read every index page again and again."""
RETRIED: Final = (errors.DeadlockDetected, errors.SerializationFailure)
"""SQLSTATE 40P01 and 40001."""
LOCK_SPACE: Final = 0x6775
"""First number of our advisory locks; the second is the job."""


class Job(IntEnum):
    """What only one process of a head office does at a time."""

    START = 1
    SNAPSHOTS = 2
    NIGHT = 3


class Database:
    """Transactions on one engine. Any thread; a connection never leaves the `with` block that gave it."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._snapshots = (
            self.engine
            if self.is_sqlite
            else self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        )
        self._writer = threading.Lock()
        self._jobs = {job: threading.Lock() for job in Job}

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A write transaction: commits at the end of the block, rolls back on any exception."""
        if not self.is_sqlite:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._writer, self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only transaction over one snapshot."""
        with self._snapshots.connect() as connection:
            if self.is_sqlite:
                execute = connection.connection.cursor().execute  # neither can fail, so no error has to be translated
                execute("BEGIN")
                try:
                    yield connection
                finally:
                    execute("ROLLBACK")
                return
            with connection.begin():
                yield connection

    def run(self, work: Callable[[Connection], T]) -> T:
        """`work` in a write transaction, again from the start when it lost a race (40P01, 40001, a taken key)."""
        for left in reversed(range(TRIES_MAX)):
            try:
                with self.write() as connection:
                    return work(connection)
            except DBAPIError as error:
                if not left or not _lost_a_race(error):
                    raise
        raise AssertionError("the last try returns or raises")

    @contextmanager
    def alone(self, job: Job) -> Iterator[None]:
        """Do a job alone, after whoever is at it: threads of this process (SQLite), every process (PostgreSQL).

        The lock is a session's, so it ends with the process that holds it.
        """
        if self.is_sqlite:
            with self._jobs[job]:
                yield
            return
        numbers = {"space": LOCK_SPACE, "job": int(job)}
        with self.engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:space, :job)"), numbers)
            connection.commit()
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:space, :job)"), numbers)
                connection.commit()

    def connections_max(self) -> int:
        """How many connections PostgreSQL takes from all its clients."""
        with self.read() as connection:
            return int(connection.execute(text("SHOW max_connections")).scalar_one())

    def is_sound(self) -> bool:
        """SQLite's own look at its pages; PostgreSQL has checksums and its own tools."""
        if not self.is_sqlite:
            return True
        with self.read() as connection:
            return bool(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one() == "ok")

    def close(self) -> None:
        self.engine.dispose()


def _lost_a_race(error: DBAPIError) -> bool:
    if isinstance(error, IntegrityError):
        return True
    return isinstance(error.orig, RETRIED)


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(
            url, pool_size=POOL_CONNECTIONS, max_overflow=0, isolation_level="READ COMMITTED", pool_pre_ping=True
        )
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=POOL_CONNECTIONS,
        max_overflow=0,
        isolation_level="AUTOCOMMIT",  # our BEGINs are explicit: pysqlite would begin too late
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_S},
    )

    @event.listens_for(engine, "connect")
    def tune(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine
