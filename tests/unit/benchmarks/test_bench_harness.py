"""The bench harness: order, ratios, intervals and the table, on calls whose cost is known by construction."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.harness import Effort, Row, Samples, bootstrap, compare, figure, quantile, table, write_json

ROW = Row("1", "card → member, p50", 30.0, 20.0, 1.5, 1.4, 1.6, 2.0, "note")


@pytest.fixture(autouse=True)
def _only_what_is_new_is_collected() -> Iterator[None]:
    """Every block begins with a full collection; of all that a long run left behind it would take a second."""
    gc.freeze()
    yield
    gc.unfreeze()


def test_both_sides_run_the_same_number_of_times_in_mixed_order() -> None:
    order: list[str] = []
    samples = compare(lambda: order.append("a"), lambda: order.append("b"), Effort(30, 4))
    assert order.count("a") == order.count("b") == 31 * 4
    assert len(samples.ours) == len(samples.bound) == 30
    first_of_block = order[8::8]
    assert set(first_of_block) == {"a", "b"}


def test_fewer_than_thirty_blocks_say_nothing() -> None:
    with pytest.raises(ValueError, match="30"):
        compare(lambda: None, lambda: None, Effort(29, 1))


def test_the_ratio_is_the_median_of_the_blocks() -> None:
    samples = Samples(ours=((20, 20), (60, 60), (900, 900)), bound=((10, 10), (30, 30), (100, 100)))
    row = samples.row("1", "m", at=0.5, target=2.5)
    assert row.ratio == 2.0
    assert row.low <= row.ratio <= row.high
    assert row.holds


def test_rates_are_compared_the_other_way_round() -> None:
    samples = Samples(ours=((20,), (40,), (50,)), bound=((10,), (10,), (10,)))
    row = samples.row("8", "m", at=0.5, target=0.25, at_least=True)
    assert (row.ratio, row.holds) == (0.25, True)
    assert not samples.row("8", "m", at=0.5, target=0.3, at_least=True).holds
    assert "| ≥ 0.25 | reached |" in table([row])
    assert row.noted("why").note == "why"


def test_a_figure_has_a_time_and_no_ratio() -> None:
    row = figure("–", "to head office", [3_000.0, 1_000.0, 2_000.0], "p95 3 ms")
    assert "| – | to head office | 2.00 ms | – | – | – | – |  |" in table([row])
    assert row.holds


def test_each_block_is_announced() -> None:
    sides: list[int] = []

    def ours() -> int:
        return 1

    def bound() -> int:
        return 2

    compare(ours, bound, Effort(30, 2), before=lambda side: sides.append(1 if side is ours else 2))
    assert sides[:2] == [1, 2]
    assert sides.count(1) == sides.count(2) == 31


def test_quantiles_and_intervals() -> None:
    assert quantile(list(range(100)), 0.5) == 50
    assert quantile(list(range(100)), 0.99) == 99
    assert quantile([5], 0.99) == 5
    assert bootstrap([1.0] * 40) == (1.0, 1.0)


def test_the_table_says_what_was_reached() -> None:
    missed = Row("12", "sale", 3_000.0, 1_000.0, 3.0, 2.9, 3.1, 2.5)
    beside = Row("12", "beside", 3.0, 1.0, 3.0, 2.9, 3.1, None)
    shown = table([ROW, missed, beside])
    assert "| 1 | card → member, p50 | 30 µs | 20 µs | 1.50 | 1.40 – 1.60 | ≤ 2 | reached |" in shown
    assert "| 12 | sale | 3.00 ms | 1.00 ms | 3.00 | 2.90 – 3.10 | ≤ 2.5 | missed |" in shown
    assert "| 12 | beside | 3 µs | 1 µs | 3.00 | 2.90 – 3.10 | – |  |" in shown
    assert shown.endswith("note")


def test_the_figures_are_written_as_json(tmp_path: Path) -> None:
    write_json([ROW], tmp_path / "bench.json", {"cores": 2})
    held = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert held["facts"] == {"cores": 2}
    assert held["rows"][0]["ratio"] == 1.5
    assert held["rows"][0]["holds"] is True
