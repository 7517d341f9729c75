"""`guitai import`: real files through the command, in process for speed and once as a process."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import cli
from app.messages.store import EXIT_CODES
from app.store.folder import FolderLock
from app.wiring import import_cli
from tests.support import tills
from tests.support.commands import guitai

MEMBERS = """会员号,姓名,手机号,卡号,积分
M1,张小凡,13816582719,8800000000005,120
M2,李四,138,,5
M3,王五,13800138000,8800000000004,5
M4,赵六,13800138001,8800000000013,7
"""
PRODUCTS = "货号,品名,售价,条码\ng7,棉柔巾,29.90,6900000000007\ng8,,1,\n"


@pytest.fixture
def members(tmp_path: Path) -> Path:
    path = tmp_path / "会员.csv"
    path.write_bytes(MEMBERS.encode("gb18030"))
    return path


def run(*arguments: str | Path) -> int:
    return cli.main(["--lang", "en", "import", *map(str, arguments)])


def test_members_arrive_and_refused_lines_are_named(
    folder: Path, members: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("members", members, "--data", folder) == import_cli.EXIT_LINES_REFUSED
    shown = capsys.readouterr()
    assert shown.out == "Added 2, changed 0, unchanged 0, refused 2\n"
    assert shown.err.splitlines() == [
        "Line 3: the phone number is none",
        "Line 4: the card number's check digit is wrong",
    ]
    opened = tills.opened(folder)
    found = opened.members.by_card("8800000000005")
    assert found is not None
    assert found.name == "张小凡"
    assert found.account is not None
    assert found.account.balance == 120
    opened.close()


def test_the_same_file_again_changes_nothing(folder: Path, members: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("members", members, "--data", folder)
    capsys.readouterr()
    run("members", members, "--data", folder, "--no-card-check", "--encoding", "gb18030", "--map", "name=姓名")
    assert capsys.readouterr().out == "Added 1, changed 0, unchanged 2, refused 1\n"


def test_products_arrive_as_essentials(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(PRODUCTS, encoding="utf-8-sig")
    done = guitai("--lang", "zh_CN", "import", "products", path, "--data", folder)
    assert done.code == import_cli.EXIT_LINES_REFUSED
    assert done.out.strip() == "新增 1，更改 0，未变 0，拒绝 1"
    assert "第 3 行" in done.err
    opened = tills.opened(folder)
    product = opened.essentials.product("6900000000007")
    assert product is not None
    assert (product.name, product.unit_minor) == ("棉柔巾", 2990)
    opened.close()


def test_a_file_without_mistakes_ends_well(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("sku,name,price\na,b,1\n", encoding="utf-8")
    assert run("products", path, "--data", folder) == 0


def test_an_open_till_is_not_imported_into(folder: Path, members: Path) -> None:
    with FolderLock(folder):
        assert run("members", members, "--data", folder) == EXIT_CODES["till_in_use"]


@pytest.mark.parametrize("extra", [["--map", "surname=姓名"], ["--map", "x"], ["--encoding", "klingon"]])
def test_a_wrong_command_line_imports_nothing(folder: Path, members: Path, extra: list[str]) -> None:
    assert run("members", members, "--data", folder, *extra) == cli.EXIT_CONFIG
    opened = tills.opened(folder)
    assert opened.members.count() == 0
    opened.close()


def test_a_file_that_is_not_there_says_so(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("members", tmp_path / "none.csv", "--data", folder) == cli.EXIT_CONFIG
    assert "none.csv" in capsys.readouterr().err


def test_many_refused_lines_are_counted_not_listed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_cli, "REFUSED_SHOWN_MAX", 2)
    monkeypatch.setattr(import_cli, "PROGRESS_EVERY_S", 0.0)
    path = tmp_path / "m.csv"
    path.write_text("id,phone\n" + "".join(f"M{n},1\n" for n in range(5)) + "ok,\n", encoding="utf-8")
    run("members", path, "--data", folder)
    shown = capsys.readouterr()
    assert "3 more lines were refused" in shown.err
    assert shown.err.count("Line ") == 2
    assert " a second" in shown.err
    assert shown.out == "Added 1, changed 0, unchanged 0, refused 5\n"
