"""The wire of a till: signed requests over one HTTP client, and what counts as an answer of head office.

Runs on the event loop of the sync process. Everything that is not an answer of head office (a captive portal's page,
another server, a broken connection, someone else's certificate) becomes a `Loss`, never an exception.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.parse import quote, urlsplit

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.clock import Clock
from app.services.sync_ports import SnapshotFile
from sync.protocol import bodies, shapes
from sync.protocol.problems import CONTENT_TYPE, Problem, problem_of
from sync.protocol.seen import Seen, write_seen
from sync.protocol.signing import Signable, content_digest, sign
from sync.protocol.values import AT_MS_MAX, AtMs, Counted, Hash, IncarnationId, Int
from sync.till.values import (
    PIECE_BYTES,
    PULL_ROWS,
    Body,
    Call,
    Found,
    Heads,
    Loss,
    Page,
    Piece,
    Pushed,
    Refused,
    Send,
    SliceRows,
    Slices,
    Version,
)

T = TypeVar("T")

PROTO = 1
CONNECT_TIMEOUT_S = 5.0
ANSWER_TIMEOUT_S = 20.0
PIECE_S_MAX = 15.0
"""A piece that takes longer is kept as far as it came: a push may be waiting."""
ANSWER_BYTES_MAX = 16 << 20
SLOWEST_BYTES_PER_S = 1_024
"""A slower answer counts as none: each byte lengthens the wait by its share, so that one byte a second ends it."""
JSON_TYPE = "application/json"
SERVER_FAILS = 500
WAIT_MS_MAX = 900_000
"""The longest a till may be told to wait: whoever says more would stop it for good."""
RETRY_DIGITS_MAX = 9
ENCODE = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signs: the till's id and its Ed25519 device key."""

    till_id: str
    epoch: int
    key: Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of head office: its status, version fields where there are any, the body; `members` of a problem."""

    status: int
    version: Version | None
    members: Mapping[str, Any]
    body: bytes
    retry_after_s: int = 0
    is_file: bool = False
    """`body` are bytes of the file that was asked for."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call: `path` without `/v1`, `query` as it stands in the request line, `body` a shape or None."""

    method: str
    path: str
    query: str = ""
    body: msgspec.Struct | None = None
    timeout_s: float = ANSWER_TIMEOUT_S
    file: SnapshotFile | None = None
    """The snapshot file the next piece of is asked for."""


def client(base_url: str, verify: ssl.SSLContext | bool) -> httpx.AsyncClient:
    """The one client of a sync process; no redirects, no proxies from the environment."""
    return httpx.AsyncClient(base_url=base_url, verify=verify, follow_redirects=False, trust_env=False)


class Limit(Protocol):
    """A point in time at which what waits is given up: asyncio.Timeout."""

    def when(self) -> float | None: ...
    def reschedule(self, when: float | None) -> None: ...


