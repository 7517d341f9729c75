"""The size caps and the text check refuse what they say they refuse."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tools import check_sizes, check_text


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    read = lambda path: (tmp_path / path).read_text(encoding="utf-8")  # noqa: E731
    monkeypatch.setattr(check_sizes, "text", read)
    monkeypatch.setattr(check_sizes, "tree", lambda path: ast.parse(read(path)))
    monkeypatch.setattr(check_text, "ROOT", tmp_path)
    (tmp_path / "app").mkdir()
    (tmp_path / "tests").mkdir()
    return tmp_path


def test_a_file_of_400_lines_passes_and_one_more_is_refused(source: Path) -> None:
    path = Path("tests/test_long.py")
    (source / path).write_text("a = 1\n" * 400, encoding="utf-8")
    assert check_sizes.too_long(path) == []
    (source / path).write_text("a = 1\n" * 401, encoding="utf-8")
    assert check_sizes.too_long(path) == ["tests/test_long.py: 401 lines (cap 400)"]


def test_a_function_of_60_lines_passes_and_one_more_is_refused(source: Path) -> None:
    path = Path("app/long.py")
    (source / path).write_text("def f():\n" + "    a = 1\n" * 59, encoding="utf-8")
    assert check_sizes.too_long(path) == []
    (source / path).write_text("def f():\n" + "    a = 1\n" * 60, encoding="utf-8")
    assert check_sizes.too_long(path) == ["app/long.py:1: f has 61 lines (cap 60)"]


@pytest.mark.parametrize(
    "line",
    [
        "see /wor" + "k/main/x",
        "index at pyp" + "i.org",
        "# TO" + "DO later",
        "raise NotImplemented" + "Error",
        "for n" + "ow",
    ],
)
def test_a_line_bound_to_a_machine_or_left_undone_is_refused(source: Path, line: str) -> None:
    path = Path("app/some.py")
    (source / path).write_text(f"fine\n{line}\n", encoding="utf-8")
    assert len(check_text.problems_in(path)) == 1


def test_a_relative_path_that_holds_such_a_name_passes(source: Path) -> None:
    path = Path("app/some.py")
    (source / path).write_text("sync/hq/wor" + "k/accept.py and tests/roo" + "t/x\n", encoding="utf-8")
    assert check_text.problems_in(path) == []
