"""Snapshot files: one bucket's live rows as they stood at one seq, immutable, made in the background.

The till loads a file and pulls from its seq. A file is served only while its seq is not below the bucket's floor and
its incarnation is the present one; two of a bucket are kept, so that a load that began may end.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import zstandard
from sqlalchemy import Connection, delete, insert, select

from app.clock import Clock
from app.ids import uuid7
from sync.hq import feed, meta
from sync.hq.database import Database
from sync.hq.tables import BUCKET, ROW, SNAPSHOT
from sync.protocol.shapes import Snapshot

FOLDER: Final = "snapshots"
SUFFIX: Final = ".zst"
KEPT_PER_BUCKET: Final = 2
ROWS_PER_READ: Final = 2_000
STALE_ROWS_MIN: Final = 1_000
STALE_PARTS: Final = 4
"""A file is made again when more than a thousand rows and a quarter of the bucket changed after it."""
LEVEL: Final = 6
LOST_AFTER_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Files:
    """Where the files lie. Any thread and process; a file appears whole or not at all."""

    folder: Path

    def path(self, snapshot_id: str) -> Path:
        return self.folder / f"{snapshot_id}{SUFFIX}"

    def names(self) -> set[str]:
        """The ids of the files that are there."""
        return {one.name.removesuffix(SUFFIX) for one in self.folder.glob(f"*{SUFFIX}")}


def newest(connection: Connection, bucket: str) -> Snapshot | None:
    """The newest file that may be served; None when none is made yet."""
    return next(iter(_standing(connection, bucket)), None)


def served(connection: Connection, bucket: str, snapshot_id: str) -> Snapshot | None:
    """That very file, while it may be served."""
    return next((one for one in _standing(connection, bucket) if one.id == snapshot_id), None)


def _standing(connection: Connection, bucket: str) -> list[Snapshot]:
    now = meta.incarnation(connection)
    floor = _floor(connection, bucket)
    mine = (SNAPSHOT.c.bucket == bucket) & (SNAPSHOT.c.incarnation == now.id) & (SNAPSHOT.c.seq >= floor)
    wanted = select(SNAPSHOT).where(mine).order_by(SNAPSHOT.c.seq.desc(), SNAPSHOT.c.id.desc())
    return [
        Snapshot(id=one.id, seq=one.seq, sha256=one.sha256, bytes=one.bytes, rows=one.rows)
        for one in connection.execute(wanted)
    ]


def _floor(connection: Connection, bucket: str) -> int:
    return connection.execute(select(BUCKET.c.floor).where(BUCKET.c.id == bucket)).scalar() or 0


def stale(connection: Connection, bucket: str) -> bool:
    """Whether a bucket deserves a new file: one with rows, or with a floor that no pull gets over."""
    head = feed.heads(connection, [bucket])[bucket]
    latest = newest(connection, bucket)
    if latest is None:
        return head.live_rows > 0 or _floor(connection, bucket) > 0
    return head.seq - latest.seq > max(STALE_ROWS_MIN, latest.rows // STALE_PARTS)


def buckets(connection: Connection) -> list[str]:
    """Every bucket that has a head."""
    return list(connection.execute(select(BUCKET.c.id).order_by(BUCKET.c.id)).scalars())


def make(database: Database, files: Files, clock: Clock, bucket: str) -> Snapshot:
    """Write a bucket's file from one snapshot transaction, then announce it; older ones than two go."""
    files.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    snapshot_id = uuid7(clock.now_ms())
    draft = files.path(snapshot_id).with_suffix(f".{os.getpid()}.part")
    try:
        with database.read() as connection:
            incarnation = meta.incarnation(connection).id
            seq = feed.seq_of(connection, bucket)
            count, size, digest = _write(connection, bucket, draft)
        draft.replace(files.path(snapshot_id))
    finally:
        draft.unlink(missing_ok=True)
    made = Snapshot(id=snapshot_id, seq=seq, sha256=digest, bytes=size, rows=count)
    row = {**msgspec.structs.asdict(made), "bucket": bucket, "incarnation": incarnation, "made_ms": clock.now_ms()}
    gone = database.run(lambda connection: _announce(connection, row))
    for one in gone:
        files.path(one).unlink(missing_ok=True)
    return made


def _announce(connection: Connection, row: dict[str, object]) -> list[str]:
    """Keep the row and forget what is older than the last two; the ids that went."""
    connection.execute(insert(SNAPSHOT).values(row))
    mine = SNAPSHOT.c.bucket == row["bucket"]
    kept = select(SNAPSHOT.c.id).where(mine).order_by(SNAPSHOT.c.made_ms.desc(), SNAPSHOT.c.id.desc())
    gone = list(connection.execute(kept.offset(KEPT_PER_BUCKET)).scalars())
    connection.execute(delete(SNAPSHOT).where(SNAPSHOT.c.id.in_(gone)))
    return gone


def _write(connection: Connection, bucket: str, path: Path) -> tuple[int, int, str]:
    """One line per live row, by row_seq, compressed; rows, bytes and SHA-256 of the file."""
    digest, size, count = hashlib.sha256(), 0, 0
    packer = zstandard.ZstdCompressor(level=LEVEL).compressobj()
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for lines, rows in _lines(connection, bucket):
            packed = packer.compress(lines)
            file.write(packed)
            digest.update(packed)
            size, count = size + len(packed), count + rows
        packed = packer.flush()
        file.write(packed)
        digest.update(packed)
        file.flush()
        os.fsync(file.fileno())
    return count, size + len(packed), digest.hexdigest()


def _lines(connection: Connection, bucket: str) -> Iterator[tuple[bytes, int]]:
    encode, position = msgspec.json.Encoder().encode, 0
    while True:
        mine = (ROW.c.bucket == bucket) & (ROW.c.row_seq > position) & ROW.c.h.is_not(None)
        part = connection.execute(select(ROW).where(mine).order_by(ROW.c.row_seq).limit(ROWS_PER_READ)).all()
        if not part:
            return
        yield b"".join(encode(feed.wire(row)) + b"\n" for row in part), len(part)
        position = part[-1].row_seq


def sweep(database: Database, files: Files, now_ms: int) -> int:
    """Delete files of yesterday that no row names: a crash between the two, or a database that went back. How many."""
    with database.read() as connection:
        known = set(connection.execute(select(SNAPSHOT.c.id)).scalars())
    old = now_ms / 1000 - LOST_AFTER_S
    lost = [one for one in files.names() - known if files.path(one).stat().st_mtime < old]
    for one in lost:
        files.path(one).unlink(missing_ok=True)
    return len(lost)
