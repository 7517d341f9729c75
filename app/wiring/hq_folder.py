"""A head office's folder: its set-up, the database (or its address), the side file, the escrow secret."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy.exc import ArgumentError, DBAPIError

from app.clock import SystemClock
from app.errors import ConfigError
from app.failpoints import Failpoints
from app.resources import migrations
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
    """`database`: an SQLAlchemy URL."""

    database: str


def create_folder(folder: Path, database: str | None) -> HqConfig:
    """An owner-only folder with its set-up. ConfigError `hq_exists`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / CONFIG_FILE).exists():
        raise ConfigError("hq_exists", folder=folder.name)
    found = HqConfig(database or f"sqlite:///{folder / DATABASE_FILE}")
    quoted = found.database.replace("\\", "\\\\").replace('"', '\\"')
    _private(folder / CONFIG_FILE, f'database = "{quoted}"\n')
    return found


def create_escrow(folder: Path) -> str:
    """The key pair tills seal their file keys to: the secret stays in the folder; the public half, 64 hex digits."""
    secret = X25519PrivateKey.generate()
    _private(folder / ESCROW_FILE, secret.private_bytes_raw().hex() + "\n")
    return secret.public_key().public_bytes_raw().hex()


def _private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read_config(folder: Path) -> HqConfig:
    """ConfigError `hq_missing`, `hq_config`."""
    try:
        found = tomllib.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError("hq_missing", folder=folder.name) from error
    except (OSError, ValueError) as error:
        raise ConfigError("hq_config", file=CONFIG_FILE) from error
    database = found.get("database")
    if not isinstance(database, str) or found.keys() != {"database"}:
        raise ConfigError("hq_config", file=CONFIG_FILE)
    return HqConfig(database)


def open_database(config: HqConfig) -> Database:
    """The database at the newest schema. ConfigError `hq_database` when it does not answer."""
    try:
        database = Database(_driver(config.database))
        upgrade(database, migrations() / "hq")
    except (ArgumentError, DBAPIError) as error:
        raise ConfigError("hq_database") from error
    return database


def _driver(url: str) -> str:
    """PostgreSQL is spoken with psycopg 3 whatever the address calls it."""
    for name in ("postgresql://", "postgres://"):
        if url.startswith(name):
            return "postgresql+psycopg://" + url.removeprefix(name)
    return url


def open_office(folder: Path) -> Office:
    """Head office over its database, not yet begun. ConfigError `hq_missing`, `hq_config`, `hq_unfinished`."""
    database = open_database(read_config(folder))
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
