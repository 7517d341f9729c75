"""What goes wrong between a scanner and a till, on purpose: lines like `!split 6901234567892` instead of a code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from devices.scanner.framing import FRAME_BYTES_MAX

GARBAGE = b"\xff\xfe\x80\x00\x1b?\r"


class Source(Protocol):
    """A simulated scanner."""

    def send(self, data: bytes) -> None: ...
    def scan(self, code: str, *, end: str = "\r\n") -> None: ...
    def unplug(self) -> None: ...


def _split(scanner: Source, code: str) -> None:
    """Byte by byte, as over a slow line."""
    for byte in f"{code}\r".encode():
        scanner.send(bytes((byte,)))


def _double(scanner: Source, code: str) -> None:
    """Twice in one write."""
    scanner.send(f"{code}\r{code}\r".encode())


def _half(scanner: Source, code: str) -> None:
    """Half of it, then the plug is pulled."""
    scanner.send(code[: len(code) // 2].encode())
    scanner.unplug()


FAULTS: Mapping[str, Callable[[Source, str], None]] = {
    "!split": _split,
    "!double": _double,
    "!garbage": lambda scanner, _code: scanner.send(GARBAGE),
    "!endless": lambda scanner, _code: scanner.send(b"8" * (FRAME_BYTES_MAX + 1) + b"\r"),
    "!open": lambda scanner, code: scanner.scan(code, end=""),
    "!half": _half,
    "!unplug": lambda scanner, _code: scanner.unplug(),
}


def play(scanner: Source, line: str) -> None:
    """One line: a code, or a fault and the code it happens to. An unknown fault is sent as it stands."""
    fault, _, code = line.partition(" ")
    happens = FAULTS.get(fault)
    if happens is None:
        scanner.scan(line)
    else:
        happens(scanner, code)
