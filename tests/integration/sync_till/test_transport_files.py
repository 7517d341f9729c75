"""Snapshot files over real sockets: the range asked for, what came before a break, and what is no file of ours."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.clock import ManualClock
from app.services.sync_ports import SnapshotFile
from sync.protocol.problems import Problem
from sync.till import transport
from sync.till.transport import Identity, Wire, client
from sync.till.values import Body, Call, Found, Loss, Piece, Refused, Send, Version
from tests.support.loopback import Asked, Loopback, Said, said_json
from tests.support.machine import SEEN, TILL

BUCKET = "region:r1:07"
CONTENT = bytes(range(250)) * 4
SHA = hashlib.sha256(CONTENT).hexdigest()
FILE = SnapshotFile(BUCKET, "f1", 7, SHA, len(CONTENT), 3)
MEMBERS = {
    "incarnation_no": 1, "incarnation": "i1", "life": "l1", "server_ms": 9, "proto_min": 1, "proto_max": 1,
    "next_after_ms": 0, "acked_through": 4, "acked_hash": "a" * 64, "till_seq": 6,
}  # fmt: skip
VERSION = {
    "Guitai-Incarnation-No": "1", "Guitai-Incarnation": "i1", "Guitai-Life": "l1", "Guitai-Server-Ms": "9",
    "Guitai-Proto-Min": "1", "Guitai-Proto-Max": "1", "Guitai-Next-After-Ms": "0", "Guitai-Acked-Through": "4",
    "Guitai-Acked-Hash": "a" * 64, "Guitai-Till-Seq": "6",
}  # fmt: skip
KIND = {"Content-Type": "application/zstd", "ETag": f'"{SHA}"'}
Answers = tuple[Version | None, Body] | Loss


def exchange(answer: Callable[[Asked], Said], file: SnapshotFile | None = FILE) -> tuple[Answers, list[Asked]]:
    send = Send(1, Call.SNAPSHOT if file is None else Call.FILE, SEEN, bucket=BUCKET, file=file)

    async def whole(address: str) -> Answers:
        async with client(address, ssl.create_default_context()) as http:
            key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
            return await Wire(http, Identity(TILL, 1, key), ManualClock(9)).exchange(send)

    with Loopback(answer) as server:
        return asyncio.run(whole(server.address)), server.asked


def part(start: int, content: bytes, *, cut: bool = False, **headers: str) -> Said:
    span = {"Content-Range": f"bytes {start}-{start + len(content) - 1}/{len(CONTENT)}"}
    return Said(206, content, {**VERSION, **KIND, **span, **headers}, cut)


def piece(found: Answers) -> bytes:
    assert isinstance(found, tuple)
    assert found[0] == Version(1, "i1", "l1", 9, 0, 4, "a" * 64, 6)
    assert isinstance(found[1], Piece)
    return found[1].content


def test_which_file_there_is_becomes_a_value() -> None:
    said = {"id": "f1", "seq": 7, "sha256": SHA, "bytes": 1000, "rows": 3}
    found, (asked,) = exchange(lambda _: said_json(200, {**MEMBERS, **said}), None)
    assert asked.target == f"/v1/snapshots/{BUCKET}"
    assert isinstance(found, tuple)
    assert isinstance(found[1], Found)
    assert (found[1].snapshot.id, found[1].snapshot.seq, found[1].snapshot.sha256) == ("f1", 7, SHA)


def test_a_piece_is_asked_for_by_its_range_while_the_file_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "PIECE_BYTES", 300)
    found, (asked,) = exchange(lambda _: part(100, CONTENT[100:400]), replace(FILE, got=100))
    assert asked.target == f"/v1/snapshots/{BUCKET}/f1"
    assert (asked.headers["Range"], asked.headers["If-Range"]) == ("bytes=100-399", f'"{SHA}"')
    assert piece(found) == CONTENT[100:400]
    _, (asked,) = exchange(lambda _: part(900, CONTENT[900:]), replace(FILE, got=900))
    assert asked.headers["Range"] == "bytes=900-999"


@pytest.mark.parametrize("arrived", [1, 137, 999])
def test_what_came_before_the_connection_broke_counts(arrived: int) -> None:
    found, _ = exchange(lambda _: part(0, CONTENT[:arrived], cut=True))
    assert piece(found) == CONTENT[:arrived]


def test_where_nothing_came_there_is_no_answer() -> None:
    found, _ = exchange(lambda _: part(0, b"", cut=True))
    assert found is Loss.UNREACHABLE


def test_a_server_without_ranges_gives_the_whole_and_the_part_is_cut_out() -> None:
    found, _ = exchange(lambda _: Said(200, CONTENT, {**VERSION, **KIND}), replace(FILE, got=600))
    assert piece(found) == CONTENT[600:]


def test_a_slow_piece_is_kept_as_far_as_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    """A push may wait for its end, so it has one."""
    monkeypatch.setattr(transport, "PIECE_S_MAX", -1.0)
    long = bytes(1 << 20)
    file = replace(FILE, bytes=len(long))
    found, _ = exchange(lambda _: Said(206, long, {**VERSION, **KIND}), file)
    assert 0 < len(piece(found)) < len(long)


@pytest.mark.parametrize(
    "said",
    [
        part(0, CONTENT, ETag=f'"{"0" * 64}"'),
        part(5, CONTENT[5:]),
        Said(206, CONTENT, KIND),
        Said(206, CONTENT, {**KIND, **VERSION, "Guitai-Incarnation-No": "one"}),
        Said(200, b"<html>sign in</html>", {"Content-Type": "text/html"}),
    ],
    ids=["another file", "another range", "no version", "a version of another kind", "a captive portal"],
)
def test_what_is_no_piece_of_this_file_is_a_loss(said: Said) -> None:
    found, _ = exchange(lambda _: said)
    assert found is Loss.NOT_HEAD_OFFICE


def test_refusals_come_through() -> None:
    found, _ = exchange(lambda _: Said(416, b"", VERSION))
    assert isinstance(found, tuple)
    assert found[1] == Refused(None, 416)
    problem = {**MEMBERS, "type": "/problems/snapshot", "title": "", "status": 410, "newest": "f2"}
    found, _ = exchange(lambda _: said_json(410, problem))
    assert isinstance(found, tuple)
    assert found[1] == Refused(Problem.SNAPSHOT, 410)
