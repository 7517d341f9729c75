"""The receipt on the screen: same lines as on paper, codes that a phone can read, figures in line."""

from __future__ import annotations

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from app.domain.paper import Line, lay_out, width
from app.domain.receipt import Align, Barcode, Columns, Cut, Feed, QrCode, Receipt, Rule, Text
from ui.documents.code128 import code128
from ui.theme.theme import Theme
from ui.widgets.receipt import ReceiptPaper

LINK = "https://example.cn/r/S027-2-000331?s=3f9a"
RECEIPT = Receipt((
    Text("花间生活馆", Align.CENTRE, bold=True, double=True), Rule(), Columns("小票 S027-2-000331", "2026-12-06 14:33"),
    Text("玻尿酸补水面膜 5 片装"), Columns("    2 x 49.90", "99.80"), Columns("应收", "¥250.20", double=True),
    QrCode(LINK), Barcode("S0272000331"), Feed(2), Cut(),
))  # fmt: skip


@pytest.fixture
def paper(qtbot: QtBot, theme: Theme) -> ReceiptPaper:
    made = ReceiptPaper(theme, name="小票")
    made.set_receipt(RECEIPT)
    made.resize(640, made.heightForWidth(640))
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def read_codes(image: QImage) -> dict[str, str]:
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    memory = memoryview(grey.constBits()).cast("B", (grey.height(), grey.bytesPerLine()))
    return {found.format.name: found.text for found in zxingcpp.read_barcodes(memory)}


def test_the_codes_on_the_preview_can_be_scanned(paper: ReceiptPaper) -> None:
    assert read_codes(paper.grab().toImage()) == {"QRCode": LINK, "Code128": "S0272000331"}


def test_the_preview_grows_with_its_width_and_is_read_aloud(paper: ReceiptPaper) -> None:
    assert paper.heightForWidth(800) > paper.heightForWidth(640) > 500
    assert "￥250.20" in paper.accessibleDescription()


def test_in_a_scroll_area_the_whole_paper_can_be_reached(qtbot: QtBot, theme: Theme) -> None:
    area, made = QScrollArea(), ReceiptPaper(theme, name="小票")
    area.setWidget(made)
    area.setWidgetResizable(True)
    area.resize(500, 300)
    qtbot.addWidget(area)
    with qtbot.waitExposed(area):
        area.show()
    made.set_receipt(RECEIPT)
    qtbot.waitUntil(lambda: made.height() >= made.heightForWidth(made.width()))
    assert area.verticalScrollBar().maximum() > 0


def test_amounts_end_at_the_same_place(paper: ReceiptPaper) -> None:
    lines = [item for item in lay_out(RECEIPT, 48) if isinstance(item, Line)]
    assert {width(line.text) * (2 if line.double else 1) for line in lines if line.text.endswith(("0", "3"))} == {48}


@given(st.text(max_size=80), st.text(max_size=20), st.sampled_from([32, 42, 48]))
def test_no_line_is_wider_than_the_paper(left: str, right: str, columns: int) -> None:
    for item in lay_out(Receipt((Columns(left, right), Text(left, Align.CENTRE, double=True))), columns):
        assert isinstance(item, Line)
        assert width(item.text) * (2 if item.double else 1) <= columns


@pytest.mark.parametrize(("data", "modules"), [("12345678", 79), ("S0272000331", 156)])
def test_code_128_has_start_check_and_stop(data: str, modules: int) -> None:
    assert sum(code128(data)) == modules


@pytest.mark.parametrize("data", ["", "小票"])
def test_code_128_refuses_what_it_cannot_write(data: str) -> None:
    with pytest.raises(ValueError, match="Code 128"):
        code128(data)
