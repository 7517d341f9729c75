"""`guitai hq import`: files as people have them, refused lines by number and reason."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from app import cli
from app.wiring import import_lines
from tests.support.commands import guitai

MEMBERS = """会员号,姓名,手机号,卡号,积分
M1,张小凡,13816582719,8800000000005,120
M2,李四,138,,5
M3,王五,13800138000,8800000000004,5
M4,赵六,13800138001,8800000000013,7
"""
PRODUCTS = "货号,品名,售价,条码\ng7,棉柔巾,29.90,6900000000007\ng8,,1,\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A head office with one store."""
    made = tmp_path / "hq"
    assert cli.main(["hq", "init", "--data", str(made), "--store", "s027"]) == 0
    return made


@pytest.fixture
def members(tmp_path: Path) -> Path:
    path = tmp_path / "会员.csv"
    path.write_bytes(MEMBERS.encode("gb18030"))
    return path


def run(what: str, file: Path, folder: Path, *more: str) -> int:
    store = ("--store", "s027") if what == "members" else ()
    return cli.main(["--lang", "en", "hq", "import", what, str(file), "--data", str(folder), *store, *more])


def rows(folder: Path, kind: str) -> list[dict[str, Any]]:
    """The live rows tills will get, by id."""
    database = sqlite3.connect(folder / "hq.db")
    try:
        found = database.execute("SELECT raw FROM feed_row WHERE kind = ? AND raw IS NOT NULL ORDER BY id", (kind,))
        return [json.loads(raw) for (raw,) in found]
    finally:
        database.close()


def test_members_arrive_and_refused_lines_are_named(
    folder: Path, members: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run("members", members, folder) == import_lines.EXIT_LINES_REFUSED
    shown = capsys.readouterr()
    assert shown.out == "Added 2, changed 0, unchanged 0, refused 2\n"
    assert shown.err.splitlines() == [
        "Line 3: the phone number is none",
        "Line 4: the card number's check digit is wrong",
    ]
    assert {one["name"] for one in rows(folder, "member")} == {"张小凡", "赵六"}
    assert sorted(one["balance"] for one in rows(folder, "account")) == [7, 120]


def test_the_same_file_again_changes_nothing(folder: Path, members: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("members", members, folder)
    capsys.readouterr()
    run("members", members, folder, "--no-card-check", "--encoding", "gb18030", "--map", "name=姓名")
    assert capsys.readouterr().out == "Added 1, changed 0, unchanged 2, refused 1\n"


def test_products_arrive_at_the_store(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(PRODUCTS, encoding="utf-8-sig")
    done = guitai("--lang", "zh_CN", "hq", "import", "products", path, "--data", folder)
    assert done.code == import_lines.EXIT_LINES_REFUSED
    assert "第 3 行" in done.err
    (product,) = rows(folder, "product")
    assert (product["name"], product["unit_minor"], product["barcodes"]) == ("棉柔巾", 2990, ["6900000000007"])


def test_a_file_without_mistakes_ends_well(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("sku,name,price\na,b,1\n", encoding="utf-8")
    assert run("products", path, folder) == 0


@pytest.mark.parametrize("extra", [["--map", "surname=姓名"], ["--map", "x"], ["--encoding", "klingon"]])
def test_a_wrong_command_line_imports_nothing(folder: Path, members: Path, extra: list[str]) -> None:
    assert run("members", members, folder, *extra) == cli.EXIT_CONFIG
    assert rows(folder, "member") == []


def test_a_file_that_is_not_there_says_so(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("members", tmp_path / "none.csv", folder) == cli.EXIT_CONFIG
    assert "none.csv" in capsys.readouterr().err


def test_many_refused_lines_are_counted_not_listed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_lines, "REFUSED_SHOWN_MAX", 2)
    monkeypatch.setattr(import_lines, "PROGRESS_EVERY_S", 0.0)
    path = tmp_path / "m.csv"
    path.write_text("id,phone\n" + "".join(f"M{n},1\n" for n in range(5)) + "ok,\n", encoding="utf-8")
    capsys.readouterr()
    run("members", path, folder)
    shown = capsys.readouterr()
    assert "3 more lines were refused" in shown.err
    assert shown.err.count("Line ") == 2
    assert " a second" in shown.err
    assert shown.out == "Added 1, changed 0, unchanged 0, refused 5\n"
