"""The simulated printer and scanner are devices too: what they understand, draw, refuse and survive."""

from __future__ import annotations

import io
import os
import signal
import socket
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from app.errors import ConfigError
from app.wiring.simulate_cli import Album, simulate
from devices.printer.glyphs import Glyphs, find_fonts, folders
from devices.simulated.decoder import Decoder, code128_text
from devices.simulated.paper import CutOnPaper, Dots, Gap, Item, Paper, Pulse, Run, Style, TextRow
from devices.simulated.picture import MARGIN_DOTS, draw
from devices.simulated.printer import MODEL, Faults, SimulatedPrinter
from devices.simulated.scanner import PtyScanner, TcpScanner

GLYPHS = Glyphs(find_fonts(folders()))


def printed(data: bytes) -> Paper:
    paper = Paper()
    Decoder(paper, lambda _: b"").feed(data)
    return paper


def test_a_command_in_pieces_is_one_command() -> None:
    paper = Paper()
    decoder = Decoder(paper, lambda command: command[-1:])
    for (
        byte
    ) in b"\x1c&\xd6\xd0\n\x1dV\x42\x00\x1d(H\x06\x0000abcd\x1d8L\x0b\x00\x00\x000p0\x01\x011\x08\x00\x01\x00\xff":
        decoder.feed(bytes((byte,)))
    assert paper.items == [TextRow((Run("中", Style()),)), CutOnPaper()]
    assert decoder.feed(b"\x1d(L\x02\x0002") == b""
    assert paper.items[-1] == Dots(1, 1, b"\xff")


def test_without_gb_mode_bytes_are_the_printers_own_code_page() -> None:
    assert printed(b"\x1c&\x1c.\x80\n").text == "Ç"


def test_four_byte_characters_are_read_in_gb_mode() -> None:
    assert printed(b"\x1c&" + "𠮷".encode("gb18030") + b"\n").text == "𠮷"


def test_moving_the_head_leaves_a_gap() -> None:
    assert printed(b"ab\x1b$\x60\x00cd\x1b\\\x18\x00e\n").text == "ab" + " " * 6 + "cd" + " " * 2 + "e"


def test_text_left_in_the_buffer_is_printed_before_a_cut() -> None:
    assert [type(item) for item in printed(b"rest\x1dV\x00").items] == [TextRow, CutOnPaper]


def test_pulses_of_both_kinds_are_noted_with_their_pin() -> None:
    paper = printed(b"\x1bp\x00\x19\xfa\x1bp\x01\x19\xfa\x10\x14\x01\x00\x01\x10\x14\x01\x01\x01")
    assert paper.items == [Pulse(2), Pulse(5), Pulse(2), Pulse(5)]


def test_what_it_does_not_know_is_noted_and_skipped() -> None:
    paper = printed(b"\x07\x1dkC\x03123ok\n\x00\r")
    assert paper.unknown == [b"\x07", b"\x1dkC\x03123"]
    assert paper.text == "ok"


def test_code_128_notation_is_read() -> None:
    assert code128_text(b"{A1{B{{x{C\x0c\x22") == "1{x1234"


def test_styles_and_feeds_reach_the_picture() -> None:
    items = printed(b"\x1dL\x00\x00\x1d!\x10wide\x1d!\x00\x1bE\x01bold\n\x1bd\x02\x1bJ\x10").items
    assert [run.style for run in items[0].runs] == [Style(wide=2), Style(bold=True)]  # type: ignore[union-attr]
    assert items[-1] == Gap(16)
    assert draw(items, 384, GLYPHS).width == 384 + 2 * MARGIN_DOTS


def test_a_picture_on_the_paper_is_drawn_dot_by_dot() -> None:
    picture = draw([Dots(1, 2, b"\xf0\x0f"), Pulse(2)], 384, GLYPHS)
    x, y = MARGIN_DOTS, 40
    assert [picture.getpixel((x + place, y)) for place in (0, 7)] == [0, 255]
    assert [picture.getpixel((x + place, y + 1)) for place in (0, 7)] == [255, 0]


def talk(printer: SimulatedPrinter, data: bytes, count: int) -> bytes:
    with socket.create_connection(("127.0.0.1", printer.port), timeout=10) as line:
        line.sendall(data)
        answer = b""
        while len(answer) < count:
            answer += line.recv(100)
        return answer


