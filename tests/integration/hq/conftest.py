"""Every test of head office runs twice: over SQLite and over a real PostgreSQL, a database of its own each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.head_office import HeadOffice
from tests.support.postgres import postgres


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[[], str]]:
    """A PostgreSQL server; calling it makes an empty database and gives its address."""
    with postgres() as server:
        yield server.database


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
