"""What a printer is asked and given to print while it is set up: ruler, Chinese sheet, completion probe, a pause."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from app.clock import Clock, ManualClock, SystemClock
from app.domain.paper import width
from app.domain.receipt import Receipt, Text
from app.errors import ConfigError
from devices.events import Health, OutputComplete, StatusUpdate
from devices.lifecycle import Stage
from devices.printer import sheets
from devices.printer.device import PrinterSession
from devices.printer.escpos import FENCE_PAPER, EscPosRenderer, fence_with_id
from devices.printer.glyphs import Glyphs, find_fonts, folders
from devices.printer.link import Link
from devices.printer.probe import IDENT, probe
from devices.printer.profiles import PROFILES, Fence, profile_for
from devices.simulated.decoder import Decoder
from devices.simulated.paper import Dots, Paper, TextRow
from devices.transport.memory import MemoryTransport
from tests.support.print_bench import Answering, Bench, Jobs, a_job, ready

GLYPHS = Glyphs(find_fonts(folders()))


def printed(data: bytes) -> Paper:
    paper = Paper()
    Decoder(paper, lambda _: b"").feed(data)
    assert paper.unknown == []
    return paper


def link(transport: MemoryTransport, clock: Clock | None = None) -> Link:
    return Link(transport, profile_for(48, Fence.NONE), clock=clock or SystemClock(), on_status=lambda _: None)


class Ticking(ManualClock):
    """A second passes whenever somebody looks."""

    def monotonic_s(self) -> float:
        self.advance_s(1)
        return super().monotonic_s()


def test_the_ruler_has_one_line_of_each_width() -> None:
    rows = [row.text for row in printed(sheets.ruler()).items if isinstance(row, TextRow) and row.text]
    assert [(len(row), row[:2], row[-1]) for row in rows] == [(n, str(n), "<") for n in sheets.WIDTHS]


@pytest.mark.parametrize("columns", sheets.WIDTHS)
def test_the_chinese_sheet_has_text_and_then_dots_that_fit_the_paper(columns: int) -> None:
    profile = profile_for(columns, Fence.PAPER_STATUS)
    items = printed(sheets.chinese(profile, GLYPHS)).items
    [text] = [item.text for item in items if isinstance(item, TextRow) and item.text.strip()]
    assert (text, width(text) <= columns) == (f"A {sheets.SAMPLE}", True)
    assert all(item.width_bytes * 8 <= profile.dots for item in items if isinstance(item, Dots))
    assert any(isinstance(item, Dots) for item in items)


def test_a_printer_without_chinese_signs_gets_chinese_lines_as_dots_and_no_others() -> None:
    profile = replace(profile_for(32, Fence.PAPER_STATUS), gb_font=False)
    items = printed(EscPosRenderer(profile, GLYPHS).render(Receipt((Text("plain"), Text("会员"))))).items
    assert [type(item) for item in items if not isinstance(item, TextRow) or item.text] == [TextRow, Dots]


def test_a_sheet_is_sent_whole_or_said_not_to_be() -> None:
    whole, stuck = MemoryTransport(), MemoryTransport(takes_max=0)
    assert sheets.send(link(whole), b"x" * 50, SystemClock())
    assert whole.written == b"x" * 50
    assert not sheets.send(link(stuck), b"x", Ticking(0))


@pytest.mark.parametrize(
    ("script", "fence"),
    [
        ({fence_with_id(IDENT): [b"\x37\x22" + IDENT + b"\x00"]}, Fence.RESPONSE_ID),
        ({FENCE_PAPER: [b"\x00"]}, Fence.PAPER_STATUS),
        ({}, Fence.NONE),
    ],
)
def test_the_surest_question_a_printer_answers_is_found(script: dict[bytes, list[bytes]], fence: Fence) -> None:
    assert probe(link(Answering(script)), Ticking(0)) is fence


def test_a_printer_that_cannot_answer_or_takes_nothing_is_not_waited_for() -> None:
    assert probe(link(MemoryTransport(two_way=False)), Ticking(0)) is Fence.NONE
    assert probe(link(MemoryTransport(takes_max=0), Ticking(0)), Ticking(0)) is Fence.NONE


@pytest.mark.parametrize("fine", [0, 4])
def test_of_a_printer_whose_paper_is_out_before_or_after_the_questions_nothing_is_concluded(fine: int) -> None:
    answers = [b"\x12"] * (fine + 3) + [b"\x72"]
    assert probe(link(Answering({b"\x10\x04": answers})), Ticking(0)) is None


def test_every_paper_and_answer_has_its_profile() -> None:
    found = {profile_for(columns, fence).name for columns in sheets.WIDTHS for fence in Fence}
    assert found == {profile.name for profile in PROFILES}
    with pytest.raises(ConfigError):
        profile_for(20, Fence.NONE)


def test_a_printer_is_paused_between_two_jobs() -> None:
    bench = Bench(Jobs(a_job()), ready(b"\x00"))
    bench.printer.start()
    bench.wait(OutputComplete)
    assert bench.printer.pause(10)
    assert bench.printer.life.stage is Stage.CLAIMED
    bench.printer.stop()


def test_a_printer_at_work_is_not_paused_and_goes_on() -> None:
    bench = Bench(Jobs(), ready())
    door, entered = threading.Event(), threading.Event()

    def work(_session: PrinterSession) -> None:
        entered.set()
        door.wait(10)

    bench.printer.start()
    bench.printer.submit(work)
    assert entered.wait(10)
    assert not bench.printer.pause(0.05)
    assert bench.printer.life.stage is Stage.ENABLED
    door.set()
    bench.printer.stop()


def test_a_lost_printer_prints_nothing_and_is_paused_at_once() -> None:
    line = ready()
    bench = Bench(Jobs(), line)
    bench.printer.start()
    bench.wait(StatusUpdate, lambda event: isinstance(event, StatusUpdate) and event.health is Health.OK)
    line.cut()
    bench.wait(StatusUpdate, lambda event: isinstance(event, StatusUpdate) and event.health is Health.OFFLINE)
    assert bench.printer.pause(0)
    bench.printer.stop()
