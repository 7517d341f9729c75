"""A head office's folder: its set-up, the database (or its address), the side file, the escrow secret."""

from __future__ import annotations

import os
import sqlite3
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from psycopg import errors
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from app.clock import SystemClock
from app.errors import ConfigError, StoreError
from app.failpoints import Failpoints
from app.resources import migrations
from app.store.folder import try_lock
from sync.hq.database import Database
from sync.hq.meta import SideFile
from sync.hq.office import Office
from sync.hq.schema import upgrade
from sync.hq.setup import is_initialised

CONFIG_FILE = "hq.toml"
DATABASE_FILE = "hq.db"
SIDE_FILE = "hq.side"
ESCROW_FILE = "escrow.key"
FOLDER_VARIABLE = "GUITAI_HQ_DATA"
SQLITE_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
POSTGRESQL_DAMAGED: Final = (errors.DataCorrupted, errors.IndexCorrupted)


def _folder(_ctx: click.Context, _param: click.Parameter, given: Path | None) -> Path:
    if given is not None:
        return given.absolute()
    from platformdirs import user_data_path  # lazy: only when no folder was named

    return user_data_path("guitai-hq", appauthor=False)


data_option = click.option(
    "--data",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    envvar=FOLDER_VARIABLE,
    callback=_folder,
    help="Head office's data folder; else the user's own.",
)


@dataclass(frozen=True, slots=True)
class HqConfig:
    """`database`: an SQLAlchemy URL; `file`: where that of SQLite lies."""

    database: str
    file: Path | None = None


def create_folder(folder: Path, database: str | None) -> HqConfig:
    """An owner-only folder with its set-up, which names a file of the folder without the folder, so that a copy of the
    folder is a head office of its own. ConfigError `hq_exists`, `hq_database`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / CONFIG_FILE).exists():
        raise ConfigError("hq_exists", folder=folder.name)
    address = database or f"sqlite:///{DATABASE_FILE}"
    found = _found(folder, address)
    quoted = address.replace("\\", "\\\\").replace('"', '\\"')
    _private(folder / CONFIG_FILE, f'database = "{quoted}"\n')
    return found


def create_escrow(folder: Path) -> str:
    """The key pair tills seal their file keys to: the secret stays in the folder; the public half, 64 hex digits."""
    secret = X25519PrivateKey.generate()
    _private(folder / ESCROW_FILE, secret.private_bytes_raw().hex() + "\n")
    return secret.public_key().public_bytes_raw().hex()


def _owner_only(file: Path) -> None:
    """There, and for nobody else to read: SQLite makes its log and its index as the file is. OSError."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    if os.name == "posix" and file.stat().st_mode & 0o077:
        with suppress(PermissionError):  # another user's file that we may use
            file.chmod(0o600)


def _private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read_config(folder: Path) -> HqConfig:
    """ConfigError `hq_missing`, `hq_config`, `hq_database`."""
    try:
        found = tomllib.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError("hq_missing", folder=folder.name) from error
    except (OSError, ValueError) as error:
        raise ConfigError("hq_config", file=CONFIG_FILE) from error
    database = found.get("database")
    if not isinstance(database, str) or found.keys() != {"database"}:
        raise ConfigError("hq_config", file=CONFIG_FILE)
    return _found(folder, database)


def _found(folder: Path, address: str) -> HqConfig:
    """A file of SQLite is one of the folder unless its whole path is given. ConfigError `hq_database`."""
    if not address.startswith("sqlite"):
        return HqConfig(address)
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise ConfigError("hq_database") from error
    file = folder / (url.database or DATABASE_FILE)
    return HqConfig(url.set(database=str(file)).render_as_string(hide_password=False), file)


def open_database(config: HqConfig) -> Database:
    """The database at the newest schema. ConfigError `hq_database` when it does not answer; StoreError `hq_damaged`."""
    try:
        if config.file is not None:
            _owner_only(config.file)
        with damage_in_words():
            database = Database(_driver(config.database))
            upgrade(database, migrations() / "hq")
    except (ArgumentError, DBAPIError, OSError) as error:
        raise ConfigError("hq_database") from error
    return database


@contextmanager
def served_alone(folder: Path) -> Iterator[None]:
    """Keep a second `guitai hq serve` from a database that is one file: two would each take the other's numbers.

    ConfigError `hq_served`, `hq_database` (no place for the lock) and those of `read_config`.
    """
    file = read_config(folder).file
    if file is None or not file.exists():
        yield
        return
    try:
        lock = os.fdopen(os.open(file.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8")
    except OSError as error:
        raise ConfigError("hq_database") from error
    with lock:
        if not try_lock(lock):
            raise ConfigError("hq_served", folder=folder.name)
        yield


@contextmanager
def damage_in_words() -> Iterator[None]:
    """StoreError `hq_damaged` for a database that is no longer one; its other errors pass."""
    try:
        yield
    except DBAPIError as error:
        if not _is_damage(error.orig):
            raise
        raise StoreError("hq_damaged") from error


def _is_damage(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.Error):
        return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in SQLITE_DAMAGED  # the rest says which kind
    return isinstance(error, POSTGRESQL_DAMAGED)


class HeadOfficeCommands(click.Group):
    """Commands that find the database damaged end with words."""

    def invoke(self, ctx: click.Context) -> object:
        with damage_in_words():
            return super().invoke(ctx)


def _driver(url: str) -> str:
    """PostgreSQL is spoken with psycopg 3 whatever the address calls it."""
    for name in ("postgresql://", "postgres://"):
        if url.startswith(name):
            return "postgresql+psycopg://" + url.removeprefix(name)
    return url


def open_office(folder: Path) -> Office:
    """Head office over its database, not yet begun. ConfigError `hq_missing`, `hq_config`, `hq_database_missing`,
    `hq_unfinished` and those of `open_database`."""
    config = read_config(folder)
    if config.file is not None and not config.file.exists():
        raise ConfigError("hq_database_missing", folder=folder.name, file=config.file.name)
    database = open_database(config)
    with database.read() as connection:
        if not is_initialised(connection):
            raise ConfigError("hq_unfinished", folder=folder.name)
    side = SideFile(folder / SIDE_FILE)
    return Office(database, SystemClock(), side, pinyin_of(), failpoints=Failpoints(os.environ))


def pinyin_of() -> Callable[[str], str]:
    """Names to syllables; pypinyin is loaded with the first name."""

    def read(name: str) -> str:
        from app.store.pinyin import pinyin

        return pinyin(name)

    return read
