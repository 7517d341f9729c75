"""`guitai verify` of a till that has lost its end, and commands for a till that is not there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.cli import main
from app.errors import StoreError
from app.store.folder import TILL_FILE
from app.store.tail import KEPT_LOG
from tests.support import tills
from tests.support.facts import open_shift, sell

WAL = f"{TILL_FILE}-wal"


@pytest.fixture
def killed(folder: Path, tmp_path: Path) -> Path:
    """A till's files as a process leaves them that is killed after two sales."""
    files = tills.opened(folder)
    open_shift(files)
    sell(files)
    sell(files)
    copy = Path(shutil.copytree(folder, tmp_path / "killed"))
    files.close()
    (copy / f"{TILL_FILE}-shm").unlink()
    return copy


def verified(folder: Path) -> int:
    return main(["--lang", "en", "verify", "--data", str(folder)])


def test_a_till_killed_in_its_work_is_intact(killed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verified(killed) == 0
    assert "intact" in capsys.readouterr().out
    assert not (killed / KEPT_LOG).exists()


def test_a_torn_log_is_said_as_the_start_says_it_and_kept(killed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = (killed / WAL).read_bytes()
    torn = log[: len(log) // 2] + bytes(100) + log[len(log) // 2 + 100 :]
    (killed / WAL).write_bytes(torn)
    assert verified(killed) == 36
    shown = capsys.readouterr()
    assert "(T-55)" in shown.err
    assert "intact" not in shown.out
    assert (killed / KEPT_LOG).read_bytes() == torn
    with pytest.raises(StoreError, match="till_behind"):
        tills.opened(killed)
    assert verified(killed) == 36


@pytest.mark.parametrize("keep_bytes", [0, None])
def test_a_log_that_is_cut_off_or_gone_is_said(
    killed: Path, keep_bytes: int | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if keep_bytes is None:
        (killed / WAL).unlink()
    else:
        (killed / WAL).write_bytes(b"")
    assert verified(killed) == 36
    assert "(T-55)" in capsys.readouterr().err


def test_an_old_file_put_back_is_said(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = Path(shutil.copy(folder / TILL_FILE, tmp_path / "old.db"))
    files = tills.opened(folder)
    open_shift(files)
    sell(files)
    files.close()
    assert verified(folder) == 0
    shutil.copy(old, folder / TILL_FILE)
    capsys.readouterr()
    assert verified(folder) == 36
    assert "(T-55)" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["rescue", "restore"])
@pytest.mark.parametrize("holds", [None, "", "hq.toml"], ids=["missing", "empty", "head office"])
def test_where_no_till_is_it_is_said_and_nothing_is_made(
    command: str, holds: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "place"
    if holds is not None:
        place.mkdir()
    if holds:
        (place / holds).touch()
    assert main(["--lang", "en", command, "--data", str(place)]) == 11
    assert "There is no till in" in capsys.readouterr().err
    assert [path.name for path in place.glob("*")] == ([holds] if holds else [])
