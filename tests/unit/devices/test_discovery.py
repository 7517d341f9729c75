"""What is plugged in: offered by what it is, never by its port; a source that hangs or fails costs nobody else."""

from __future__ import annotations

import threading

from devices.discovery import SOURCES, Discovery, Found, Wire, discover, serial_ports, usb_printers
from devices.transport.address import parse
from devices.transport.serial import Identity, PortInfo


def test_a_serial_port_is_offered_by_who_is_behind_it() -> None:
    ports = [
        PortInfo("/dev/ttyACM0", 0x05E0, 0x1701, "A1", "1-2", "Symbol scanner"),
        PortInfo("/dev/ttyACM1", 0x05E0, 0x1701, None, "1-2.3:1.0"),
        PortInfo("/dev/ttyACM2", 0x05E0, 0x1701),
        PortInfo("/dev/ttyS0"),
    ]
    found = serial_ports(lambda: ports)
    assert found[0] == Found(Wire.SERIAL, "usb:05e0:1701:A1", "Symbol scanner", "/dev/ttyACM0")
    assert [one.address for one in found[1:]] == ["usb:05e0:1701#1-2.3:1.0", "usb:05e0:1701", "serial:/dev/ttyS0"]
    wanted = [parse(one.address).identity for one in found]
    assert wanted[1] == Identity(0x05E0, 0x1701, None, "1-2.3:1.0")
    for identity, port in zip(wanted, ports, strict=True):
        assert identity is not None
        assert identity.fits(port)
    assert not wanted[1].fits(ports[0])  # type: ignore[union-attr]


def test_usb_printers_are_offered_by_who_they_are() -> None:
    ports = [
        PortInfo("/dev/usb/lp0", 0x04B8, 0x0202, "X4", "1-2", "EPSON TM-T82X"),
        PortInfo("/dev/usb/lp1", 0x04B8, 0x0202, None, "1-3"),
        PortInfo("/dev/usb/lp2"),
    ]
    found = usb_printers(lambda: ports)
    assert found[0] == Found(Wire.USB_PRINTER, "usblp:04b8:0202:X4", "EPSON TM-T82X", "/dev/usb/lp0")
    assert [one.address for one in found[1:]] == ["usblp:04b8:0202#1-3", "usblp:/dev/usb/lp2"]
    for one, port in zip(found, ports, strict=True):
        wanted = parse(one.address).printer
        assert wanted is not None
        assert wanted.fits(port)


def test_a_source_that_hangs_or_fails_is_named_and_the_others_are_heard() -> None:
    door = threading.Event()

    def hang() -> list[Found]:
        door.wait()
        return []

    def fail() -> list[Found]:
        raise OSError("driver")

    here = Found(Wire.SERIAL, "serial:x")
    got = discover({"hangs": hang, "fails": fail, "works": lambda: [here, here]}, timeout_s=0.3)
    door.set()
    assert got == Discovery((here,), ("hangs", "fails"))


def test_the_machines_own_sources_answer() -> None:
    assert discover(SOURCES).silent == ()
