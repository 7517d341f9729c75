"""Requests and answers as the bad network handles them: whole, as bytes, head and body apart."""

from __future__ import annotations

import http.client
import socket
import struct
from dataclasses import dataclass
from typing import BinaryIO, Final

LINE_BYTES_MAX: Final = 1 << 16
PATIENCE_S: Final = 60.0
"""Longer than head office lets a till wait for news."""
HOP: Final = frozenset(("connection", "keep-alive", "transfer-encoding"))
PAGE: Final = b"<html><head><title>Sign in</title></head><body>Welcome. Please accept the terms.</body></html>\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its first line, its headers as they came, its body."""

    line: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def raw(self) -> bytes:
        """The bytes that came."""
        head = [self.line, *(f"{name}: {value}" for name, value in self.headers)]
        return ("\r\n".join(head) + "\r\n\r\n").encode("latin-1") + self.body


@dataclass(frozen=True, slots=True)
class Said:
    """An answer."""

    head: bytes
    body: bytes

    def raw(self) -> bytes:
        return self.head + self.body


def read_request(stream: BinaryIO) -> Asked | None:
    """The next request of a connection; None at its end. ValueError, OSError: what came is none."""
    line = _line(stream)
    if not line:
        return None
    headers = []
    while text := _line(stream):
        name, _, value = text.partition(":")
        headers.append((name, value.strip()))
    length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
    body = stream.read(length)
    return None if len(body) < length else Asked(line, tuple(headers), body)


def deliver(asked: Asked, target: tuple[str, int]) -> Said:
    """Head office's answer, read whole. OSError, http.client.HTTPException: there is none."""
    method, path, _ = asked.line.split(" ", 2)
    connection = http.client.HTTPConnection(*target, timeout=PATIENCE_S)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in asked.headers:
            if name.lower() not in HOP:
                connection.putheader(name, value)
        connection.endheaders(asked.body or None)
        answer = connection.getresponse()
        body = answer.read()
        return said(answer.status, answer.reason, body, *answer.getheaders())
    finally:
        connection.close()


def said(status: int, reason: str, body: bytes, *headers: tuple[str, str]) -> Said:
    """An answer whose length is that of its body."""
    kept = [(name, value) for name, value in headers if name.lower() not in HOP | {"content-length"}]
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in kept)]
    lines.append(f"Content-Length: {len(body)}")
    return Said(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"), body)


def shortened(answer: Said, at: int) -> Said:
    """The same head with a body of `at` bytes at most, one less than there were at least, and its length."""
    body = answer.body[: max(0, min(at, len(answer.body) - 1))]
    lines = [line for line in answer.head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
    head = b"\r\n".join([*lines[:-2], b"Content-Length: %d" % len(body)])
    return Said(head + b"\r\n\r\n", body)


def page(status: int, reason: str, *headers: tuple[str, str]) -> Said:
    """An answer for people, from somebody else than head office."""
    return said(status, reason, PAGE, ("Content-Type", "text/html; charset=utf-8"), *headers)


def reset(one: socket.socket) -> None:
    """End a connection by RST, as a device that lost its memory does."""
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    one.close()


def _line(stream: BinaryIO) -> str:
    return stream.readline(LINE_BYTES_MAX).decode("latin-1").rstrip("\r\n")
