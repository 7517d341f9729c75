"""Requests as they come in and answers as they go out, over bare ASGI: exact targets, bodies up to a limit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from sync.hq.office import Stamp
from sync.hq.refused import ProblemError
from sync.protocol.bodies import COMPRESS_BYTES_MIN, ZSTD, compressed
from sync.protocol.problems import CONTENT_TYPE, STATUS, TITLE, Problem, type_of

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

ReadPart = Callable[[Path, int, int], Awaitable[bytes]]
PIECE_BYTES: Final = 256 * 1024
PROTO_MIN: Final = 1
PROTO_MAX: Final = 1
SENT_SLACK_BYTES: Final = 1024
"""What zstd may add to bytes it cannot shrink."""
DRAINED_BYTES_MAX: Final = 8 << 20
"""A body above its limit is read on this far, so that the answer arrives; then the connection is cut."""
JSON_TYPE: Final = "application/json"
FILE_TYPE: Final = "application/zstd"


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `path` and `query` exactly as in the request line; header names in lower case; `body` as sent."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    address: str


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes of a file: from `start`, so many."""

    path: Path
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back. `body`: JSON of an object, the version members are added to it; `stamp` None: none are known.

    `file`: bytes of a file instead; the version members are headers then.
    """

    status: int
    body: bytes
    stamp: Stamp | None
    content_type: str = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)
    file: Part | None = None
    next_after_ms: int = 0


def ok(shape: msgspec.Struct, stamp: Stamp) -> Answer:
    """A 200."""
    return Answer(200, msgspec.json.encode(shape), stamp)


def problem(error: ProblemError, stamp: Stamp | None) -> Answer:
    """A problem+json with its extra members."""
    name = error.problem
    value = {"type": type_of(name), "title": TITLE[name], "status": STATUS[name], **error.members}
    body = msgspec.json.encode(value)
    return Answer(STATUS[name], body, stamp, CONTENT_TYPE, error.headers, next_after_ms=error.wait_ms)


def busy(name: Problem, seconds: float) -> ProblemError:
    """429 or 503 with `Retry-After` in whole seconds; `next_after_ms` says it to the millisecond."""
    error = ProblemError(name, {"Retry-After": str(max(1, int(seconds)))})
    error.wait_ms = max(1000, round(seconds * 1000))
    return error


def request_of(scope: Scope, body: bytes) -> Request:
    """The request of an ASGI scope."""
    raw_path = scope.get("raw_path") or scope["path"].encode("utf-8")
    client = scope.get("client")
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        text = value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return Request(
        method=scope["method"],
        path=raw_path.decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=body,
        address=client[0] if client else "",
    )


async def read_body(receive: Receive, bytes_max: int) -> bytes | None:
    """The body as sent; None when it is above the limit. ConnectionError when the other end went away."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError
        part = message.get("body", b"")
        size += len(part)
        if size <= bytes_max:
            parts.append(part)
        elif size > DRAINED_BYTES_MAX:
            return None
        if not message.get("more_body", False):
            return b"".join(parts) if size <= bytes_max else None


def members(stamp: Stamp, server_ms: int, next_after_ms: int) -> dict[str, str | int]:
    """The version members of wire.md, "Every response"."""
    found: dict[str, str | int] = {
        "incarnation_no": stamp.incarnation.number,
        "incarnation": stamp.incarnation.id,
        "life": stamp.incarnation.life,
        "server_ms": server_ms,
        "proto_min": PROTO_MIN,
        "proto_max": PROTO_MAX,
        "next_after_ms": next_after_ms,
    }
    if stamp.acked is not None:
        found["acked_through"], found["acked_hash"] = stamp.acked
    if stamp.till_seq is not None:
        found["till_seq"] = stamp.till_seq
    return found


def version_headers(found: Mapping[str, str | int]) -> dict[str, str]:
    """The same as headers, for answers that are no JSON."""
    return {version_header(name): str(value) for name, value in found.items()}


def version_header(name: str) -> str:
    """The header of a version member: `till_seq` → `Guitai-Till-Seq`."""
    return f"Guitai-{'-'.join(part.capitalize() for part in name.split('_'))}"


async def send(send_: Send, answer: Answer, *, accept: str, server_ms: int) -> None:
    """Send an answer with its version members, in zstd to whoever takes it."""
    body = answer.body
    if answer.stamp is not None:
        extra = msgspec.json.encode(members(answer.stamp, server_ms, answer.next_after_ms))
        body = extra if body == b"{}" else body[:-1] + b"," + extra[1:]
    headers = {
        "Content-Type": answer.content_type,
        "Vary": "Accept-Encoding",
        "Cache-Control": "no-store",
        **answer.headers,
    }
    if takes_zstd(accept) and len(body) >= COMPRESS_BYTES_MIN:
        body = compressed(body)
        headers["Content-Encoding"] = ZSTD
    headers["Content-Length"] = str(len(body))
    await _begin(send_, answer.status, headers)
    await send_({"type": "http.response.body", "body": body})


async def send_file(send_: Send, answer: Answer, part: Part, *, server_ms: int, read: ReadPart) -> None:
    """Send bytes of a file, a piece at a time; the version members are headers."""
    found = members(answer.stamp, server_ms, answer.next_after_ms) if answer.stamp is not None else {}
    headers = {"Content-Type": answer.content_type, "Cache-Control": "no-store", **version_headers(found)}
    headers |= {**answer.headers, "Content-Length": str(part.length)}
    if answer.status in (304, 416):
        del headers["Content-Type"]
    await _begin(send_, answer.status, headers)
    sent = 0
    while sent < part.length:
        piece = await read(part.path, part.start + sent, min(PIECE_BYTES, part.length - sent))
        sent += len(piece)
        await send_({"type": "http.response.body", "body": piece, "more_body": True})
    await send_({"type": "http.response.body", "body": b""})


async def _begin(send_: Send, status: int, headers: Mapping[str, str]) -> None:
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send_({"type": "http.response.start", "status": status, "headers": raw})


def takes_zstd(accept: str) -> bool:
    """Whether an `Accept-Encoding` names zstd with a weight above zero."""
    for part in accept.split(","):
        name, _, weight = part.partition(";")
        if name.strip().lower() == ZSTD:
            return weight.replace(" ", "").lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
