"""`guitai receipt`: mistakes with file and line, and a template shown before it is used."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from app.cli import EXIT_CONFIG, main
from app.domain.template import PaperKind
from app.i18n import LANGUAGES
from app.wiring.papers import shipped_file
from tests.support.pictures import png


def test_the_shipped_templates_have_no_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(shipped_file(kind, language)) for kind in PaperKind for language in LANGUAGES]
    assert main(["receipt", "check", *files]) == 0
    assert capsys.readouterr().out == ""


def test_every_mistake_is_a_line_with_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "sale.toml"
    file.write_text('kind = "sale"\nblocks = [\n  {text = "{{bland}}"},\n  {feed = 0},\n  {cut = true},\n]\n')
    assert main(["--lang", "en", "receipt", "check", str(file)]) == 2
    assert capsys.readouterr().out.splitlines() == [
        f"{file}:3: blocks[0].text: there is no field bland here; there is: brand, earned",
        f"{file}:4: blocks[1].feed: must be a whole number from 1 to 20",
    ]


def test_what_is_no_toml_and_what_is_not_there_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "sale.toml"
    file.write_text("kind = \n")
    assert main(["--lang", "en", "receipt", "check", str(file), str(tmp_path / "gone.toml")]) == 2
    first, second = capsys.readouterr().out.splitlines()
    assert "line 1" in first
    assert str(tmp_path / "gone.toml") in second


def test_a_preview_is_the_paper_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receipt", "preview", str(shipped_file(PaperKind.SALE, "zh_CN")), "--columns", "32"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert {"应收    ￥250.20", "[QrCode]", "[Cut]", "-" * 32} <= set(said)


def test_a_preview_of_a_faulty_template_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "day.toml"
    file.write_text('kind = "day"\nblocks = []')
    assert main(["--lang", "zh_CN", "receipt", "preview", str(file)]) == 2
    assert "最后一块必须是切纸" in capsys.readouterr().out


def test_a_preview_is_a_picture_or_a_pdf(tmp_path: Path, qapp: object) -> None:
    assert qapp
    file = str(shipped_file(PaperKind.ENROLMENT, "en"))
    for name, magic in (("card.png", b"\x89PNG"), ("card.pdf", b"%PDF")):
        assert main(["receipt", "preview", file, "--out", str(tmp_path / name)]) == 0
        assert (tmp_path / name).read_bytes().startswith(magic)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("card.gif", "as .png, .pdf, not as card.gif"),
        ("no/card.png", "There is no folder"),
        ("dead.png", "The file dead.png cannot be written"),
    ],
)
def test_a_preview_that_cannot_be_written_says_why(
    name: str, said: str, tmp_path: Path, qapp: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert qapp
    (tmp_path / "dead.png").symlink_to(tmp_path / "gone" / "card.png")
    file = str(shipped_file(PaperKind.ENROLMENT, "en"))
    assert main(["--lang", "en", "receipt", "preview", file, "--out", str(tmp_path / name)]) == EXIT_CONFIG
    assert said in capsys.readouterr().err
    assert not (tmp_path / "card.gif").exists()


def test_a_logo_is_drawn_in_the_preview(tmp_path: Path, qapp: object) -> None:
    assert qapp
    file, out = tmp_path / "day.toml", tmp_path / "day.png"
    png(tmp_path / "logo.png", 160, 40)
    file.write_text('kind = "day"\nblocks = [{image = "logo.png"}, {feed = 1}, {cut = true}]')
    assert main(["receipt", "preview", str(file), "--out", str(out)]) == 0
    with Image.open(out) as picture:
        dark = sum(picture.convert("L").histogram()[:64])
    assert dark == 160 * 40


def test_a_shipped_template_can_be_taken_as_a_beginning(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receipt", "default", "shift", "--language", "en"]) == 0
    assert capsys.readouterr().out == shipped_file(PaperKind.SHIFT, "en").read_text(encoding="utf-8")
