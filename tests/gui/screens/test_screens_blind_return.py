"""A receipt of another store while head office does not answer, by the keyboard alone."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.domain.numbering import ReceiptFacts, receipt_address
from app.ids import EventId
from tests.gui.screens.conftest import Open
from tests.support.demo_people import DEMO_PIN
from ui.presenters.keys import Screen
from ui.views.returning import ReturnView

FACTS = ReceiptFacts("S031-1-000007", EventId("0190dddd-0000-7000-8000-000000000031"), 9_980, 90)
CODE = receipt_address("hui.example", b"of the other store, not of ours..", FACTS)


def test_lines_are_typed_from_the_paper_and_approved(open_till: Open) -> None:
    till = open_till().sign_on()
    till.press(Qt.Key.Key_F7)
    till.stage.scan(CODE)
    till.settle()
    till.press("2 1 49.90", Qt.Key.Key_Return, "1 1 10", Qt.Key.Key_Return)
    till.settle()
    view = till.work.view(Screen.RETURN)
    assert isinstance(view, ReturnView)
    assert "line 2: 1 pcs, ¥49.90 · line 1: 1 pcs, ¥10.00" in view.empty.accessibleName()
    assert "the points follow" in view.side.nobody.text()
    till.press(Qt.Key.Key_F10)
    till.settle()
    assert view.sheet.isVisible()
    till.press("9", Qt.Key.Key_Backspace, DEMO_PIN, Qt.Key.Key_Return)
    till.settle()
    assert till.stage.shell.state.screen is Screen.COUNTER
    assert till.stage.fake.truth.returns[-1].refund_minor == 5_990
