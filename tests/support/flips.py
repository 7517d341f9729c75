"""The matrix of damage to a till's files: flipped bits of pages, and a log that is torn or flipped at every frame."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.errors import StoreError
from app.store import keys
from app.store.connect import PAGE_BYTES, TILL, connect, damaged_pages
from tests.support import tills
from tests.support.damage import FRAME_BYTES, LOG_HEAD_BYTES, event_ids, flip, fresh, lay, pages, saved

PLACES: Final = (0, 15, 16, 100, 1_000, 2_047, 3_000, 4_015, 4_016, 4_031, 4_032, 4_095)
"""Of a page: its first bytes (the salt, on the first), the middle, the last of the text, of the IV and of the HMAC."""
INSIDE: Final = (0, 5, 9, 20, 24, 600, FRAME_BYTES - 1)
"""Of a frame: page number, size after the commit, salt, checksum, text, HMAC."""


@dataclass(frozen=True, slots=True)
class Flip:
    """One bit of one page."""

    file: str
    page: int
    place: int


def every_flip(folder: Path, file: str) -> Iterator[Flip]:
    """Page by page, place by place."""
    for page in range(1, pages(folder / file) + 1):
        for place in PLACES:
            yield Flip(file, page, place)


def noticed(folder: Path, one: Flip) -> bool:
    """True when the file is refused, or its check names a page. The bit is turned back."""
    path, at = folder / one.file, (one.page - 1) * PAGE_BYTES + one.place
    flip(path, at, one.place % 8)
    try:
        return _refused(folder, path)
    finally:
        for side in ("-wal", "-shm"):
            path.with_name(f"{path.name}{side}").unlink(missing_ok=True)
        flip(path, at, one.place % 8)


def _refused(folder: Path, path: Path) -> bool:
    try:
        db = connect(path, keys.load(folder, os.environ).key(path.name), TILL)
    except StoreError as error:
        return error.code in ("file_damaged", "key_wrong")
    try:
        return bool(damaged_pages(db))
    finally:
        db.close()


@dataclass(frozen=True, slots=True)
class Torn:
    """How a log was left: cut at `cut` bytes, or with one bit of byte `flipped` turned."""

    cut: int | None = None
    flipped: int | None = None


def every_tear(log: bytes) -> Iterator[Torn]:
    """A cut at each frame's beginning and in its middle, and a flip at each kind of place of each frame."""
    starts = range(LOG_HEAD_BYTES, len(log), FRAME_BYTES)
    for start in starts:
        yield Torn(cut=start)
        yield Torn(cut=start + FRAME_BYTES // 2)
        for place in INSIDE:
            yield Torn(flipped=start + place)


@dataclass(frozen=True, slots=True)
class After:
    """What became of a torn log: was it noticed at the start, how many events were saved, how many are said to be lost;
    `kept_order`: what was saved is the beginning of what there was, or all but what is said to be lost."""

    noticed: bool
    saved: int
    lost: int
    kept_order: bool


def after(sold: Path, files: tuple[bytes, bytes], ids: list[str], how: Torn, to: Path) -> After:
    """Start a till with such a log, rescue it when it says so, and start it again."""
    folder = fresh(sold, to)
    main, log = files
    content = bytearray(log if how.cut is None else log[: how.cut])
    if how.flipped is not None:
        content[how.flipped] ^= 1 << how.flipped % 8
    lay(folder, main, bytes(content))
    try:
        tills.opened(folder).close()
    except StoreError:
        found = saved(folder)
        tills.opened(folder).close()
        kept = event_ids(folder)
        lost = sum(last - first + 1 for first, last in found.missing)
        return After(True, len(kept), lost, kept == [event for event in ids if event in kept])
    return After(False, len(event_ids(folder)), 0, event_ids(folder) == ids)
