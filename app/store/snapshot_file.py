"""A snapshot file on its way into a cache generation: its bytes as they come, then its rows.

The pieces are kept in the generation's own file: encrypted like the rows they will be, and durable one by one, so
that a download goes on where it was cut, whatever cut it. A new incarnation starts a new generation, so a file of
another incarnation is never found here. The two tables are made for the first file, and are empty between two.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec
import zstandard

from app.services.sync_ports import FeedPage, FeedRow, SnapshotFile
from app.store.connect import Connection

MAKE: Final = (
    "CREATE TABLE snapshot_file (bucket TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL,"
    " sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, rows INTEGER NOT NULL) STRICT",
    "CREATE TABLE snapshot_piece (start INTEGER PRIMARY KEY, content BLOB NOT NULL) STRICT",
)
EMPTY: Final = ("DELETE FROM snapshot_file", "DELETE FROM snapshot_piece")
IS_MADE: Final = "SELECT count(*) FROM sqlite_schema WHERE name = 'snapshot_piece'"
GOT: Final = "SELECT coalesce(max(start + length(content)), 0) FROM snapshot_piece"
FILE: Final = f"SELECT bucket, id, seq, sha256, bytes, rows, ({GOT}) FROM snapshot_file"
PIECES: Final = "SELECT content FROM snapshot_piece ORDER BY start"
PACKED_BYTES: Final = 256 << 10
"""Of a file at once: some 4,000 rows."""
WINDOW_BYTES_MAX: Final = 8 << 20
ROOM_BYTES: Final = 64 << 20
ROOM_TIMES: Final = 24
"""A file's rows with their indexes, for as long as both are there: a row packs to about a twelfth of its place."""


class BadFileError(ValueError):
    """The bytes are those head office named, and no rows: they are left alone."""


def has_room(folder: Path, file: SnapshotFile) -> bool:
    """Whether the file can be loaded without taking from sales the disk they need."""
    return shutil.disk_usage(folder).free > ROOM_BYTES + ROOM_TIMES * file.bytes


def begin(db: Connection, file: SnapshotFile) -> None:
    """Nothing of it is here yet. Inside a transaction of the caller, like all that writes."""
    if not _is_made(db):
        for statement in MAKE:
            db.execute(statement)
    db.execute(
        "INSERT INTO snapshot_file VALUES (?, ?, ?, ?, ?, ?)",
        (file.bucket, file.id, file.seq, file.sha256, file.bytes, file.rows),
    )


def keep(db: Connection, start: int, content: bytes) -> None:
    """Its next bytes."""
    db.execute("INSERT INTO snapshot_piece VALUES (?, ?)", (start, content))


def forget(db: Connection) -> None:
    """None is on its way any more."""
    if _is_made(db):
        for statement in EMPTY:
            db.execute(statement)


def kept(db: Connection) -> SnapshotFile | None:
    """The file that is on its way."""
    found = db.execute(FILE).fetchone() if _is_made(db) else None
    return None if found is None else SnapshotFile(*found)


def _is_made(db: Connection) -> bool:
    return bool(db.execute(IS_MADE).fetchone()[0])


def is_whole(db: Connection, file: SnapshotFile) -> bool:
    """Whether all bytes are here and are those of its SHA-256."""
    digest = hashlib.sha256()
    for (content,) in db.execute(PIECES):
        digest.update(content)
    return file.got == file.bytes and digest.hexdigest() == file.sha256


def rows(db: Connection) -> Iterator[list[FeedRow]]:
    """All of them, some thousand at a time, in the file's order: by row_seq. BadFileError."""
    try:
        for lines in _lines(content for (content,) in db.execute(PIECES)):
            yield _read(lines)
    except (msgspec.MsgspecError, UnicodeDecodeError, zstandard.ZstdError) as error:
        raise BadFileError(type(error).__name__) from error


def pages(db: Connection, file: SnapshotFile, incarnation_no: int, *, replace: bool) -> Iterator[FeedPage]:
    """The file as the pages of one pull, at least one; each names the file's seq as its cursor."""
    source = rows(db)
    part: list[FeedRow] | None = next(source, [])
    first = True
    while part is not None:
        following = next(source, None)
        yield FeedPage(
            bucket=file.bucket,
            rows=tuple(part),
            next_seq=file.seq,
            first=first,
            last=following is None,
            live_rows=file.rows,
            checksum="",
            incarnation_no=incarnation_no,
            replace=replace,
        )
        part, first = following, False


_read: Final = msgspec.json.Decoder(FeedRow).decode_lines
"""Of lines of the file (wire.md, "Rows")."""


def _lines(packed: Iterable[bytes]) -> Iterator[bytes]:
    """The lines within the zstd frames of a file, those at a time that some of its bytes hold."""
    reader = zstandard.ZstdDecompressor(max_window_size=WINDOW_BYTES_MAX).decompressobj(read_across_frames=True)
    rest = b""
    for content in packed:
        for start in range(0, len(content), PACKED_BYTES):
            whole, _, rest = (rest + reader.decompress(content[start : start + PACKED_BYTES])).rpartition(b"\n")
            if whole:
                yield whole
    if rest:
        yield rest
