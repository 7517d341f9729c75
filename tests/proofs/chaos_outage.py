"""`make prove`: a day's sales of a store at one till without a network: none is refused, and all of them drain."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.outage import SALES_DAY, outage
from tests.support.bad_network import differences


def test_a_day_offline_drains_without_a_refused_sale(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    found = outage(tmp_path / "chain", SALES_DAY)
    record_property("outage", found.note())
    assert (found.sales, found.refused) == (SALES_DAY, 0)
    assert differences(tmp_path / "chain" / "hq", tmp_path / "chain" / "till") == []
