"""Printer nodes of usblp: what the driver answers, who is behind a node, what is lost when a plug is pulled."""

from __future__ import annotations

import errno
import os
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import DeviceError
from devices.transport import usblp
from devices.transport.address import opener, parse
from devices.transport.serial import Identity, PortInfo
from devices.transport.usblp import UsblpTransport, list_usb_printers, open_usblp


class Wire:
    """Both ends of a pseudo terminal: the printer's own, and the node that a till opens."""

    def __init__(self) -> None:
        self.printer, self._node = os.openpty()
        tty.setraw(self._node)
        self.name = os.ttyname(self._node)
        self.plugged = True

    def open(self) -> UsblpTransport:
        return open_usblp("printer", Identity(name=self.name))

    def pull(self) -> None:
        if self.plugged:
            os.close(self.printer)
            os.close(self._node)
        self.plugged = False


@pytest.fixture
def wire() -> Iterator[Wire]:
    made = Wire()
    yield made
    made.pull()


def test_bytes_go_both_ways_and_slices_are_counted(wire: Wire) -> None:
    node = wire.open()
    assert node.two_way
    assert node.read(0.0) == b""
    assert node.write(b"\x10\x04\x01", 1.0) == 3
    assert os.read(wire.printer, 10) == b"\x10\x04\x01"
    os.write(wire.printer, b"\x12")
    assert node.read(1.0) == b"\x12"
    assert node.write(b"x" * 5000, 1.0) <= usblp.WRITE_BYTES_MAX
    node.close()


def test_a_printer_that_takes_no_more_counts_nothing(wire: Wire) -> None:
    node = wire.open()
    taken = list(iter(lambda: node.write(b"x" * 1024, 0.2), 0))
    assert sum(taken) > 1024
    os.read(wire.printer, 4096)
    assert node.write(b"x", 5.0) == 1
    node.close()


def test_an_address_opens_the_node_it_names(wire: Wire) -> None:
    node = opener("printer", parse(f"usblp:{wire.name}"))()
    assert node.write(b"a", 1.0) == 1
    node.close()


def test_a_pulled_plug_is_a_loss_and_closes_quietly(wire: Wire) -> None:
    node = wire.open()
    node.write(b"x", 1.0)
    os.read(wire.printer, 10)
    wire.pull()
    with pytest.raises(DeviceError) as read:
        node.read(1.0)
    with pytest.raises(DeviceError) as written:
        node.write(b"x", 1.0)
    assert (read.value.code, written.value.code) == ("device_lost", "device_lost")
    node.close()
    node.close()


def test_who_is_not_there_is_missing_and_a_node_that_cannot_be_opened_unreachable(tmp_path: Path) -> None:
    with pytest.raises(DeviceError) as missing:
        open_usblp("printer", Identity(0x04B8, 0x0202), lister=list)
    with pytest.raises(DeviceError) as gone:
        open_usblp("printer", Identity(name=str(tmp_path / "lp0")))
    assert (missing.value.code, gone.value.code) == ("device_missing", "device_unreachable")
    with pytest.raises(DeviceError):
        opener("printer", parse("usblp:04b8:ffff"))()


def test_a_one_way_printer_says_so_when_it_is_read(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_descriptor: int, _size: int) -> bytes:
        raise OSError(errno.EINVAL, "one way")

    monkeypatch.setattr(usblp.os, "read", refuse)
    node = wire.open()
    assert not node.two_way
    assert node.read(5.0) == b""
    node.close()


def test_a_printer_that_answers_nothing_is_not_asked_in_a_circle(tmp_path: Path) -> None:
    empty = tmp_path / "node"
    empty.touch()
    node = open_usblp("printer", Identity(name=str(empty)))
    began_s = time.monotonic()
    assert node.read(0.05) == b""
    assert time.monotonic() - began_s >= 0.05
    node.close()


def test_a_read_that_would_wait_is_nothing(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    node = wire.open()

    def wait(_descriptor: int, _data: object) -> bytes:
        raise BlockingIOError

    os.write(wire.printer, b"x")
    monkeypatch.setattr(usblp.os, "read", wait)
    monkeypatch.setattr(usblp.os, "write", wait)
    assert (node.read(1.0), node.write(b"x", 1.0)) == (b"", 0)
    node.close()


def test_printers_are_listed_by_who_they_are(tmp_path: Path) -> None:
    root = tmp_path / "usbmisc"
    for number, (about, label) in enumerate([("04b8", "MFG:EPSON;CMD:ESC/POS;MDL:TM-T82X;"), ("", "")]):
        interface = tmp_path / f"1-{number}" / f"1-{number}:1.0"
        interface.mkdir(parents=True)
        (root / f"lp{number}").mkdir(parents=True)
        (root / f"lp{number}" / "device").symlink_to(interface)
        if about:
            (interface / "ieee1284_id").write_text(label, encoding="ascii")
            for name, text in (("idVendor", about), ("idProduct", "0202"), ("serial", "X4")):
                (interface.parent / name).write_text(f"{text}\n", encoding="ascii")
    assert list_usb_printers(root) == [
        PortInfo("/dev/usb/lp0", 0x04B8, 0x0202, "X4", "1-0", "EPSON TM-T82X"),
        PortInfo("/dev/usb/lp1"),
    ]
    assert list_usb_printers(tmp_path / "none") == []


def test_other_names_of_maker_and_model_are_known(tmp_path: Path) -> None:
    (tmp_path / "lp0" / "device").mkdir(parents=True)
    (tmp_path / "lp0" / "device" / "ieee1284_id").write_text("MANUFACTURER:GP;MODEL:80250;", encoding="ascii")
    assert [one.label for one in list_usb_printers(tmp_path)] == ["GP 80250"]
