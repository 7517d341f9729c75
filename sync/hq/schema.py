"""Head office's schema: Alembic's line `hq`, run in one transaction on either database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, text

from app.errors import StoreError
from sync.hq.database import Database, Job

if TYPE_CHECKING:
    from alembic.config import Config

REVISIONS: Final = ("hq_0001", "hq_0002", "hq_0003", "hq_0004", "hq_0005", "hq_0006")
"""In order; a test compares them with the scripts."""


def revision(database: Database) -> str:
    """The schema version; empty for a database without tables."""
    with database.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def upgrade(database: Database, scripts: Path) -> None:
    """Bring the schema to the newest version. StoreError `schema_newer` for one this program does not know."""
    if revision(database) != REVISIONS[-1]:
        with database.alone(Job.START):
            _upgrade(database, scripts)


def _upgrade(database: Database, scripts: Path) -> None:
    from alembic import command  # lazy: serving from a current schema needs no Alembic

    found = revision(database)
    if found == REVISIONS[-1]:
        return  # another process was faster
    if found and found not in REVISIONS:
        raise StoreError("schema_newer", file="hq", revision=found)
    with database.write() as connection:
        config = configuration(scripts)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def configuration(scripts: Path) -> Config:
    """Alembic's configuration for the folder of the line."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    return config
