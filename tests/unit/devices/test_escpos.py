"""Receipt bytes: the golden Chinese receipt, codes a scanner reads, rare characters as dots, no live commands."""

from __future__ import annotations

import contextlib
import io
import warnings
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.paper import width
from app.domain.receipt import Barcode, Columns, Cut, Feed, QrCode, Receipt, Text
from devices.printer import escpos
from devices.printer.chinese import encode
from devices.printer.escpos import EscPosRenderer, barcode, drawer_pulse, qr_code
from devices.printer.glyphs import FontFile, Glyphs, find_fonts, folders
from devices.printer.profiles import PROFILES, Fence, profile
from devices.printer.raster import harmless, has_live_command
from devices.simulated.decoder import Decoder
from devices.simulated.paper import BarcodeOnPaper, CutOnPaper, Dots, Paper, Pulse, QrOnPaper, TextRow
from devices.simulated.picture import draw
from tests.support.receipt_sample import BARCODE_DATA, QR_DATA, RARE, RECEIPT

GOLDEN = Path(__file__).parent / "golden"
GLYPHS = Glyphs(find_fonts(folders()))
ESCPOS_80 = profile("escpos-80")


def printed(data: bytes) -> Paper:
    """The paper, every byte of `data` understood."""
    paper = Paper()
    decoder = Decoder(paper, lambda _: b"")
    decoder.feed(data)
    assert (decoder.waiting, paper.unknown) == (b"", [])
    return paper


@pytest.mark.parametrize("name", ["escpos-80", "escpos-58"])
def test_the_chinese_receipt_is_the_golden_one(name: str) -> None:
    data = EscPosRenderer(profile(name), GLYPHS).render(RECEIPT)
    assert data == (GOLDEN / f"{name}.bin").read_bytes()
    assert printed(data).text + "\n" == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_a_line_with_a_rare_character_is_not_encoded() -> None:
    assert encode("张三") == b"\xd5\xc5\xc8\xfd"
    assert encode("𠮷野") is None


def test_it_begins_with_reset_and_gb_mode_and_ends_with_the_cut() -> None:
    data = EscPosRenderer(ESCPOS_80, GLYPHS).render(RECEIPT)
    assert data.startswith(b"\x1b@\x1c&")
    assert data.endswith(b"\x1dVB\x00")
    assert data.count(b"\x1b@") == data.count(b"\x1c&") == 1


def test_it_is_text_and_not_a_picture() -> None:
    data = EscPosRenderer(ESCPOS_80, GLYPHS).render(RECEIPT)
    assert not any(isinstance(item, Dots) for item in printed(data).items)
    assert len(data) < 2000


def test_cash_receipts_hold_no_drawer_pulse() -> None:
    assert not any(isinstance(item, Pulse) for item in printed(EscPosRenderer(ESCPOS_80, GLYPHS).render(RECEIPT)).items)


def test_a_reprint_is_the_same_receipt_below_its_mark() -> None:
    renderer = EscPosRenderer(ESCPOS_80, GLYPHS)
    first, again = printed(renderer.render(RECEIPT)).text, printed(renderer.render(RECEIPT, 2)).text
    assert again.split("\n")[0].strip() == "补打 REPRINT #2"
    assert again.split("\n", 1)[1] == first


@pytest.mark.parametrize("name", ["escpos-58", "escpos-76", "escpos-80"])
def test_the_codes_on_the_paper_are_read_by_a_scanner_not_written_here(name: str) -> None:
    kind = profile(name)
    picture = draw(printed(EscPosRenderer(kind, GLYPHS).render(RECEIPT)).items, kind.dots, GLYPHS)
    found = {result.format: result.text for result in zxingcpp.read_barcodes(picture)}
    assert found == {zxingcpp.BarcodeFormat.QRCode: QR_DATA, zxingcpp.BarcodeFormat.Code128: BARCODE_DATA}


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=300))
def test_no_text_whatever_makes_a_command_or_a_line_too_wide(text: str) -> None:
    paper = printed(EscPosRenderer(profile("escpos-58"), Glyphs(())).render(Receipt((Columns(text, "1.00"), Cut()))))
    assert all(width(row.text) <= 32 for row in paper.items if isinstance(row, TextRow))


@pytest.mark.parametrize(
    "attack", ["\x1bp\x00\x19\xfa", "\x10\x14\x01\x00\x01", "\x1d(k", "\x1cp\x01\x00", "\x00\x7f\x9b"]
)
def test_a_name_with_commands_in_it_prints_as_text(attack: str) -> None:
    paper = printed(EscPosRenderer(ESCPOS_80, Glyphs(())).render(Receipt((Text(f"a{attack}b"), Cut()))))
    assert [type(item) for item in paper.items] == [TextRow, CutOnPaper]


def test_rare_characters_are_drawn_in_their_line_only() -> None:
    data = EscPosRenderer(ESCPOS_80, GLYPHS).render(RARE)
    items = printed(data).items
    assert [item.height for item in items if isinstance(item, Dots)] == [30, 30, 48]
    assert all(item.width_bytes * 8 == ESCPOS_80.dots for item in items if isinstance(item, Dots))
    assert all(any(item.data) for item in items if isinstance(item, Dots))


