"""Metric 16: a receipt, values → template → lines → bytes ÷ the time its paper takes to come out at 250 mm/s.

Beside it the same with a name no printer has (that line is drawn), and a receipt of forty lines of goods rendered and
spooled to a one-way printer, from the values to the word "sent".
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.domain.receipt import JobState, Receipt
from app.domain.template import PaperKind, Template, fill
from app.domain.template import Row as Values
from app.wiring.papers import read_template, shipped_file
from app.wiring.receipt_examples import EXAMPLES, SIGN
from devices.printer.escpos import EscPosRenderer
from devices.printer.glyphs import Glyphs, find_fonts, folders
from devices.printer.profiles import profile
from devices.simulated.decoder import Decoder
from devices.simulated.paper import Paper
from devices.simulated.picture import EDGE_DOTS, draw
from devices.simulated.printer import SimulatedPrinter
from devices.transport.file import open_file
from tests.benchmarks.harness import Effort, Row, Samples, compare, figure
from tests.support.paper_counter import Counter

QUICK = Effort(blocks=30, calls=20)
FULL = Effort(blocks=60, calls=200)
PRINTER = profile("escpos-80")
DOTS_A_MM = 8
PAPER_MM_A_S = 250
TARGET = 0.05
LINES = 40
RARE = "𠮷田生活馆"
"""No GB font of a printer has its first character."""
SPOOLED = 30


def measure(*, quick: bool) -> Sequence[Row]:
    """The design's receipt, the same with a rare name, and forty lines through a printer's thread."""
    effort = QUICK if quick else FULL
    template = read_template(shipped_file(PaperKind.SALE, "zh_CN"))
    renderer = EscPosRenderer(PRINTER, Glyphs(find_fonts(folders())))
    plain = EXAMPLES[PaperKind.SALE]
    many: Values = {**plain, "goods": [{"name": f"玻尿酸补水面膜 {one} 片装", "qty": 2, "unit": 4990, "amount": 9980}
                                       for one in range(LINES)]}  # fmt: skip
    rows = [
        _row(renderer, template, plain, "receipt of the design ÷ its paper", TARGET, effort),
        _row(renderer, template, {**plain, "brand": RARE}, "with a name that is drawn", None, effort),
        _row(renderer, template, many, f"{LINES} lines of goods ÷ its paper", TARGET, effort),
    ]
    times_us = list(_spooled_us(template, many))
    return (*rows, figure("16", f"{LINES} lines of goods rendered and spooled", times_us))


def _row(
    renderer: EscPosRenderer, template: Template, values: Values, name: str, target: float | None, effort: Effort
) -> Row:
    def ours() -> bytes:
        return renderer.render(Receipt(fill(template, values, SIGN)))

    data = ours()
    paper_ns = _paper_ns(data)
    measured = compare(ours, lambda: None, effort)
    still = tuple(tuple(paper_ns for _ in block) for block in measured.ours)
    note = f"{len(data):,} bytes, {paper_ns * PAPER_MM_A_S // 1_000_000_000} mm of paper"
    return Samples(measured.ours, still).row("16", name, at=0.5, target=target, note=note)


def _paper_ns(data: bytes) -> int:
    """How long the paper of these bytes takes to come out, as the simulated printer measures it."""
    paper, glyphs = Paper(), Glyphs(find_fonts(folders()))
    Decoder(paper, lambda _: b"").feed(data)
    dots = draw(paper.items, PRINTER.dots, glyphs).height - 2 * EDGE_DOTS
    return dots * 1_000_000_000 // (DOTS_A_MM * PAPER_MM_A_S)


def _spooled_us(template: Template, values: Values) -> Iterator[float]:
    """From the values to SPOOLED, each through the printer's own thread to a file."""
    with tempfile.TemporaryDirectory() as folder:
        spool = Path(folder) / "spool"
        counter = Counter(SimulatedPrinter(), profile("one-way-80"), opener=lambda: open_file("printer", spool))
        counter.printer.start()
        try:
            for _ in range(SPOOLED):
                start = time.perf_counter_ns()
                ended = counter.end_of(counter.print(Receipt(fill(template, values, SIGN))))
                yield (time.perf_counter_ns() - start) / 1e3
                if ended.state is not JobState.SPOOLED:
                    raise RuntimeError(f"a receipt ended as {ended.state}")
        finally:
            counter.printer.stop()
