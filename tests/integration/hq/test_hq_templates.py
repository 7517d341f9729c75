"""`guitai hq template`: a receipt for every till of the chain, checked before it leaves, and taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from app.cli import main
from app.wiring.hq_folder import open_office
from sync.hq.tables import ROW

GOOD = 'kind = "day"\nblocks = [{text = "chain"}, {cut = true}]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "hq"
    assert main(["hq", "init", "--data", str(made), "--store", "s027"]) == 0
    return made


def run(folder: Path, *words: str | Path) -> int:
    return main(["--lang", "en", "hq", "template", *map(str, words), "--data", str(folder)])


def rows(folder: Path) -> list[dict[str, object]]:
    office = open_office(folder)
    try:
        with office.database.read() as connection:
            mine = (ROW.c.kind == "template") & ROW.c.h.is_not(None)
            return [json.loads(raw) for raw in connection.execute(select(ROW.c.raw).where(mine)).scalars()]
    finally:
        office.database.close()


def test_a_template_is_published_and_withdrawn(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "day.toml"
    file.write_text(GOOD, encoding="utf-8")
    assert run(folder, "publish", file, "--language", "en") == 0
    assert rows(folder) == [
        {"kind": "template", "id": "day:en", "ver": 1, "name": "day", "language": "en", "text": GOOD}
    ]
    assert run(folder, "withdraw", "day") == 4
    assert "S-85" in capsys.readouterr().err
    assert run(folder, "withdraw", "day", "--language", "en") == 0
    assert rows(folder) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD.replace("text", "txet"), "day.toml:2: blocks[0]"),
        ('kind = "day"\nblocks = [{image = "logo.png"}, {cut = true}]\n', "blocks[0].image"),
        ("kind = ", "day.toml: "),
    ],
)
def test_one_with_mistakes_never_leaves(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, words: str
) -> None:
    file = tmp_path / "day.toml"
    file.write_text(text, encoding="utf-8")
    assert run(folder, "publish", file) == 2
    assert words in capsys.readouterr().err
    assert rows(folder) == []