class Wire:
    """Signed calls of one identity. `offset_ms` is head office minus till, once measured.

    `limit` bounds a whole exchange in seconds: time comes from outside (protocol.md, rule 10).
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        identity: Identity,
        clock: Clock,
        limit: Callable[[float], AbstractAsyncContextManager[Limit]] = asyncio.timeout,
    ) -> None:
        self._http = http
        self._limit = limit
        self._identity = identity
        self._clock = clock
        self._prefix = urlsplit(str(http.base_url)).path.rstrip("/")
        self.offset_ms: int | None = None
        self.measured_ms = 0

    async def call(self, request: Request, seen: Seen | None) -> Reply | Loss:
        """One request; a clock that head office finds wrong is corrected and the request sent once more (401)."""
        reply = await self._once(request, seen)
        if isinstance(reply, Reply) and reply.members.get("type") == "/problems/created":
            reply = await self._once(request, seen)
        return reply

    async def exchange(self, send: Send) -> tuple[Version | None, Body] | Loss:
        """Carry out what the machine wants sent."""
        reply = await self.call(self._request(send), send.seen)
        if isinstance(reply, Loss):
            return reply
        if reply.is_file:
            return reply.version, Piece(reply.body)
        if reply.status != 200:
            return reply.version, refused(reply)
        try:
            return reply.version, _body(send, reply.body)
        except msgspec.MsgspecError:
            return Loss.NOT_HEAD_OFFICE

    def _request(self, send: Send) -> Request:
        if send.call is Call.PUSH and send.push is not None and send.seen is not None:
            batch = send.push
            body = shapes.PushRequest(
                till_id=self._identity.till_id,
                epoch=self._identity.epoch,
                incarnation=send.seen.incarnation,
                base_seq=batch.base_seq,
                prev_hash=batch.prev_hash,
                events=list(batch.events),
            )
            return Request("POST", "/push", body=body)
        if send.call is Call.PULL:
            return Request("GET", "/pull", f"bucket={quote(send.bucket, safe='')}&after={send.after}&limit={PULL_ROWS}")
        if send.call is Call.VERIFY:
            part = "" if send.slice_no is None else f"&slice={send.slice_no}"
            return Request("GET", "/verify", f"bucket={quote(send.bucket, safe='')}{part}")
        if send.call in (Call.SNAPSHOT, Call.FILE):
            path = f"/snapshots/{quote(send.bucket, safe=':')}"
            return Request(
                "GET", path if send.file is None else f"{path}/{quote(send.file.id, safe='')}", file=send.file
            )
        since = quote(",".join(f"{bucket}.{seq}" for bucket, seq in sorted(send.since.items())), safe=",:._-")
        query = f"since={since}&wait={send.wait_s}" if since else f"wait={send.wait_s}"
        return Request("GET", "/heads", query, timeout_s=ANSWER_TIMEOUT_S + send.wait_s)

    async def _once(self, request: Request, seen: Seen | None) -> Reply | Loss:
        content = b"" if request.body is None else bodies.compressed(ENCODE(request.body))
        target = f"{self._prefix}/v1{request.path}"
        headers = self._headers(request, target, content, seen)
        url = f"/v1{request.path}" + (f"?{request.query}" if request.query else "")
        timeout = httpx.Timeout(request.timeout_s, connect=CONNECT_TIMEOUT_S)
        try:
            async with (
                self._limit(request.timeout_s + len(content) / SLOWEST_BYTES_PER_S) as limit,
                self._http.stream(request.method, url, content=content, headers=headers, timeout=timeout) as response,
            ):
                if request.file is not None and response.status_code in (200, 206, 416):
                    return await self._read_piece(response, request.file, limit)
                return await self._read(response, limit)
        except (httpx.TimeoutException, TimeoutError):
            return Loss.TIMEOUT
        except httpx.TransportError as error:
            return Loss.TLS if is_tls(error) else Loss.UNREACHABLE

    def _headers(self, request: Request, path: str, content: bytes, seen: Seen | None) -> dict[str, str]:
        digest = content_digest(content)
        seen_text = write_seen(seen) if seen is not None else None
        signable = Signable(request.method, path, request.query, digest, seen_text)
        created_s = (self._clock.now_ms() + (self.offset_ms or 0)) // 1000
        given, signature = sign(signable, key=self._identity.key, keyid=self._identity.till_id, created_s=created_s)
        headers = {
            "Guitai-Proto": str(PROTO),
            "Content-Digest": digest,
            "Signature-Input": given,
            "Signature": signature,
            "Accept-Encoding": bodies.ZSTD,
        }
        if seen_text is not None:
            headers["Guitai-Seen"] = seen_text
        if request.file is not None:
            end = min(request.file.bytes, request.file.got + PIECE_BYTES) - 1
            headers |= {"Range": f"bytes={request.file.got}-{end}", "If-Range": f'"{request.file.sha256}"'}
        if content:
            headers |= {"Content-Type": JSON_TYPE, "Content-Encoding": bodies.ZSTD}
        return headers

    async def _read(self, response: httpx.Response, limit: Limit) -> Reply | Loss:
        """The whole answer, bounded; only JSON that carries head office's version fields (or a problem) counts."""
        found = bytearray()
        async for chunk in response.aiter_raw():
            found += chunk
            limit.reschedule((limit.when() or 0) + len(chunk) / SLOWEST_BYTES_PER_S)
            if len(found) > ANSWER_BYTES_MAX:
                return Loss.NOT_HEAD_OFFICE
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
        if kind not in (JSON_TYPE, CONTENT_TYPE):
            if response.status_code >= SERVER_FAILS:  # what stands before head office says that it fails
                return Reply(response.status_code, None, {}, b"", seconds(response.headers.get("Retry-After", "")))
            return Loss.NOT_HEAD_OFFICE
        is_ok = response.status_code == 200
        try:
            body = bodies.decoded(bytes(found), response.headers.get("Content-Encoding"), ANSWER_BYTES_MAX)
            members = {} if is_ok else json.loads(body)  # a page is megabytes: its shape is read once, by its call
        except (ValueError, RecursionError):
            return Loss.NOT_HEAD_OFFICE
        version = _version(body)
        if not isinstance(members, dict) or (version is None and is_ok):
            return Loss.NOT_HEAD_OFFICE
        server_ms = members.get("server_ms") if version is None else version.server_ms
        if isinstance(server_ms, int) and 0 <= server_ms <= AT_MS_MAX:
            now_ms = self._clock.now_ms()
            self.offset_ms, self.measured_ms = server_ms - now_ms, now_ms
        return Reply(response.status_code, version, members, body, seconds(response.headers.get("Retry-After", "")))

    async def _read_piece(self, response: httpx.Response, file: SnapshotFile, limit: Limit) -> Reply | Loss:
        """The next bytes of a snapshot file: those asked for, out of the whole where ranges are not understood.

        What came before the connection broke counts, because the whole file is proven at its end.
        """
        version = _version_headers(response.headers)
        if version is None:
            return Loss.NOT_HEAD_OFFICE
        if response.status_code == 416:
            return Reply(416, version, {}, b"")
        begins = response.headers.get("Content-Range", f"bytes {file.got}-").startswith(f"bytes {file.got}-")
        if response.headers.get("ETag") != f'"{file.sha256}"' or not begins:
            return Loss.NOT_HEAD_OFFICE
        skip = file.got if response.status_code == 200 else 0
        wanted, end_s = min(PIECE_BYTES, file.bytes - file.got), time.monotonic() + PIECE_S_MAX
        came = bytearray()
        try:
            async for chunk in response.aiter_raw():
                limit.reschedule((limit.when() or 0) + len(chunk) / SLOWEST_BYTES_PER_S)
                came += chunk[skip:]
                skip = max(0, skip - len(chunk))
                if len(came) >= wanted or time.monotonic() > end_s:
                    break
        except httpx.TransportError:
            if not came:
                raise
        return Reply(response.status_code, version, {}, bytes(came[:wanted]), is_file=True)