def test_without_a_font_a_rare_character_is_a_box_and_the_line_stays_text() -> None:
    paper = printed(EscPosRenderer(ESCPOS_80, Glyphs(())).render(RARE))
    assert paper.text.split("\n")[0] == "会员 □*"
    assert not any(isinstance(item, Dots) for item in paper.items)


def test_dots_never_hold_a_live_command() -> None:
    assert harmless(b"\x10\x14\x01\x10\x04\x10\x05\x10\x10\x14") == b"\x30\x14\x01\x30\x04\x30\x05\x10\x30\x14"
    assert not has_live_command(EscPosRenderer(ESCPOS_80, GLYPHS).render(RARE))


@given(st.binary(max_size=300))
def test_harmless_dots_differ_only_where_they_were_live(dots: bytes) -> None:
    safe = harmless(dots)
    assert not has_live_command(safe)
    assert all(new == old or (old, new) == (0x10, 0x30) for old, new in zip(dots, safe, strict=True))


def test_a_live_command_that_came_through_stops_the_receipt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(escpos, "cut", lambda _profile: b"\x10\x14\x01\x00\x01")
    with pytest.raises(AssertionError, match="real-time"):
        EscPosRenderer(ESCPOS_80, GLYPHS).render(RECEIPT)


@pytest.mark.parametrize("data", ["", "x" * 700, "a\nb"])
def test_a_qr_code_that_cannot_be_is_left_out(data: str) -> None:
    assert qr_code(data, 576) == b""


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x9FA5, categories=("L", "N")), min_size=1, max_size=200))
def test_every_qr_code_fits_every_paper(data: str) -> None:
    for one in (profile("escpos-58"), profile("escpos-80")):
        codes = [item for item in printed(qr_code(data, one.dots)).items if isinstance(item, QrOnPaper)]
        assert [code.data.decode() for code in codes] in ([data], [])
        assert draw(codes, one.dots, GLYPHS).width == one.dots + 72


@pytest.mark.parametrize(("data", "there"), [("S027-2-000331", True), ("{braces}", True), ("张", False), ("", False)])
def test_a_barcode_prints_what_code_128_can(data: str, there: bool) -> None:
    code = barcode(data, 576)
    assert (code is not None) == there
    if code is not None:
        assert [item.data for item in printed(code).items if isinstance(item, BarcodeOnPaper)] == [data]


def test_a_barcode_too_wide_for_the_paper_is_printed_as_text() -> None:
    paper = printed(EscPosRenderer(profile("escpos-58"), GLYPHS).render(Receipt((Barcode("7" * 60),))))
    assert paper.text.replace("\n", "") == "7" * 60


def test_a_feed_is_empty_lines() -> None:
    assert printed(EscPosRenderer(ESCPOS_80, GLYPHS).render(Receipt((Feed(3),)))).text == "\n\n"


def test_a_printer_without_a_knife_feeds_to_its_tear_bar() -> None:
    data = EscPosRenderer(profile("escpos-58"), GLYPHS).render(Receipt((Cut(),)))
    assert data.endswith(b"\x1bd\x04")


def test_profiles_promise_only_what_their_fence_can() -> None:
    assert {one.fence for one in PROFILES} == set(Fence)
    assert all(one.columns * 12 <= one.dots for one in PROFILES)


def by_python_escpos(method: str, *args: object, **options: object) -> bytes:
    """What python-escpos makes of the same wish."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        from escpos.printer import Dummy

        printer = Dummy()
        getattr(printer, method)(*args, **options)
        return bytes(printer.output)


def test_our_qr_bytes_are_those_of_python_escpos() -> None:
    module = qr_code(QR_DATA, 576).split(b"1C")[1][0]
    theirs = by_python_escpos("qr", QR_DATA, ec=1, size=module, native=True)
    assert sorted(theirs.split(b"\x1d(k")) == sorted(qr_code(QR_DATA, 576).replace(b"1A2", b"1A2").split(b"\x1d(k"))


def test_our_barcode_bytes_are_those_of_python_escpos() -> None:
    options = {"function_type": "B", "align_ct": False, "height": escpos.BARCODE_HEIGHT_DOTS, "width": 3}
    assert barcode(BARCODE_DATA, 576) == by_python_escpos("barcode", "{B" + BARCODE_DATA, "CODE128", **options)


def test_our_cut_and_pulse_bytes_are_those_of_python_escpos() -> None:
    assert by_python_escpos("cut", feed=False) == escpos.FEED_AND_CUT
    assert drawer_pulse(2)[:3] == by_python_escpos("cashdraw", 2)[:3]
    assert drawer_pulse(5)[:3] == by_python_escpos("cashdraw", 5)[:3]


def test_fonts_are_found_best_first_and_only_where_looked_for(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "simsun.ttc").touch()
    (tmp_path / "wqy-microhei.ttc").touch()
    (tmp_path / "other.ttf").touch()
    assert find_fonts([tmp_path]) == (FontFile(tmp_path / "wqy-microhei.ttc", 1), FontFile(deep / "simsun.ttc"))
    assert not Glyphs(find_fonts([tmp_path / "none"])).usable


def test_the_qr_code_is_a_block_of_its_own() -> None:
    items = printed(EscPosRenderer(ESCPOS_80, GLYPHS).render(Receipt((QrCode(QR_DATA),)))).items
    assert [item.align for item in items if isinstance(item, QrOnPaper)] == [1]
