"""`guitai programme check`: exit codes, one line per difference, mistakes with their path, both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.i18n import load
from app.resources import resources
from app.wiring.programme_cli import programme
from tests.support.scenarios import document, line, look, redeem, sale, scenario

ROOT = Path(__file__).parents[3]
DAY = "2025-01-23"


def run(*arguments: str | Path, language: str = "en") -> Result:
    tr = load(resources() / "locale", language)
    return CliRunner().invoke(programme, ["check", *map(str, arguments)], obj=tr, catch_exceptions=False)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "good.json"
    file.write_text(json.dumps(scenario(document(), sale("s", DAY, line(1000), expect={"earned": 10}))))
    return file


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    file = tmp_path / "bad.json"
    steps = [sale("s", DAY, line(1000), expect={"earned": 11, "tier": "gold"}), redeem("x", DAY, 99), look(DAY)]
    file.write_text(json.dumps(scenario(document(), *steps)))
    return file


def test_all_published_cases_hold_without_a_word() -> None:
    result = run(*sorted((ROOT / "tests" / "acceptance" / "programme").glob("*.json")))
    assert (result.exit_code, result.output) == (0, "")


def test_every_difference_is_one_line(bad: Path, good: Path) -> None:
    result = run(good, bad)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"{bad}: s: earned: expected 11, got 10",
        f'{bad}: s: tier: expected "gold", got null',
        f'{bad}: x: refused: expected null, got "insufficient_points"',
    ]


def test_a_difference_is_said_in_chinese_too(bad: Path) -> None:
    assert run(bad, language="zh_CN").output.splitlines()[0] == f"{bad}: s: earned: 应为 11，得到 10"


def test_json_prints_every_step_in_full(bad: Path) -> None:
    result = run("--json", bad)
    report = json.loads(result.output)
    assert (result.exit_code, [step["step"] for step in report["steps"]]) == (1, ["s", "x", "steps[2] look"])
    assert report["steps"][0]["result"]["because"] == [{"rule": "base", "points": 10, "line": 0}]
    assert report["steps"][0]["differences"][0] == {"step": "s", "field": "earned", "expected": 11, "got": 10}


def test_json_of_several_files_is_one_object_a_line(bad: Path, good: Path) -> None:
    result = run("--json", bad, good)
    assert [json.loads(report)["file"] for report in result.output.splitlines()] == [str(bad), str(good)]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "must be a whole number from 1 to 9007199254740991"), ("zh_CN", "应是 1 到 9007199254740991 的整数")],
)
def test_a_malformed_file_is_named_by_its_path_in_both_languages(
    tmp_path: Path, bad: Path, language: str, words: str
) -> None:
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(scenario(document(version=0), look(DAY))))
    result = run(file, bad, language=language)
    assert result.exit_code == 2
    assert result.output.splitlines()[0] == f"{file}: programme.version: {words}"


def test_a_programme_document_is_checked_by_itself(tmp_path: Path) -> None:
    demo = ROOT / "resources" / "programmes" / "demo.toml"
    assert (run(demo).exit_code, run(demo).output) == (0, "")
    file = tmp_path / "programme.json"
    file.write_text(json.dumps(document(colour=1)))
    assert run(file).output == f"{file}: colour: is not known here\n"
    toml = tmp_path / "programme.toml"
    toml.write_text('schema = 1\nid = "x"\n', encoding="utf-8-sig")
    result = run(toml)
    assert (result.exit_code, len(result.output.splitlines())) == (2, 4)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "The file cannot be read: not UTF-8. (P-04)"),
        (b"{", "This is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1). (P-02)"),
        (b"[]", "The document must be one table of names and values. (P-06)"),
    ],
)
def test_a_file_that_is_no_document(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(content)
    result = run(file)
    assert (result.exit_code, result.output) == (2, f"{file}: {words}\n")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = run(tmp_path / "none.json")
    assert result.exit_code == 2
    assert "P-04" in result.output
