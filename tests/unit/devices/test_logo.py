"""A chain's logo: any small picture becomes dots, anything else nothing."""

from __future__ import annotations

import base64
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from app.domain.receipt import Cut, Image, Receipt, from_json, to_json
from devices.printer import logo
from devices.printer.escpos import EscPosRenderer
from devices.printer.glyphs import Glyphs
from devices.printer.logo import read_logo
from devices.printer.profiles import profile
from devices.printer.raster import has_live_command
from devices.simulated.decoder import Decoder
from devices.simulated.paper import Dots, Paper
from tests.support.pictures import png


def test_black_and_clear_parts_are_told_apart(tmp_path: Path) -> None:
    picture = Pillow.new("RGBA", (4, 1), (0, 0, 0, 0))
    picture.putpixel((0, 0), (0, 0, 0, 255))
    picture.putpixel((1, 0), (90, 90, 90, 255))
    picture.putpixel((2, 0), (200, 200, 200, 255))
    picture.save(tmp_path / "logo.png")
    found = read_logo(tmp_path / "logo.png")
    assert found is not None
    assert (found.width_dots, found.height_dots, found.rows()) == (8, 1, b"\xc0")


def test_what_is_no_picture_or_too_big_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_logo(tmp_path / "none.png") is None
    (tmp_path / "text.png").write_text("hello")
    assert read_logo(tmp_path / "text.png") is None
    for size in ((385, 1), (1, 201)):
        png(tmp_path / "big.png", *size)
        assert read_logo(tmp_path / "big.png") is None
    png(tmp_path / "small.png", 8, 8)
    monkeypatch.setattr(logo, "FILE_BYTES_MAX", 10)
    assert read_logo(tmp_path / "small.png") is None


def printed(image: Image, name: str) -> Paper:
    paper = Paper()
    data = EscPosRenderer(profile(name), Glyphs(())).render(Receipt((image, Cut())))
    Decoder(paper, lambda _: b"").feed(data)
    return paper


def test_a_logo_is_printed_dot_by_dot_and_kept_with_the_job(tmp_path: Path) -> None:
    png(tmp_path / "logo.png", 384, 3)
    found = read_logo(tmp_path / "logo.png")
    assert found is not None
    kept = from_json(to_json(Receipt((found, Cut())))).blocks[0]
    assert kept == found
    paper = printed(found, "escpos-58")
    assert paper.items[0] == Dots(48, 3, b"\xff" * 144, 1)
    assert paper.unknown == []


def test_a_picture_wider_than_the_paper_is_left_out(tmp_path: Path) -> None:
    png(tmp_path / "logo.png", 384, 3)
    found = read_logo(tmp_path / "logo.png")
    assert found is not None
    wide = Image(1024, found.height_dots, found.dots)
    assert not [item for item in printed(wide, "escpos-80").items if isinstance(item, Dots)]


@given(st.integers(1, 48), st.lists(st.sampled_from((0x10, 0x04, 0x05, 0x14, 0xFF)), min_size=1, max_size=400))
def test_a_logo_is_never_a_live_command_whatever_its_dots(width_bytes: int, dots: list[int]) -> None:
    height = max(1, len(dots) // width_bytes)
    rows = bytes(dots).ljust(width_bytes * height, b"\x10")[: width_bytes * height]
    picture = Image(8 * width_bytes, height, base64.b64encode(zlib.compress(rows)).decode())
    data = EscPosRenderer(profile("escpos-80"), Glyphs(())).render(Receipt((picture, Cut())))
    assert not has_live_command(data)
