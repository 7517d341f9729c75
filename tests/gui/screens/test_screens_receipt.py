"""The last receipt on the screen: its code for a phone, with real keys."""

from __future__ import annotations

import zxingcpp
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from tests.gui.screens.conftest import Open, Till
from ui.presenters.keys import Screen
from ui.views.receipt import ReceiptView


def sold(open_till: Open) -> Till:
    till = open_till().sign_on()
    till.stage.basket_of_the_pictures()
    till.press(Qt.Key.Key_F10, Qt.Key.Key_F10)
    till.press(Qt.Key.Key_F5)
    till.settle()
    return till


def receipt_view(till: Till) -> ReceiptView:
    view = till.work.view(Screen.RECEIPT)
    assert isinstance(view, ReceiptView)
    return view


def read(image: QImage) -> list[str]:
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    memory = memoryview(grey.constBits()).cast("B", (grey.height(), grey.bytesPerLine()))
    return [found.text for found in zxingcpp.read_barcodes(memory)]


def test_a_phone_reads_the_e_receipt_off_the_screen(open_till: Open) -> None:
    till = sold(open_till)
    link = till.stage.till.receipt.state.link
    assert link.startswith("https://hui.example/r/S027-2-")
    view = receipt_view(till)
    assert view.phone.isVisible()
    assert read(view.phone.grab().toImage()) == [link]


def test_who_wants_paper_again_is_shown_the_copies_instead(open_till: Open) -> None:
    till = sold(open_till)
    till.press(Qt.Key.Key_F5)
    till.settle()
    view = receipt_view(till)
    assert view.copies.isVisible()
    assert not view.phone.isVisible()


def test_a_store_without_an_address_for_receipts_shows_no_code(open_till: Open) -> None:
    till = open_till().sign_on()
    till.stage.fake.essentials.values.pop("receipt.host")
    till.stage.basket_of_the_pictures()
    till.press(Qt.Key.Key_F10, Qt.Key.Key_F10, Qt.Key.Key_F5)
    till.settle()
    assert till.stage.till.receipt.state.link == ""
    assert not receipt_view(till).phone.isVisible()
