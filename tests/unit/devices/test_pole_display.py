"""The pole display: two lines of twenty columns as CD5220 bytes, and the device that keeps the newest of them shown."""

from __future__ import annotations

import os
import queue
import signal
import socket
import threading

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from app.domain.receipt import Align, Block, Columns, Receipt, Rule, Text
from app.errors import ConfigError, DeviceError
from app.wiring.simulate_cli import simulate
from devices.display import device as display_device
from devices.display.cd5220 import BEGIN, picture
from devices.display.device import DisplaySession, PoleDisplay
from devices.events import CheckLevel, DeviceEvent, Health, HealthChecked
from devices.simulated.display import DisplayFaults, SimulatedDisplay
from devices.simulated.display_decoder import Decoder, Pole
from devices.transport.address import opener, parse
from devices.transport.memory import MemoryTransport
from devices.worker import Lease, Pace
from tests.support.gate import Gate

PACE = Pace(backoff_first_s=0.01, backoff_max_s=0.02)
WORDS = st.text(alphabet=st.sampled_from("ab ¥，。洗发水→🎉é𠮷×0123456789"), max_size=50)
BLOCKS = st.one_of(st.builds(Text, WORDS, st.sampled_from(Align)), st.builds(Columns, WORDS, WORDS), st.builds(Rule))


def shown(*blocks: Block) -> tuple[str, str]:
    pole = Pole()
    Decoder(pole).feed(BEGIN + picture(Receipt(blocks)))
    assert pole.unknown == []
    return pole.lines


def test_goods_and_total_stand_on_two_lines_with_their_money_at_the_edge() -> None:
    assert shown(Columns("洗发水×2", "79.80"), Columns("合计", "¥159.60")) == (
        "洗发水×2" + " " * 6 + "79.80",
        "合计" + " " * 8 + "￥159.60",
    )


def test_a_long_name_is_cut_and_its_price_never() -> None:
    upper, lower = shown(Columns("玫瑰精油护发素五百毫升装", "128.00"), Text("x" * 30))
    assert upper == "玫瑰精油护发  128.00"
    assert lower == "x" * 20


def test_a_name_is_never_cut_so_that_its_rest_reads_as_a_number_of_pieces() -> None:
    assert shown(Columns("氨基酸洁面乳 120g", "39.00"))[0] == "氨基酸洁面乳   39.00"
    assert shown(Columns("Cleanser mild 120g", "¥39.00"))[0] == "Cleanser     ￥39.00"


def test_a_long_text_moves_and_what_is_too_much_for_that_is_cut() -> None:
    assert shown(Text("花间生活馆" * 6), Text("欢迎", Align.CENTRE)) == (
        "花间生活馆" * 3 + "花间生活",
        " " * 8 + "欢迎",
    )


def test_a_block_that_is_no_text_leaves_its_line_empty_and_so_does_a_missing_one() -> None:
    assert shown(Rule()) == ("", "")
    assert shown(Text("a", Align.RIGHT)) == (" " * 19 + "a", "")


def test_a_character_the_display_has_not_becomes_a_box() -> None:
    assert shown(Text("𠮷🎉é"), Text("")) == ("□□é", "")


@given(BLOCKS, BLOCKS)
def test_no_text_is_a_command_and_none_is_too_long(upper: Block, lower: Block) -> None:
    assert all(len(line.encode("gbk")) <= 39 for line in shown(upper, lower))


def test_the_next_picture_ends_a_moving_line() -> None:
    pole = Pole()
    decoder = Decoder(pole)
    for byte in BEGIN + picture(Receipt((Text("花间生活馆" * 6),))) + picture(Receipt((Text("a"), Text("b")))):
        decoder.feed(bytes((byte,)))
    assert (pole.lines, pole.unknown) == (("a", "b"), [])


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"ab\x1b[Dc\x08\x08X", ("Xc", "")),
        (b"\x1b[Rz\x0a\x0dq", ("q" + " " * 18 + "z", "")),
        (b"\x1bl\x03\x02x\x1b[Hy\x09w", ("y w", "  x")),
        (b"\x1b[Kx\x1b[Ly\x1b[Bz\x1b[Ad", ("y d", " z" + " " * 17 + "x")),
        (b"\x1b[Cab\x18c", ("   c", "")),
        (b"ab\x1bl\x01\x02cd\x18", ("ab", "")),
        (b"ab\x0bc\x08\x08d", ("cb", " " * 19 + "d")),
        (b"\x1b\x11\x1b*\x03\x1bW\x01\x01\x05\x01a\x1b@b", ("b", "")),
    ],
)
def test_the_simulated_display_moves_as_the_manual_says(data: bytes, lines: tuple[str, str]) -> None:
    pole = Pole()
    decoder = Decoder(pole)
    for byte in data:
        decoder.feed(bytes((byte,)))
    assert (pole.lines, pole.unknown) == (lines, [])


@pytest.mark.parametrize(
    ("data", "unknown"),
    [
        (b"\x01", b"\x01"),
        (b"\x1b~", b"\x1b~"),
        (b"\x1b[Z", b"\x1b[Z"),
        (b"\x1bl\x15\x01", b"\x1bl\x15\x01"),
        (b"\x1bQAa\rb", b"b"),
        (b"\x1bQAa\r\x1b[H", b"\x1b["),
        (b"\x1bQBa\r\x1bQDb\r", b"\x1bQDb\r"),
        (b"\x1bQA" + b"a" * 21 + b"\r", b"\x1bQA" + b"a" * 21 + b"\r"),
    ],
)
def test_what_is_no_command_there_is_kept_as_unknown(data: bytes, unknown: bytes) -> None:
    pole = Pole()
    Decoder(pole).feed(data)
    assert pole.unknown[0] == unknown


