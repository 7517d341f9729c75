"""How fast and how long: from what was left a while ago; unknown where that says nothing."""

from __future__ import annotations

from app.services.sync_ports import SnapshotFile
from sync.protocol.shapes import Head
from sync.till.pace import Pace, after
from sync.till.report import Heard, paced, report
from sync.till.values import Heads, Tick
from tests.support.machine import SUM, Driven

ONE, TWO, THREE = "region:r1:01", "region:r1:02", "region:r1:03"


def walked(*looks: tuple[int, int]) -> Pace:
    pace = Pace()
    for at_ms, left in looks:
        pace = after(pace, at_ms, left)
    return pace


def test_a_steady_load_says_its_rate_and_what_is_left_of_it() -> None:
    pace = walked((0, 10_000), (5_000, 7_500))
    assert (pace.rate_per_s, pace.left_s) == (500, 15)


def test_only_the_last_while_counts() -> None:
    pace = walked((0, 10_000), (60_000, 9_000), (70_000, 8_000))
    assert (pace.rate_per_s, pace.left_s) == (100, 80)


def test_one_look_or_a_moment_says_nothing_and_a_slow_one_is_never_nought() -> None:
    assert walked((0, 500)) == Pace(seen=((0, 500),))
    assert walked((0, 500), (100, 400)).rate_per_s == 0
    assert walked((0, 500), (15_000, 499)).rate_per_s == 1


def test_a_standstill_keeps_the_last_figure_until_something_moves() -> None:
    pace = walked((0, 500), (2_000, 300), (3_000, 300))
    assert (pace.rate_per_s, pace.left_s) == (66, 5)
    assert after(pace, 90_000, 300).rate_per_s == 66


def test_more_than_before_is_another_load_and_nothing_left_is_the_end() -> None:
    assert walked((0, 500), (2_000, 300), (3_000, 900)) == Pace(seen=((3_000, 900),))
    assert walked((0, 500), (2_000, 0)) == Pace()


def test_the_rows_that_are_left_are_those_of_empty_buckets_files_and_changes() -> None:
    begun = SnapshotFile(TWO, "f1", 7, "5" * 64, 100, 80, got=25)
    driven = Driven.of(cursors={ONE: 5}, download=begun, building=True)
    driven.give(Tick())
    found = tuple(
        Head(id=name, seq=9, live_rows=rows, checksum=SUM) for name, rows in ((ONE, 40), (TWO, 80), (THREE, 30))
    )
    driven.answer(Heads(found, None))
    said = report(driven.state, Heard(), "")
    assert (said.rows_left, said.rows_whole, said.repaired) == (4 + 60 + 30, 150, 0)
    first, pace = paced(said, Pace(), 0)
    assert (first.rate_per_s, first.left_s) == (0, 0)
    driven = Driven.of(last_seq=8)
    slower, _ = paced(report(driven.state, Heard(), ""), Pace(seen=((0, 10),)), 2_000)
    assert (slower.rate_per_s, slower.left_s) == (1, 8), "no rows are fetched: events"
    assert pace.seen == ((0, 94),)
