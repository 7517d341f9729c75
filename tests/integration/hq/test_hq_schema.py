"""The Alembic line `hq` makes exactly the tables the program describes, on both databases."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.errors import StoreError
from app.resources import migrations
from sync.hq.database import Database
from sync.hq.schema import REVISIONS, configuration, revision, upgrade
from sync.hq.tables import METADATA


def test_the_scripts_make_the_tables_of_the_program(database_url: str) -> None:
    database = Database(database_url)
    try:
        assert revision(database) == ""
        upgrade(database, migrations() / "hq")
        upgrade(database, migrations() / "hq")
        assert revision(database) == REVISIONS[-1]
        with database.read() as connection:
            assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    finally:
        database.close()


def test_a_newer_schema_is_left_alone(database_url: str) -> None:
    database = Database(database_url)
    try:
        upgrade(database, migrations() / "hq")
        with database.write() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'hq_9999'")
        with pytest.raises(StoreError, match="schema_newer"):
            upgrade(database, migrations() / "hq")
    finally:
        database.close()


def test_the_list_of_revisions_is_that_of_the_scripts() -> None:
    scripts = ScriptDirectory.from_config(configuration(migrations() / "hq"))
    assert tuple(reversed([one.revision for one in scripts.walk_revisions()])) == REVISIONS
