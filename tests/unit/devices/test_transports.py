"""Ways to a device: addresses as settings write them, files, memory, sockets that fail."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from app.errors import ConfigError, DeviceError
from devices.lifecycle import Lifecycle, Stage
from devices.printer.profiles import profile
from devices.transport.address import opener, parse
from devices.transport.file import open_file
from devices.transport.memory import MemoryTransport
from devices.transport.serial import Identity, PortInfo, SerialTransport, list_ports, open_serial
from devices.transport.tcp import KEEP_ALIVE, SEND_BYTES_MAX, TcpTransport, open_tcp


def test_addresses_are_read() -> None:
    assert (parse("tcp://10.0.0.9:9100").host, parse("tcp://[::1]:9100").host) == ("10.0.0.9", "::1")
    assert parse("tcp://printer.shop:9100/").port == 9100
    serial = parse("serial:/dev/ttyUSB0@19200")
    assert (serial.identity, serial.baud) == (Identity(name="/dev/ttyUSB0"), 19200)
    assert parse("serial:COM3").baud == 9600
    usb = parse("usb:05E0:1701:A12")
    assert usb.identity == Identity(0x05E0, 0x1701, "A12")
    assert parse("file:/tmp/x").path == Path("/tmp/x")
    usblp = parse("usblp:04B8:0202:X4#1-2")
    assert usblp.printer == Identity(0x04B8, 0x0202, "X4", "1-2")
    assert parse("usblp:/dev/usb/lp0").printer == Identity(name="/dev/usb/lp0")
    assert parse("winspool:收银 58").spool == "收银 58"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((text, "device_address") for text in ("", "tcp://host", "usb:zz", "http://x", "serial:")),
        *((f"tcp://host:{port}", "device_port") for port in (0, 70000, 99999, 123456)),
    ],
)
def test_an_address_nobody_understands_is_refused(text: str, code: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse(text)
    assert refused.value.code == code


def test_an_opener_opens_what_the_address_says(tmp_path: Path) -> None:
    path = tmp_path / "spool"
    transport = opener("printer", parse(f"file:{path}"))()
    assert transport.write(b"abc", 1.0) == 3
    transport.close()
    assert path.read_bytes() == b"abc"
    with pytest.raises(DeviceError):
        opener("printer", parse("usb:0001:0002"), lister=list)()


def test_a_file_is_appended_to_owner_only_and_never_answers(tmp_path: Path) -> None:
    path = tmp_path / "spool"
    for part in (b"one", b"two"):
        spool = open_file("printer", path)
        spool.write(part, 1.0)
        assert spool.read(0.0) == b""
        spool.close()
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"onetwo", 0o600)
    assert not spool.two_way


def test_a_file_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(DeviceError) as missing:
        open_file("printer", tmp_path / "none" / "spool")
    with pytest.raises(DeviceError) as full:
        open_file("printer", Path("/dev/full")).write(b"x", 1.0)
    assert (missing.value.code, full.value.code) == ("device_unreachable", "device_lost")


def test_a_device_node_that_knows_no_fsync_is_closed_all_the_same() -> None:
    null = open_file("printer", Path("/dev/null"))
    null.write(b"x", 1.0)
    null.close()
    with pytest.raises(DeviceError):
        null.write(b"x", 1.0)


def test_memory_takes_feeds_and_is_cut() -> None:
    line = MemoryTransport(takes_max=3)
    assert (line.write(b"abcd", 0.0), line.write(b"d", 0.0), line.written) == (3, 0, b"abc")
    assert line.read(0.0) == b""
    line.feed(b"x")
    assert line.read(0.1) == b"x"
    line.cut()
    with pytest.raises(DeviceError):
        line.read(0.1)


def pair() -> tuple[TcpTransport, socket.socket]:
    listener = socket.create_server(("127.0.0.1", 0))
    transport = open_tcp("printer", "127.0.0.1", listener.getsockname()[1])
    other, _ = listener.accept()
    listener.close()
    return transport, other


def write_until_lost(transport: TcpTransport) -> None:
    """The system may take a little more before it says that nobody listens."""
    while True:
        transport.write(b"x", 0.1)


def test_a_write_is_counted_in_slices_and_stops_when_the_other_end_takes_no_more() -> None:
    transport, other = pair()
    assert transport.write(b"x" * 5000, 1.0) == SEND_BYTES_MAX
    while transport.write(b"x" * SEND_BYTES_MAX, 0.01):
        continue
    other.close()
    with pytest.raises(DeviceError) as lost:
        write_until_lost(transport)
    assert lost.value.code == "device_lost"
    transport.close()


def test_an_end_of_the_stream_is_a_loss_and_closing_after_it_is_quiet() -> None:
    transport, other = pair()
    assert transport.read(0.0) == b""
    transport.write(b"x", 1.0)
    other.sendall(b"hello")
    assert transport.read(5.0) == b"hello"
    assert other.recv(1) == b"x"
    other.close()
    with pytest.raises(DeviceError):
        transport.read(5.0)
    transport.close()


def test_a_reset_is_a_loss_for_reading_too() -> None:
    transport, other = pair()
    transport.write(b"unread", 1.0)
    other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    other.close()
    with pytest.raises(DeviceError) as lost:
        transport.read(5.0)
    assert lost.value.code == "device_lost"
    transport.close()


def test_closing_waits_for_the_printer_to_take_what_was_written() -> None:
    transport, other = pair()
    transport.write(b"last words", 1.0)
    other.shutdown(socket.SHUT_WR)
    transport.close()
    assert other.recv(100) == b"last words"
    other.close()


def test_a_host_that_is_not_there_is_unreachable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(DeviceError) as refused:
            open_tcp("printer", "127.0.0.1", unused.getsockname()[1])
    with pytest.raises(DeviceError) as unknown:
        open_tcp("printer", "no-such-host.invalid", 9100)
    assert {refused.value.code, unknown.value.code} == {"device_unreachable"}


def test_an_identity_fits_by_what_it_names() -> None:
    port = PortInfo("COM7", 0x05E0, 0x1701, "A1", "1-2")
    assert Identity(0x05E0, 0x1701).fits(port)
    assert Identity(serial_no="A1").fits(port)
    assert not Identity(0x05E0, 0x1702).fits(port)
    assert not Identity().fits(port)


def test_the_machines_own_ports_are_listed() -> None:
    assert all(isinstance(port, PortInfo) for port in list_ports())


def test_a_serial_line_is_written_and_its_loss_noticed() -> None:
    import tty

    ours, theirs = os.openpty()
    tty.setraw(ours)
    line = open_serial("printer", Identity(name=os.ttyname(theirs)))
    assert line.replies_outlive
    assert line.write(b"receipt", 1.0) == 7
    assert os.read(ours, 100) == b"receipt"
    assert line.read(0.0) == b""
    os.write(ours, b"\x12")
    assert line.read(5.0) == b"\x12"
    os.close(theirs)
    os.close(ours)
    with pytest.raises(DeviceError):
        line.read(5.0)
    with pytest.raises(DeviceError):
        line.write(b"x", 1.0)
    line.close()


def test_a_serial_line_that_takes_no_more_counts_nothing() -> None:
    import tty

    ours, theirs = os.openpty()
    tty.setraw(ours)
    line = open_serial("printer", Identity(name=os.ttyname(theirs)))
    taken = 0
    while took := line.write(b"x" * 256, 0.05):
        taken += took
    assert taken > 0
    line.close()
    os.close(theirs)
    os.close(ours)


def test_a_port_that_fails_in_its_driver_is_a_loss_and_closes_quietly() -> None:
    class Torn:
        timeout = 0.0

        def read(self, _count: int) -> bytes:
            raise TypeError("read on a port that is gone")

        def close(self) -> None:
            raise OSError("gone")

    line = SerialTransport("scanner", Torn())
    with pytest.raises(DeviceError):
        line.read(0.0)
    line.close()


def test_a_step_that_skips_a_stage_is_refused() -> None:
    life = Lifecycle("scanner", emit=lambda _: None)
    with pytest.raises(DeviceError) as refused:
        life.move(Stage.CLAIMED)
    assert refused.value.code == "device_order"
    life.move(Stage.OPENED)
    assert life.stage is Stage.OPENED


def test_an_unknown_profile_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError) as refused:
        profile("epson")
    assert "epson-80" in str(refused.value.facts["known"])


def test_a_device_that_is_switched_off_is_missed_after_some_seconds() -> None:
    transport, other = pair()
    line = transport._socket
    assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) != 0
    assert {name: line.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in KEEP_ALIVE} == KEEP_ALIVE
    transport.close()
    other.close()
