"""One head office on each database for all of these tests, made and served by its commands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.hq.independent_client.counter import Served, served


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    database = None
    if request.param == "postgresql":
        database = request.getfixturevalue("postgresql")().replace("+psycopg", "")
    with served(tmp_path_factory.mktemp("office") / "hq", database) as running:
        yield running
