"""The receipt model travels through JSON and marks its copies."""

from __future__ import annotations

import pytest

from app.domain.receipt import (
    Align,
    Barcode,
    Columns,
    Cut,
    Feed,
    QrCode,
    Receipt,
    Rule,
    Text,
    from_json,
    marked,
    to_json,
)

RECEIPT = Receipt(
    (
        Text("花间生活馆", Align.CENTRE, bold=True, double=True),
        Columns("应收", "¥250.20", double=True),
        Rule(),
        QrCode("https://m.example.com"),
        Barcode("S027-2-000331"),
        Feed(2),
        Cut(),
    ),
    kick_drawer=True,
)


def test_a_receipt_comes_back_from_json_as_it_was() -> None:
    assert from_json(to_json(RECEIPT)) == RECEIPT


@pytest.mark.parametrize("text", ["{}", '{"blocks": [{"kind": "Nothing"}], "kick_drawer": false}', "[]", "x"])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        from_json(text)


def test_a_copy_begins_with_its_mark_and_never_asks_for_the_drawer() -> None:
    copy = marked(RECEIPT, 2)
    assert copy.blocks[0] == Text("补打 REPRINT #2", Align.CENTRE, bold=True)
    assert copy.blocks[1:] == RECEIPT.blocks
    assert not copy.kick_drawer


def test_the_original_has_no_mark() -> None:
    assert marked(RECEIPT, 0) is RECEIPT