def test_it_answers_what_a_printer_answers() -> None:
    printer = SimulatedPrinter().start()
    assert talk(printer, b"\x1dI\x42", len(MODEL)) == MODEL
    assert talk(printer, b"\x10\x04\x01\x10\x04\x04", 2) == b"\x12\x12"
    assert talk(printer, b"\x1d(H\x06\x00000042", 7) == b"\x37\x220042\x00"
    assert talk(printer, b"\x1da\xff", 4) == b"\x10\x00\x00\x00"
    printer.set_faults(Faults(cover_open=True))
    assert talk(printer, b"\x10\x04\x01\x10\x04\x02", 2) == b"\x1a\x16"
    printer.stop()


def test_a_question_cut_in_two_is_answered_once() -> None:
    printer = SimulatedPrinter().start()
    with socket.create_connection(("127.0.0.1", printer.port), timeout=10) as line:
        for size, part in enumerate((b"\x10", b"\x04", b"\x01"), 1):
            line.sendall(part)
            assert printer.wait_for(lambda seen, size=size: len(seen.received) == size)
        assert line.recv(10) == b"\x12"
    printer.stop()


def test_it_prints_what_it_took_before_the_line_was_closed() -> None:
    printer = SimulatedPrinter().start()
    with socket.create_connection(("127.0.0.1", printer.port)) as line:
        line.sendall(b"last words\n")
    assert printer.wait_for(lambda seen: seen.paper.text == "last words")
    printer.stop()


def test_a_line_closed_while_paper_is_out_does_not_hold_the_port() -> None:
    printer = SimulatedPrinter().start()
    printer.set_faults(Faults(paper_out_after=1))
    with socket.create_connection(("127.0.0.1", printer.port)) as line:
        line.sendall(b"one\ntwo\n")
    assert printer.wait_for(lambda seen: seen.paper.text == "one")
    assert talk(printer, b"\x10\x04\x04", 1) == b"\x7e"
    printer.stop()


def test_a_printer_never_switched_on_can_be_switched_off() -> None:
    printer = SimulatedPrinter()
    printer.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", printer.port), timeout=5)


def test_a_folder_of_receipts_counts_on(tmp_path: Path) -> None:
    items: list[Item] = [TextRow((Run("小票", Style()),)), CutOnPaper()]
    for number in (1, 2):
        Album(tmp_path, 384, GLYPHS).add(items)
        assert (tmp_path / f"receipt-{number:04d}.txt").read_text(encoding="utf-8") == "小票\n"
        with Image.open(tmp_path / f"receipt-{number:04d}.png") as picture:
            assert picture.width == 384 + 2 * MARGIN_DOTS


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(simulate, ["printer", "--port", str(port), "--out", str(tmp_path)])
    assert isinstance(result.exception, ConfigError)
    assert result.exception.code == "port_in_use"


def test_the_scanner_command_wants_one_way() -> None:
    assert CliRunner().invoke(simulate, ["scanner"]).exit_code == 2
    assert CliRunner().invoke(simulate, ["scanner", "--pty", "--port", "0"]).exit_code == 2


@pytest.mark.parametrize("options", [["--pty"], ["--port", "0"]])
def test_the_scanner_command_says_its_address_and_ends_with_its_input(options: list[str]) -> None:
    result = CliRunner().invoke(simulate, ["scanner", *options], input="6901234567892\n\n")
    assert result.exit_code == 0
    assert result.output.startswith(("scanner serial:/dev/", "scanner tcp://127.0.0.1:"))


def test_what_is_scanned_before_anybody_listens_is_kept() -> None:
    scanner = TcpScanner()
    scanner.scan("1")
    with socket.create_connection(("127.0.0.1", scanner.port), timeout=10) as line:
        assert io.BufferedReader(line.makefile("rb", buffering=0)).read(3) == b"1\r\n"
    scanner.stop()


def test_on_windows_a_pseudo_terminal_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(OSError, match="TCP"):
        PtyScanner()


def test_the_printer_command_draws_what_is_printed_until_it_is_interrupted(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def customer() -> None:
        line = None
        while line is None:
            try:
                line = socket.create_connection(("127.0.0.1", port), timeout=10)
            except ConnectionRefusedError:
                os.sched_yield()
        with line:
            line.sendall(b"\x1b@\x1c&" + "小票".encode("gb18030") + b"\n\x1dVB\x00\x1dr\x01")
            line.recv(1)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=customer)
    thread.start()
    result = CliRunner().invoke(simulate, ["printer", "--port", str(port), "--out", str(tmp_path / "out")])
    thread.join()
    signal.signal(signal.SIGINT, before)
    assert (result.exit_code, result.output) == (0, f"printer tcp://127.0.0.1:{port} {tmp_path / 'out'}\n1\n")
    assert (tmp_path / "out" / "receipt-0001.txt").read_text(encoding="utf-8") == "小票\n"
