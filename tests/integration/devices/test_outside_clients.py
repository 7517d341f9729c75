"""Programs not written here and our printer: npm receiptio drives it, another encoder's bytes are read, codes too."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp

from app.domain.receipt import Barcode, QrCode, Receipt
from app.domain.template import PaperKind, fill
from app.i18n import LANGUAGES
from app.wiring.papers import read_template, shipped_file
from app.wiring.receipt_examples import EXAMPLES, SIGN
from devices.printer.escpos import EscPosRenderer
from devices.printer.glyphs import Glyphs, find_fonts, folders
from devices.printer.profiles import profile
from devices.simulated.decoder import Decoder
from devices.simulated.paper import BarcodeOnPaper, CutOnPaper, Dots, Paper, Pulse, QrOnPaper
from devices.simulated.picture import draw
from devices.simulated.printer import Faults, SimulatedPrinter

HERE = Path(__file__).parent
MODULES = HERE.parents[1] / "node" / "node_modules"
PORT = 9100  # receiptio knows no other
MARKDOWN = """^^^花间生活馆

玻尿酸补水面膜 | 99.80
{code:8800000025093;option:code128,2,72,hri}
"""
GLYPHS = Glyphs(find_fonts(folders()))

node = pytest.mark.skipif(
    shutil.which("node") is None or not (MODULES / "receiptio").is_dir(),
    reason="needs Node.js and tests/node/node_modules (make test installs them)",
)


def by_node(script: str, *arguments: str, given: str = "") -> bytes:
    """What the JavaScript side writes."""
    environment = {**os.environ, "NODE_PATH": str(MODULES)}
    command = ["node", str(HERE / script), *arguments]
    done = subprocess.run(command, input=given.encode(), env=environment, capture_output=True, check=True, timeout=120)
    return done.stdout


class Shelf:
    """A simulated printer at an address of its own, so that tests beside each other share no port."""

    def __init__(self) -> None:
        # Loopback is 127.0.0.0/8; the address has nothing to do with what is tested.
        self.host = "127." + ".".join(str(random.SystemRandom().randint(1, 254)) for _ in range(3))
        self.printer = SimulatedPrinter(host=self.host, port=PORT).start()

    def receiptio(self, options: str, markdown: str = "") -> str:
        """Its verdict: success, online, paperempty, coveropen, …"""
        return by_node("receiptio.js", f"-d {self.host} -t 30 {options}", given=markdown).decode().strip()

    def print(self) -> str:
        return self.receiptio("-p escpos -l zh-hans -c 48", MARKDOWN)


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    made = Shelf()
    yield made
    made.printer.stop()


@node
def test_receiptio_prints_a_chinese_receipt_and_is_told_that_it_came_out(shelf: Shelf) -> None:
    assert shelf.print() == "success"
    paper = shelf.printer.paper
    assert "花间生活馆" in paper.text
    assert "99.80" in paper.text
    assert [item.data for item in paper.items if isinstance(item, BarcodeOnPaper)] == ["8800000025093"]
    assert paper.unknown == []


@node
def test_receiptio_hears_of_paper_and_cover(shelf: Shelf) -> None:
    assert shelf.receiptio("-q") == "online"
    shelf.printer.set_faults(Faults(paper_out_after=0))
    assert (shelf.receiptio("-q"), shelf.print()) == ("paperempty", "paperempty")
    shelf.printer.set_faults(Faults(cover_open=True))
    assert shelf.receiptio("-q") == "coveropen"
    shelf.printer.load_paper()
    assert (shelf.receiptio("-q"), shelf.print()) == ("online", "success")


@node
def test_paper_that_ends_in_the_middle_is_no_success_for_receiptio(shelf: Shelf) -> None:
    shelf.printer.set_faults(Faults(paper_out_after=1))
    assert shelf.print() == "paperempty"


@node
@pytest.mark.parametrize("columns", [32, 42, 48])
def test_another_encoders_receipt_is_read_without_an_unknown_command(columns: int) -> None:
    paper = Paper()
    decoder = Decoder(paper, lambda _: b"")
    decoder.feed(by_node("point_of_sale.js", str(columns)))
    assert (decoder.waiting, paper.unknown) == (b"", [])
    for words in ("Guitai", "TOTAL 12.50", "sugar", "underturned", "boxed", "─" * columns):
        assert words in paper.text
    codes = [item.data for item in paper.items if isinstance(item, QrOnPaper | BarcodeOnPaper)]
    assert codes == ["8800000025093", b"https://example.cn/r/1"]
    assert [type(item) for item in paper.items if isinstance(item, Pulse | CutOnPaper)] == [Pulse, CutOnPaper]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["escpos-58", "escpos-76", "escpos-80"])
@pytest.mark.parametrize("kind", PaperKind)
def test_every_code_on_every_paper_is_read_by_zxing(kind: PaperKind, name: str, language: str) -> None:
    receipt = Receipt(fill(read_template(shipped_file(kind, language)), EXAMPLES[kind], SIGN))
    printer, paper = profile(name), Paper()
    Decoder(paper, lambda _: b"").feed(EscPosRenderer(printer, GLYPHS).render(receipt))
    assert paper.unknown == []
    assert not [item for item in paper.items if isinstance(item, Dots)]
    wanted = {block.data for block in receipt.blocks if isinstance(block, QrCode | Barcode)}
    assert bool(wanted) is (kind in (PaperKind.SALE, PaperKind.ENROLMENT))
    found = zxingcpp.read_barcodes(draw(paper.items, printer.dots, GLYPHS)) if wanted else []
    assert {one.text for one in found} == wanted
    aims = {"QRCode": "]Q1", "Code128": "]C0"}
    assert all(one.symbology_identifier == aims[one.format.name] for one in found)
