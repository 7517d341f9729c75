"""The words check finds what is missing, left over, doubled, or said without its facts."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tools import catalogue, check_messages, files

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project: one screen that says one text, one error with words, catalogues that fit."""
    contents = {
        "ui/screen.py": 'tr("Points: {points}", points=3)\n',
        "app/rule.py": 'raise Refusal("too_few", usable=1)\n',
        "app/messages/rule.py": 'WORDS = {"too_few": Words("R-02", "Only {usable}")}\n',
        "devices/port.py": "",
        "resources/locale/zh_CN/LC_MESSAGES/ui.po": HEADER + 'msgid "Points: {points}"\nmsgstr "积分：{points}"\n',
        "resources/locale/zh_CN/LC_MESSAGES/core.po": HEADER + 'msgid "Only {usable}"\nmsgstr "只有 {usable}"\n',
        "resources/locale/zh_CN/LC_MESSAGES/devices.po": HEADER,
    }
    for name, content in contents.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    read = lambda path: (tmp_path / path).read_text(encoding="utf-8")  # noqa: E731
    every = lambda *tops: [path.relative_to(tmp_path) for path in sorted(tmp_path.rglob("*.py"))  # noqa: E731
                           if not tops or path.relative_to(tmp_path).parts[0] in tops]  # fmt: skip
    for module in (catalogue, check_messages):
        monkeypatch.setattr(module, "python_files", every)
        monkeypatch.setattr(module, "text", read)
    monkeypatch.setattr(catalogue, "tree", lambda path: ast.parse(read(path)))
    monkeypatch.setattr(catalogue, "ROOT", tmp_path)
    return tmp_path


def complaints(capsys: pytest.CaptureFixture[str]) -> str:
    code = check_messages.main()
    printed = capsys.readouterr().out
    assert code == (1 if printed else 0)
    return printed


def append(path: Path, content: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + content, encoding="utf-8")


def test_a_project_whose_words_fit_passes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert complaints(capsys) == ""


def test_an_untranslated_text_is_found(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(project / "ui/screen.py", 'self._tr("Hello" if morning else "Good evening")\n')
    printed = complaints(capsys)
    assert "not in ui.po: 'Hello'" in printed
    assert "not in ui.po: 'Good evening'" in printed


def test_a_fact_the_call_forgets_is_found(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(project / "ui/screen.py", 'tr("Points: {points}")\n')
    assert "needs ['points']" in complaints(capsys)


def test_a_translation_with_another_fact_is_found(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "resources/locale/zh_CN/LC_MESSAGES/ui.po"
    path.write_text(path.read_text(encoding="utf-8").replace("：{points}", "：{point}"), encoding="utf-8")
    assert "its translation ['point']" in complaints(capsys)


def test_a_translation_nothing_says_and_one_given_twice_are_found(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = 'msgid "Old"\nmsgstr "旧"\n\n'
    append(project / "resources/locale/zh_CN/LC_MESSAGES/devices.po", entry)
    append(project / "resources/locale/zh_CN/LC_MESSAGES/ui.po", '\nmsgid ""\n"Points: "\n"{points}"\nmsgstr "分"\n')
    printed = complaints(capsys)
    assert "devices.po: nothing says 'Old' any more" in printed
    assert "ui.po: stands twice: 'Points: {points}'" in printed


def test_a_code_without_words_and_words_without_a_code_are_found(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    append(project / "app/rule.py", 'raise StoreError("disk_full")\n')
    append(project / "app/messages/rule.py", 'WORDS["unused"] = Words("R-02", "Only {usable}")\n')
    printed = complaints(capsys)
    assert "'disk_full' has no words" in printed
    assert "nothing uses the code 'unused'" in printed
    assert "reference R-02 is given twice" in printed


def test_an_error_without_the_facts_of_its_sentence_is_found(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(project / "app/rule.py", 'raise Refusal("too_few", wanted=1)\n')
    assert "needs the facts ['usable']" in complaints(capsys)


def test_a_text_said_through_a_table_counts_as_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(project / "ui/screen.py", 'TABLE = {1: mark("Gold")}\ntr(TABLE[1])\n')
    append(project / "resources/locale/zh_CN/LC_MESSAGES/ui.po", '\nmsgid "Gold"\nmsgstr "金卡"\n')
    assert complaints(capsys) == ""


def test_the_tree_of_this_project_can_be_read() -> None:
    assert len(files.python_files("app")) > 10
