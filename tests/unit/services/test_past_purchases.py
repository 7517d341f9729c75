"""Purchases of the past are read as they stand, or the line that cannot be read is named."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import ConfigError
from app.services.past_purchases import Columns, PastPurchase, read
from tests.support import cdnow


def test_the_cdnow_sample_is_read_with_the_default_columns() -> None:
    found = read(cdnow.FILE.read_text(encoding="ascii").splitlines(), Columns())
    assert len(found) == 6_919
    assert found[0] == PastPurchase(1, "00004", date(1997, 1, 1), 2_933)
    assert sum(one.minor == 0 for one in found) == 8
    assert [(one.customer, one.minor) for one in found] == [(one.customer, one.minor) for one in cdnow.purchases()]


@pytest.mark.parametrize("separator", [",", ";", "\t", "  "])
def test_columns_are_counted_and_separators_found(separator: str) -> None:
    lines = ["when" + separator + "who" + separator + "paid", "", separator.join(("2026-01-31", "ann", "7.5"))]
    found = read(lines, Columns(customer=2, day=1, value=3, skip=1))
    assert found == [PastPurchase(3, "ann", date(2026, 1, 31), 750)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("a x 20260131 1", "only 4 columns"),
        ("a x 20260230 1 5.00", "date"),
        ("a x yesterday 1 5.00", "date"),
        ("a x 20260131 1 -5.00", "value"),
        ("a x 20260131 1 5.001", "value"),
        ("a x 20260131 1 1e3", "value"),
        ("ä x 20260131 1 5.00", "customer"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_its_reason(line: str, reason: str) -> None:
    with pytest.raises(ConfigError) as error:
        read(["b x 20260131 1 5.00", line], Columns())
    assert (error.value.code, error.value.facts) == ("past_line", {"line": 2, "reason": reason})


def test_a_file_without_purchases_is_refused() -> None:
    with pytest.raises(ConfigError) as error:
        read(["", "  "], Columns())
    assert error.value.code == "past_line"
