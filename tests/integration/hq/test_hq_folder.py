"""A head office's folder: a copy is one of its own; a database that is missing or damaged is said in words."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from psycopg import errors
from sqlalchemy.exc import DBAPIError, OperationalError

from app.cli import main
from app.errors import ConfigError, StoreError
from app.wiring.hq_folder import damage_in_words, open_office, read_config, served_alone

EXIT_DAMAGED = 38
FREE_PAGES_AT = 36  # of the file's header: how many pages are free


def run(folder: Path, *words: str, language: str = "en") -> int:
    return main(["--lang", language, "hq", *words, "--data", str(folder)])


def incarnation(folder: Path) -> int:
    office = open_office(folder)
    try:
        with office.database.read() as connection:
            return office.incarnation_no(connection)
    finally:
        office.database.close()


def spoil(file: Path, table: str) -> None:
    """Overwrite the first page of a table; the file still opens."""
    with closing(sqlite3.connect(file)) as database:
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size_bytes,) = database.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as there:
        there.seek((page - 1) * size_bytes)
        there.write(b"\xa5" * size_bytes)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert run(tmp_path / "hq", "init", "--store", "s027") == 0
    return tmp_path / "hq"


def test_a_copied_folder_is_a_head_office_of_its_own(folder: Path, tmp_path: Path) -> None:
    assert (folder / "hq.toml").read_text(encoding="utf-8") == 'database = "sqlite:///hq.db"\n'
    copied = Path(shutil.copytree(folder, tmp_path / "copy"))
    assert run(copied, "restored") == 0
    assert (incarnation(copied), incarnation(folder)) == (2, 1)


def test_a_file_named_by_its_whole_path_stays_there(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.db"
    (folder / "hq.db").rename(elsewhere)
    (folder / "hq.toml").write_text(f'database = "sqlite:///{elsewhere}"\n', encoding="utf-8")
    assert read_config(folder).file == elsewhere
    assert run(folder, "verify") == 0


def test_a_missing_database_is_said_and_none_is_made(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "hq.db").unlink()
    for command in ("verify", "restored", "serve"):
        assert run(folder, command) == 4
        assert "The database hq.db is missing" in capsys.readouterr().err
    assert not (folder / "hq.db").exists()


def test_an_address_nobody_can_read_is_said(folder: Path) -> None:
    (folder / "hq.toml").write_text('database = "sqlite:hq.db"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="hq_database"):
        read_config(folder)


@pytest.mark.parametrize("command", ["verify", "reconcile"])
def test_a_damaged_database_is_said_with_a_code_of_its_own(
    folder: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(folder / "hq.db", "feed_row")
    assert run(folder, command) == EXIT_DAMAGED
    assert "Head office's database is damaged" in capsys.readouterr().err
    assert run(folder, command, language="zh_CN") == EXIT_DAMAGED
    assert "总部的数据库已损坏" in capsys.readouterr().err


def test_a_file_that_is_no_database_is_damaged_too(folder: Path) -> None:
    (folder / "hq.db").write_bytes(b"no database at all " * 1_000)
    assert run(folder, "tills") == EXIT_DAMAGED


def test_damage_under_postgresql_is_told_from_other_errors() -> None:
    with pytest.raises(StoreError, match="hq_damaged"), damage_in_words():
        raise DBAPIError("", {}, errors.DataCorrupted())
    with pytest.raises(OperationalError), damage_in_words():
        raise OperationalError("", {}, errors.AdminShutdown())
    with pytest.raises(OperationalError), damage_in_words():
        raise OperationalError("", {}, sqlite3.OperationalError("unable to open database file"))


def test_a_second_serve_on_one_file_is_refused_in_words(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with served_alone(folder):
        assert run(folder, "serve", "--port", "0") == 4
    assert "S-83" in capsys.readouterr().err
    with served_alone(folder):  # the first one has ended
        assert run(folder, "verify") == 0  # operators' commands go on beside it


def test_several_may_serve_a_database_that_is_no_file(folder: Path) -> None:
    (folder / "hq.toml").write_text('database = "postgresql://nobody@127.0.0.1/none"\n', encoding="utf-8")
    with served_alone(folder), served_alone(folder):
        assert not (folder / "hq.lock").exists()


def test_a_lock_that_cannot_be_made_is_said(folder: Path) -> None:
    (folder / "hq.lock").mkdir()
    with pytest.raises(ConfigError, match="hq_database"), served_alone(folder):
        pass


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such permissions")
def test_the_database_is_its_owner_s_alone(folder: Path) -> None:
    assert (folder / "hq.db").stat().st_mode & 0o777 == 0o600
    (folder / "hq.db").chmod(0o644)
    assert incarnation(folder) == 1
    assert (folder / "hq.db").stat().st_mode & 0o777 == 0o600


def test_something_else_in_the_place_of_the_database_is_said(folder: Path) -> None:
    (folder / "hq.db").unlink()
    (folder / "hq.db").mkdir()
    assert run(folder, "verify") == 4


def test_verify_finds_damage_that_no_invariant_reads(folder: Path) -> None:
    assert run(folder, "verify") == 0
    with (folder / "hq.db").open("r+b") as file:
        file.seek(FREE_PAGES_AT)
        file.write((9).to_bytes(4, "big"))
    assert run(folder, "verify") == EXIT_DAMAGED
