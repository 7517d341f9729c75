"""Commands where nothing can be written, or nobody can be asked: words, an exit code, and nothing left lying about."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import main
from app.errors import StoreError
from app.services.demo_members import DemoPlan, demo_members
from app.services.import_members import ImportedMember
from app.store import bulk, keys
from app.store.folder import TILL_FILE
from tests.support import facts, tills
from tests.support.commands import guitai
from tests.support.damage import no_file_over

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no resource limits")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tills.make(tmp_path_factory.mktemp("unwritable") / "till")


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    return tills.copied(template, tmp_path / "till")


def test_a_load_that_runs_out_of_room_gives_its_room_back(folder: Path) -> None:
    before = {path.name for path in folder.iterdir()}
    size = max(path.stat().st_size for path in folder.iterdir())
    ring = keys.load(folder, os.environ)
    with no_file_over(size + 300_000), pytest.raises(StoreError, match="disk_full"):
        bulk.load_members(folder, ring, demo_members(DemoPlan(4000, tills.NOW_MS, "s027")))
    assert {path.name for path in folder.iterdir()} == before
    assert set(keys.load(folder, os.environ).wrapped) == {TILL_FILE, "cache-1.db"}


def test_a_load_that_is_interrupted_leaves_nothing(folder: Path) -> None:
    def interrupted() -> Iterator[ImportedMember]:
        yield from demo_members(DemoPlan(3, tills.NOW_MS, "s027"))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bulk.load_members(folder, keys.load(folder, os.environ), interrupted())
    assert [path.name for path in folder.glob("cache-*")] == ["cache-1.db"]


def test_chains_are_checked_where_nothing_can_be_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = tills.opened(folder)
    facts.open_shift(files)
    facts.sell(files)
    files.close()
    with no_file_over(0):
        code = main(["--lang", "en", "verify", "--data", str(folder)])
    shown = capsys.readouterr()
    assert code == 0, shown.err
    assert "epoch 1: intact" in shown.out


def test_a_till_that_ended_in_a_sale_is_checked_where_nothing_can_be_written(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = tills.opened(folder)
    facts.open_shift(files)
    facts.sell(files)
    killed = tills.copied(folder, tmp_path / "killed")
    files.close()
    (killed / f"{TILL_FILE}-shm").unlink()
    assert (killed / f"{TILL_FILE}-wal").stat().st_size > 0
    with no_file_over(0):
        code = main(["--lang", "en", "verify", "--data", str(killed)])
    shown = capsys.readouterr()
    assert code == 0, shown.err
    assert "epoch 1: intact" in shown.out


def test_a_printer_that_cannot_keep_its_receipts_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = tmp_path / "taken"
    taken.write_text("", encoding="utf-8")
    for out in (taken / "receipts", Path("/proc/receipts")):
        assert main(["--lang", "en", "simulate", "printer", "--port", "0", "--out", str(out)]) == 4
        assert "B-15" in capsys.readouterr().err


def test_a_till_without_its_first_person_says_what_is_missing(tmp_path: Path) -> None:
    made = guitai(
        *("--lang", "en", "init", "--data", tmp_path / "till", "--store", "s1", "--till", "1", "--key-store", "file"),
        given="",
    )
    assert made.code == 2
    assert "--staff" in made.err
    assert "B-16" in made.err
    assert not (tmp_path / "till").exists()


def test_a_wrong_programme_is_said_before_anybody_is_asked(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("schema = 1\n", encoding="utf-8")
    made = guitai(
        *("--lang", "en", "init", "--data", tmp_path / "till", "--store", "s1", "--till", "1", "--key-store", "file"),
        *("--programme", wrong),
        given="",
    )
    assert made.code == 4, made.err
    assert "Staff number" not in made.out + made.err
