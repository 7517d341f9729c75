"""The demo's control panel over the simulated devices themselves: faults, plugs, drawer, paper, codes."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import load
from app.domain.card import CardScheme, CodeKind
from app.domain.scan import kind_of, read
from app.resources import resources
from app.wiring.demo_devices import MEMBERS, DemoDevices
from devices.printer.escpos import drawer_pulse
from ui.presenters.demo_panel import Code, DemoPanelPresenter, Fault, PanelState, Seen

RECEIPT = b"\x1b@\x1c&" + "小票".encode("gbk") + b"\n\x1dVB\x00\x1dr\x01"


class Panel:
    """The panel, its devices, and a till's end of their lines."""

    def __init__(self, folder: Path) -> None:
        self.devices = DemoDevices(folder / "out")
        (folder / "till.toml").write_text(self.devices.settings(), encoding="utf-8")
        self.config = load(resources() / "default.toml", folder, {})
        self.panel = DemoPanelPresenter(self.devices)

    def line(self, address: str) -> socket.socket:
        host, _, port = address.removeprefix("tcp://").rpartition(":")
        return socket.create_connection((host, int(port)), timeout=10)

    def prints(self, data: bytes) -> None:
        """Send it to the printer, and wait for the answer behind it."""
        with self.line(self.config.printer.address) as line:
            line.sendall(data)
            assert line.recv(1)

    def asks(self, question: int) -> int:
        """DLE EOT."""
        with self.line(self.config.printer.address) as line:
            line.sendall(bytes((0x10, 0x04, question)))
            return line.recv(1)[0]

    def scans(self, *codes: Code) -> list[str]:
        """What a till hears while these are held before the scanner."""
        with self.line(self.config.scanner.address) as line, line.makefile("rb") as heard:
            found = []
            for code in codes:
                self.panel.scan(code)
                found.append(heard.readline().decode().strip())
            return found

    @property
    def seen(self) -> Seen:
        self.panel.tick()
        return self.panel.state.seen


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Panel]:
    panel = Panel(tmp_path)
    yield panel
    panel.devices.close()


def test_a_till_finds_all_three_devices_and_a_window_for_the_customer(made: Panel) -> None:
    config = made.config
    addresses = (config.printer.address, config.scanner.address, config.display.address)
    assert all(address.startswith("tcp://127.0.0.1:") for address in addresses)
    assert config.display.screen == "window"
    assert made.panel.state == PanelState()


def test_the_paper_is_drawn_as_it_grows_and_only_then(made: Panel) -> None:
    made.prints(RECEIPT)
    assert made.seen.items == 2
    first = made.panel.state.paper
    assert first is not None
    assert len(first.grey) == first.width_px * first.height_px
    assert 0 in first.grey
    made.panel.toggle(Fault.COVER_OPEN)
    made.panel.toggle(Fault.COVER_OPEN)
    assert made.panel.state.paper is first
    for _ in range(3):
        made.prints(RECEIPT)
    assert made.seen.items == 8
    last = made.panel.state.paper
    assert last is not None
    assert last.height_px < 3 * first.height_px


def test_the_drawer_is_open_after_a_pulse_until_it_is_pushed_in(made: Panel) -> None:
    made.prints(drawer_pulse(2) + RECEIPT)
    assert (made.seen.drawer_open, made.seen.pulses) == (True, 1)
    made.panel.close_drawer()
    assert (made.panel.state.seen.drawer_open, made.panel.state.seen.pulses) == (False, 1)


@pytest.mark.parametrize(
    ("fault", "question", "bits"),
    [(Fault.PAPER_LOW, 4, 0x0C), (Fault.PAPER_OUT, 4, 0x6C), (Fault.COVER_OPEN, 2, 0x04)],
)
def test_a_fault_is_what_the_printer_answers_until_it_is_switched_off(
    made: Panel, fault: Fault, question: int, bits: int
) -> None:
    made.panel.toggle(fault)
    assert made.panel.state.seen.faults == {fault}
    assert made.asks(question) & 0x6C == bits
    made.panel.toggle(fault)
    assert made.panel.state.seen.faults == frozenset()
    assert made.asks(question) & 0x6C == 0


def test_paper_that_nears_its_end_is_said_unasked(made: Panel) -> None:
    with made.line(made.config.printer.address) as line:
        line.sendall(b"\x1da\xff")
        assert line.recv(4) == b"\x10\x00\x00\x00"
        made.panel.toggle(Fault.PAPER_LOW)
        assert line.recv(4) == b"\x10\x00\x03\x00"


def test_a_printer_that_takes_no_data_goes_on_when_it_may(made: Panel) -> None:
    made.panel.toggle(Fault.STALLED)
    with made.line(made.config.printer.address) as line:
        line.sendall(RECEIPT)
        assert made.seen.items == 0
        made.panel.toggle(Fault.STALLED)
        assert line.recv(1)
    assert made.seen.items == 2


def test_a_printer_plugged_in_again_keeps_its_address_its_paper_and_its_faults(made: Panel) -> None:
    made.prints(RECEIPT)
    made.panel.toggle(Fault.PRINTER_UNPLUGGED)
    made.panel.toggle(Fault.PAPER_LOW)
    with pytest.raises(ConnectionRefusedError):
        made.line(made.config.printer.address)
    made.devices.switch(Fault.PRINTER_UNPLUGGED, on=True)
    made.panel.toggle(Fault.PRINTER_UNPLUGGED)
    made.devices.switch(Fault.PRINTER_UNPLUGGED, on=False)
    assert made.asks(4) & 0x6C == 0x0C
    made.panel.toggle(Fault.PAPER_LOW)
    made.prints(RECEIPT)
    assert made.seen.items == 4


def test_codes_of_members_goods_and_payment_are_scanned_in_turn(made: Panel) -> None:
    kinds = {Code.MEMBER: CodeKind.MEMBER_CARD, Code.PRODUCT: CodeKind.PRODUCT, Code.PAYMENT: CodeKind.PAYMENT}
    heard = made.scans(*kinds, *[Code.MEMBER] * (MEMBERS - 1))
    assert [kind_of(read(code), CardScheme()) for code in heard[: len(kinds)]] == list(kinds.values())
    assert len({heard[0], *heard[len(kinds) :]}) == MEMBERS


def test_a_scanner_without_its_plug_scans_nothing_and_has_its_address_again_afterwards(made: Panel) -> None:
    made.panel.toggle(Fault.SCANNER_UNPLUGGED)
    made.panel.scan(Code.PRODUCT)
    with pytest.raises(ConnectionRefusedError):
        made.line(made.config.scanner.address)
    made.panel.toggle(Fault.SCANNER_UNPLUGGED)
    assert made.scans(Code.PRODUCT)[0].isdigit()


def test_the_pole_display_is_read_while_it_has_its_plug(made: Panel) -> None:
    with made.line(made.config.display.address) as line:
        line.sendall(b"\x0c\x1bQA" + "合计".encode("gbk") + b"\r")
        while made.seen.pole != ("合计", ""):
            continue
    made.panel.toggle(Fault.DISPLAY_UNPLUGGED)
    assert made.panel.state.seen.pole == ("", "")
    made.panel.toggle(Fault.DISPLAY_UNPLUGGED)
    with made.line(made.config.display.address):
        assert made.seen.faults == frozenset()
