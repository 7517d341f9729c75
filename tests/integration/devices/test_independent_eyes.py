"""Our receipt bytes against programs not written here: npm receiptline and iconv-lite, and the C library's iconv."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.paper import Line, is_native, lay_out, printable
from app.domain.receipt import Barcode, Columns, QrCode, Receipt, Rule, Text
from devices.printer.chinese import encode
from devices.printer.escpos import EscPosRenderer
from devices.printer.glyphs import Glyphs
from devices.printer.profiles import profile
from devices.simulated.decoder import Decoder
from devices.simulated.paper import BarcodeOnPaper, Paper
from tests.support.receipt_sample import BARCODE_DATA, RECEIPT

HERE = Path(__file__).parent
MODULES = HERE.parents[1] / "node" / "node_modules"
COLUMNS = 48
GB_ALL = "".join(chr(code) for code in range(0x20, 0x10000) if is_native(chr(code)) and chr(code).isprintable())

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not (MODULES / "receiptline").is_dir(),
    reason="needs Node.js and tests/node/node_modules (make test installs them)",
)


def by_node(mode: str, data: bytes) -> bytes:
    """What the JavaScript side makes of `data`."""
    command = ["node", str(HERE / "receiptline.js"), mode, str(COLUMNS)]
    environment = {**os.environ, "NODE_PATH": str(MODULES)}
    return subprocess.run(command, input=data, env=environment, capture_output=True, check=True, timeout=60).stdout


def by_iconv(data: bytes) -> str:
    """GB18030 → text by the C library."""
    command = ["iconv", "-f", "GB18030", "-t", "UTF-8"]
    return subprocess.run(command, input=data, capture_output=True, check=True, timeout=60).stdout.decode()


def printed(data: bytes) -> Paper:
    paper = Paper()
    decoder = Decoder(paper, lambda _: b"")
    decoder.feed(data)
    assert (decoder.waiting, paper.unknown) == (b"", [])
    return paper


def markdown(receipt: Receipt) -> str:
    """The receipt in receiptline's language, without its rules and codes: those are drawn, not written."""
    lines = []
    for block in receipt.blocks:
        if isinstance(block, Text):
            text = escaped(block.text)
            lines.append(f"|{'^^^' if block.double else ''}{text}" if text.startswith(" ") else text)
        elif isinstance(block, Columns):
            lines.append(f"|{escaped(block.left)} | {escaped(block.right)}|")
        elif isinstance(block, Barcode):
            lines.append(f"{{code:{block.data};option:code128,2,64,nohri}}")
    return "\n".join(lines)


def escaped(text: str) -> str:
    """Text without what receiptline reads as markup."""
    return re.sub(r"([\\|{}~_\"`^\-=])", r"\\\1", printable(text))


def words(text: str) -> list[str]:
    return text.split()


def ours() -> bytes:
    return EscPosRenderer(profile("escpos-80"), Glyphs(())).render(RECEIPT)


def without_rules(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if set(line) - {"-"})


def test_our_decoder_reads_receiptlines_receipt_as_it_reads_ours() -> None:
    theirs = printed(by_node("encode", markdown(RECEIPT).encode()))
    assert words(theirs.text) == words(without_rules(printed(ours()).text))


def test_receiptlines_barcode_reads_as_ours() -> None:
    theirs = printed(by_node("encode", markdown(RECEIPT).encode()))
    assert [item.data for item in theirs.items if isinstance(item, BarcodeOnPaper)] == [BARCODE_DATA]


def test_every_line_of_our_receipt_is_the_bytes_receiptline_writes() -> None:
    lines = [item.text for item in lay_out(RECEIPT, COLUMNS) if isinstance(item, Line) and set(item.text) - {"-"}]
    parts = sorted({part.strip() for line in lines for part in line.split("  ") if part.strip()})
    theirs = by_node("encode", "\n".join(map(escaped, parts)).encode())
    assert [part for part in parts if (encode(part) or b"-") not in theirs] == []


def strip_commands(data: bytes) -> bytes:
    """Receipt bytes without codes and cut: text with its one- and two-byte style commands."""
    data = re.sub(rb"\x1d\(k..1[ACEQ][^\x1d\x1b]*", b"", data, flags=re.DOTALL)
    data = re.sub(rb"\x1d\(k..1P0[ -~]*", b"", data, flags=re.DOTALL)
    data = re.sub(rb"\x1dkI.[ -~]*", b"", data, flags=re.DOTALL)
    return re.sub(rb"\x1b@|\x1c&|\x1b[aEJ].|\x1d[!hwfH].|\x1dVB\x00", b"", data, flags=re.DOTALL)


@pytest.mark.parametrize("decoder", ["iconv-lite", "iconv"])
def test_the_text_of_our_receipt_is_read_the_same_by_decoders_not_written_here(decoder: str) -> None:
    text = strip_commands(ours())
    read = by_node("decode", text).decode() if decoder == "iconv-lite" else by_iconv(text)
    wanted = [item.text for item in lay_out(RECEIPT, COLUMNS) if isinstance(item, Line)]
    assert read.rstrip("\n").split("\n") == wanted


def test_every_character_we_send_as_text_is_the_bytes_of_iconv_lite() -> None:
    assert encode(GB_ALL) == by_node("gb18030", GB_ALL.encode())


def test_every_character_we_send_as_text_is_read_back_by_the_c_library() -> None:
    data = encode(GB_ALL)
    assert data is not None
    assert by_iconv(data) == GB_ALL


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(st.sampled_from(GB_ALL), min_size=1, max_size=20).map(str.strip).filter(bool), min_size=1))
def test_any_chinese_lines_decode_to_the_same_text_from_receiptline_and_from_us(lines: list[str]) -> None:
    receipt = Receipt(tuple(Text(line) for line in lines))
    own = EscPosRenderer(profile("escpos-80"), Glyphs(())).render(receipt)
    theirs = by_node("encode", "\n".join(escaped(line) for line in lines).encode())
    assert words(printed(own).text) == words(printed(theirs).text)


def test_the_blocks_left_out_of_the_comparison_are_only_those_that_are_drawn() -> None:
    left_out = {type(block) for block in RECEIPT.blocks} - {Text, Columns, Barcode}
    assert left_out - {Rule, QrCode} == {type(RECEIPT.blocks[-1])}