def seconds(retry_after: str) -> int:
    """The seconds of a `Retry-After`, at most the longest wait of wire.md; 0 where it names none."""
    if not (retry_after.isascii() and retry_after.isdecimal()):
        return 0
    return min(int(retry_after[:RETRY_DIGITS_MAX]), WAIT_MS_MAX // 1000)


def refused(reply: Reply) -> Refused:
    """A problem answer as the machine takes it."""
    expected = reply.members.get("expected_seq")
    return Refused(
        problem_of(str(reply.members.get("type", ""))),
        reply.status,
        expected if isinstance(expected, int) else None,
        reply.retry_after_s,
    )


def problem_name(reply: Reply) -> Problem | None:
    """The problem a reply names, None for a 200 or one unknown here."""
    return problem_of(str(reply.members.get("type", "")))


def decode(body: bytes, shape: type[T]) -> T:
    """A 200's body as its shape; msgspec.MsgspecError when it is not."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(type(error).__name__) from error


def _body(send: Send, body: bytes) -> Body:
    match send.call:
        case Call.PUSH:
            return Pushed(tuple(decode(body, shapes.PushResponse).results))
        case Call.HEADS:
            heads = decode(body, shapes.HeadsResponse)
            return Heads(tuple(heads.heads), None if heads.buckets is None else tuple(heads.buckets))
        case Call.PULL:
            return Page(decode(body, shapes.PullResponse))
        case Call.SNAPSHOT | Call.FILE:
            return Found(decode(body, shapes.Snapshot))
        case Call.VERIFY if send.slice_no is None:
            return Slices(decode(body, shapes.VerifyResponse))
        case Call.VERIFY:
            return SliceRows(decode(body, shapes.SliceResponse))


def _version(body: bytes) -> Version | None:
    """The version fields of an answer; None when the ones every answer has are missing or of the wrong kind."""
    try:
        return decode(body, _VersionMembers).value()
    except msgspec.MsgspecError:
        return None


def _version_headers(headers: httpx.Headers) -> Version | None:
    """The same of an answer that is no JSON: there they are headers."""
    found = {
        name: headers[f"Guitai-{name.replace('_', '-')}"]
        for name in _VersionMembers.__struct_fields__
        if f"Guitai-{name.replace('_', '-')}" in headers
    }
    try:
        return msgspec.convert(found, _VersionMembers, strict=False).value()
    except msgspec.MsgspecError:
        return None


class _VersionMembers(msgspec.Struct, frozen=True):
    incarnation_no: Counted
    incarnation: IncarnationId
    life: IncarnationId
    server_ms: AtMs
    next_after_ms: Int
    acked_through: Int | None = None
    acked_hash: Hash | None = None
    till_seq: Int | None = None

    def value(self) -> Version:
        return Version(
            self.incarnation_no,
            self.incarnation,
            self.life,
            self.server_ms,
            min(self.next_after_ms, WAIT_MS_MAX),
            self.acked_through,
            self.acked_hash,
            self.till_seq,
        )


def is_tls(error: BaseException) -> bool:
    """httpx wraps the reason: look down the chain for a certificate or handshake error."""
    reason: BaseException | None = error
    while reason is not None:
        if isinstance(reason, ssl.SSLError):
            return True
        reason = reason.__cause__ or reason.__context__
    return False
