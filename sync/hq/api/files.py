"""Snapshot files over HTTP: validators, one byte range, what is not served any more (wire.md, `GET snapshots`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from sqlalchemy import Connection, delete

from sync.hq import snapshots
from sync.hq.api.checks import Caller
from sync.hq.api.http import FILE_TYPE, Answer, Part, Request, ok
from sync.hq.office import Office, Stamp, stamp_of
from sync.hq.refused import ProblemError
from sync.hq.tables import SNAPSHOT
from sync.protocol.problems import Problem
from sync.protocol.shapes import Snapshot

_RANGE: Final = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class _Found:
    """What there is of one bucket. `wanted`: it deserves a new file."""

    snapshot: Snapshot | None
    newest: Snapshot | None
    wanted: bool
    stamp: Stamp


def snapshot(office: Office, caller: Caller, request: Request) -> Answer:
    """`GET snapshots/{bucket}` and `GET snapshots/{bucket}/{id}`. A bucket without a good file gets one soon."""
    parts = [unquote(one) for one in request.path.split("/")[3:]]
    bucket, snapshot_id = parts[0], parts[1] if len(parts) > 1 else None
    if not caller.till.reads(bucket):
        raise ProblemError(Problem.FORBIDDEN)
    with office.database.read() as connection:
        found = _found(connection, caller, bucket, snapshot_id)
    if found.wanted:
        office.snapshots.want(bucket)
    if found.newest is None:
        raise ProblemError(Problem.NOT_FOUND)
    if snapshot_id is None:
        return ok(found.newest, found.stamp)
    if found.snapshot is None:
        raise ProblemError(Problem.SNAPSHOT, newest=found.newest.id)
    return _file(office, request, found.snapshot, found.stamp)


def _found(connection: Connection, caller: Caller, bucket: str, snapshot_id: str | None) -> _Found:
    return _Found(
        snapshot=snapshots.served(connection, bucket, snapshot_id) if snapshot_id else None,
        newest=snapshots.newest(connection, bucket),
        wanted=snapshots.stale(connection, bucket),
        stamp=stamp_of(connection, caller.till),
    )


def _file(office: Office, request: Request, found: Snapshot, stamp: Stamp) -> Answer:
    path = office.files.path(found.id)
    if not path.is_file():  # somebody cleared the folder: the next one asking finds another
        office.database.run(lambda connection: connection.execute(delete(SNAPSHOT).where(SNAPSHOT.c.id == found.id)))
        raise ProblemError(Problem.NOT_FOUND)
    etag = f'"{found.sha256}"'
    headers = {"ETag": etag, "Accept-Ranges": "bytes"}
    if _names(request.headers.get("if-none-match", ""), etag):
        return Answer(304, b"", stamp, FILE_TYPE, headers, Part(path, 0, 0))
    asked = request.headers.get("range")
    if asked is None or request.headers.get("if-range", etag) != etag:
        return Answer(200, b"", stamp, FILE_TYPE, headers, Part(path, 0, found.bytes))
    part = span(asked, found.bytes)
    if part is None:
        headers["Content-Range"] = f"bytes */{found.bytes}"
        return Answer(416, b"", stamp, FILE_TYPE, headers, Part(path, 0, 0))
    start, length = part
    if length == found.bytes:
        return Answer(200, b"", stamp, FILE_TYPE, headers, Part(path, 0, length))
    headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{found.bytes}"
    return Answer(206, b"", stamp, FILE_TYPE, headers, Part(path, start, length))


def _names(header: str, etag: str) -> bool:
    return any(one.strip() in ("*", etag) for one in header.split(","))


def span(header: str, size: int) -> tuple[int, int] | None:
    """(start, length) of the one range asked for; the whole where the header says nothing we serve; None: 416. Pure."""
    form = _RANGE.fullmatch(header.strip())
    if form is None or form[0] == "bytes=-":
        return 0, size
    first, last = form[1], form[2]
    if not first:
        length = min(size, int(last))
        return (size - length, length) if length else None
    start = int(first)
    end = min(size - 1, int(last)) if last else size - 1
    if last and int(last) < start:
        return 0, size
    return (start, end - start + 1) if start < size else None
