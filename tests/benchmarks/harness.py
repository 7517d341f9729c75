"""Side-by-side measurement: ours and a bound in blocks of random order, the ratio per block, a bootstrap interval.

Machines are noisy, so only ratios measured in one run count (performance.md); absolute figures are reported beside.
"""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random

BLOCKS_MIN = 30
RESAMPLES = 2_000
ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".run" / "bench"

Call = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: ours ÷ bound. Times in microseconds; `target` None: reported, not judged.

    `at_least`: the ratio is one of rates (bound's time ÷ ours) and is to be at least the target.
    """

    number: str
    metric: str
    ours_us: float
    bound_us: float
    ratio: float
    low: float
    high: float
    target: float | None
    note: str = ""
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """The median ratio meets the target."""
        if self.target is None:
            return True
        return self.ratio >= self.target if self.at_least else self.ratio <= self.target

    def noted(self, note: str) -> Row:
        """The same with a note below the table."""
        return replace(self, note=note)


def figure(number: str, metric: str, times_us: Sequence[float], note: str = "") -> Row:
    """A time of ours, its median, that has no bound."""
    return Row(number, metric, statistics.median(times_us), 0.0, 0.0, 0.0, 0.0, None, note)


@dataclass(frozen=True, slots=True)
class Samples:
    """Times of every block: `ours[b]` and `bound[b]` are the calls of block b in nanoseconds."""

    ours: tuple[tuple[int, ...], ...]
    bound: tuple[tuple[int, ...], ...]
    processor_ratio: float = 0.0
    """The same ratio (p50) in processor time of the calling thread: what is left when others take the cores away."""

    def row(
        self, number: str, metric: str, *, at: float, target: float | None, note: str = "", at_least: bool = False
    ) -> Row:
        """The ratio of the quantile `at` (0.5, 0.99) of each block."""
        ours = [quantile(block, at) for block in self.ours]
        bound = [quantile(block, at) for block in self.bound]
        ratios = [other / one if at_least else one / other for one, other in zip(ours, bound, strict=True)]
        low, high = bootstrap(ratios)
        ratio = statistics.median(ratios)
        return Row(
            number,
            metric,
            statistics.median(ours) / 1e3,
            statistics.median(bound) / 1e3,
            ratio,
            low,
            high,
            target,
            note,
            at_least,
        )


@dataclass(frozen=True, slots=True)
class Effort:
    """How much to measure: blocks of each side, calls per block."""

    blocks: int
    calls: int


def compare(
    ours: Call, bound: Call, effort: Effort, *, seed: int = 7, before: Callable[[Call], None] = lambda _: None
) -> Samples:
    """Run both sides block by block in random order; each call draws its own input, so neither warms the other's.

    `before` is told which side the next block is of, outside its time.
    """
    if effort.blocks < BLOCKS_MIN:
        raise ValueError(f"fewer than {BLOCKS_MIN} blocks say nothing")
    rng = Random(seed)
    blocks: dict[Call, list[_Block]] = {ours: [], bound: []}
    for call in (ours, bound):
        before(call)
        _block(call, effort.calls)  # warm caches and branches
    for _ in range(effort.blocks):
        for call in rng.sample((ours, bound), 2):
            before(call)
            blocks[call].append(_block(call, effort.calls))
    busy = [one.processor_ns / other.processor_ns for one, other in zip(blocks[ours], blocks[bound], strict=True)]
    return Samples(
        tuple(block.wall_ns for block in blocks[ours]),
        tuple(block.wall_ns for block in blocks[bound]),
        statistics.median(busy),
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """Every call's time on the wall, and the middle one's on the processor."""

    wall_ns: tuple[int, ...]
    processor_ns: float


def _block(call: Call, calls: int) -> _Block:
    wall, processor = time.perf_counter_ns, time.thread_time_ns
    on_wall, on_processor = [], []
    gc.collect()
    gc.disable()
    try:
        for _ in range(calls):
            worked, start = processor(), wall()
            call()
            on_wall.append(wall() - start)
            on_processor.append(processor() - worked)
    finally:
        gc.enable()
    return _Block(tuple(on_wall), max(1.0, quantile(on_processor, 0.5)))


def quantile(values: Sequence[int], at: float) -> float:
    """The value below which the share `at` of the sorted values lies."""
    ordered = sorted(values)
    return float(ordered[min(len(ordered) - 1, int(at * len(ordered)))])


def bootstrap(ratios: Sequence[float], seed: int = 7) -> tuple[float, float]:
    """The 95 % interval of the median by resampling (Efron 1979)."""
    rng = Random(seed)
    medians = sorted(statistics.median(rng.choices(ratios, k=len(ratios))) for _ in range(RESAMPLES))
    return medians[int(0.025 * RESAMPLES)], medians[int(0.975 * RESAMPLES)]


def table(rows: Sequence[Row]) -> str:
    """The one table, as Markdown: it goes into the README as it is."""
    lines = [
        "| # | metric | ours | bound | ratio | 95 % interval | target | |",
        "|---|---|--:|--:|--:|---|--:|---|",
    ]
    for row in rows:
        target = "–" if row.target is None else f"{'≥' if row.at_least else '≤'} {row.target:g}"
        verdict = "" if row.target is None else ("reached" if row.holds else "missed")
        beside = f"{_time(row.bound_us)} | {row.ratio:.2f} | {row.low:.2f} – {row.high:.2f}"
        lines.append(
            f"| {row.number} | {row.metric} | {_time(row.ours_us)} | {beside if row.bound_us else '– | – | –'} "
            f"| {target} | {verdict} |"
        )
    notes = [f"{row.number} {row.metric}: {row.note}" for row in rows if row.note]
    return "\n".join([*lines, "", *notes])


def write_json(rows: Sequence[Row], path: Path, facts: dict[str, str | int | float]) -> None:
    """bench.json: every row and what machine and sizes they were measured with."""
    held = {"facts": facts, "rows": [asdict(row) | {"holds": row.holds} for row in rows]}
    path.write_text(json.dumps(held, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _time(us: float) -> str:
    return f"{us / 1000:.2f} ms" if us >= 1000 else f"{us:.0f} µs"