class Bench:
    """A display at a simulated one."""

    def __init__(self) -> None:
        self.far = SimulatedDisplay().start()
        self.events: queue.Queue[DeviceEvent] = queue.Queue()
        address = parse(f"tcp://127.0.0.1:{self.far.port}")
        self.near = PoleDisplay("display", opener("display", address), emit=self.events.put, pace=PACE)

    def sees(self, *lines: str) -> bool:
        return self.far.wait_for(lambda far: far.pole.lines == lines)

    def close(self) -> None:
        self.near.stop()
        self.far.stop()


def test_only_the_newest_picture_is_shown_and_counted() -> None:
    bench = Bench()
    try:
        bench.near.show(Receipt((Text("1"),)))
        bench.near.show(Receipt((Text("2"),)))
        bench.near.start()
        assert bench.sees("2", "")
        assert bench.near.life.statistics.output <= 1
    finally:
        bench.close()


def test_a_reset_in_the_middle_of_a_picture_shows_it_again() -> None:
    bench = Bench()
    try:
        bench.far.set_faults(DisplayFaults(reset_at=len(BEGIN) + 10))
        bench.near.show(Receipt((Text("合计"), Text("12.50"))))
        bench.near.start()
        assert bench.sees("合计", "12.50")
        assert bench.far.connections == 2
    finally:
        bench.close()


def test_a_stalled_display_takes_the_newest_picture_when_it_goes_on() -> None:
    seen: queue.Queue[tuple[str, str]] = queue.Queue()
    bench = Bench()
    bench.far._on_change = seen.put
    try:
        bench.near.start()
        bench.near.show(Receipt((Text("1"),)))
        assert bench.sees("1", "")
        bench.far.set_faults(DisplayFaults(stalled=True))
        bench.near.show(Receipt((Text("2"),)))
        bench.near.show(Receipt((Text("3"),)))
        bench.far.set_faults(DisplayFaults())
        assert bench.sees("3", "")
        assert seen.get() == ("1", "")
        assert bench.far.lines == ("3", "")
    finally:
        bench.close()


def test_an_interactive_check_shows_a_test_text_and_then_what_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display_device, "TEST_S", 0.2)
    bench = Bench()
    try:
        bench.near.start()
        bench.near.show(Receipt((Text("合计"),)))
        assert bench.sees("合计", "")
        bench.near.check_health(CheckLevel.INTERACTIVE)
        assert bench.sees("    Guitai 柜台", "0123456 ￥12.50，。")
        assert bench.sees("合计", "")
        found = [event for event in list(bench.events.queue) if isinstance(event, HealthChecked)]
        assert found == [HealthChecked("display", CheckLevel.INTERACTIVE, Health.OK)]
        bench.near.check_health(CheckLevel.EXTERNAL)
        while not isinstance(event := bench.events.get(timeout=10), HealthChecked) or event in found:
            continue
        assert event.level is CheckLevel.EXTERNAL
    finally:
        bench.close()


def test_no_call_of_a_display_is_made_on_the_thread_that_shows() -> None:
    bench = Bench()
    bench.near = PoleDisplay("display", gate := Gate(bench.near._open_transport), emit=bench.events.put, pace=PACE)
    try:
        bench.near.start()
        bench.near.show(Receipt((Text("1"),)))
        assert bench.sees("1", "")
    finally:
        bench.close()
    assert gate.threads == {"display"}


def test_a_display_that_takes_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display_device, "TAKES_S_MAX", 0.0)
    transport = MemoryTransport("display", takes_max=3)
    near = PoleDisplay("display", lambda: transport, emit=lambda _event: None)
    lease = Lease(near._worker._lock, 1.0)
    session = DisplaySession(transport, near, lease)
    with pytest.raises(DeviceError, match="device_lost"):
        session.begin()
    with pytest.raises(DeviceError, match="device_lost"):
        near._open_session(lease)
    assert transport.closed


def test_a_session_that_was_given_up_writes_no_more() -> None:
    transport = MemoryTransport("display")
    near = PoleDisplay("display", lambda: transport, emit=lambda _event: None)
    lease = Lease(near._worker._lock, 1.0)
    session = DisplaySession(transport, near, lease)
    near.show(Receipt((Text("a"),)))
    lease.held = False
    session.tick()
    assert transport.written == b""
    assert near.life.statistics.output == 0


def test_the_display_command_says_what_stands_there_until_it_is_interrupted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def till() -> None:
        events: queue.Queue[DeviceEvent] = queue.Queue()
        near = PoleDisplay("display", opener("display", parse(f"tcp://127.0.0.1:{port}")), emit=events.put, pace=PACE)
        near.show(Receipt((Text("合计"), Text("12.50"))))
        near.start()
        while near.life.statistics.output == 0:
            events.get(timeout=0.05) if not events.empty() else os.sched_yield()
        near.stop()
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=till)
    thread.start()
    result = CliRunner().invoke(simulate, ["display", "--port", str(port)])
    thread.join()
    signal.signal(signal.SIGINT, before)
    assert (result.exit_code, result.output) == (0, f"display tcp://127.0.0.1:{port}\n| 合计\n| 12.50\n\n")


def test_a_port_of_somebody_else_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = CliRunner().invoke(simulate, ["display", "--port", str(taken.getsockname()[1])])
    assert isinstance(result.exception, ConfigError)
    assert result.exception.code == "port_in_use"
