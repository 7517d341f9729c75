"""Frames of a write-ahead log: which of them count, and what a torn head or tail takes away."""

from __future__ import annotations

import struct
from pathlib import Path

from app.store.connect import PAGE_BYTES
from app.store.keys import FileKey
from app.store.pages import Image, frames, read_image

SALT, OLD_SALT = b"saltsalt", b"oldsalts"


def log(*of: tuple[int, int, bytes], salt: bytes = SALT) -> bytes:
    """A log: its head, and frames of (page, database size after a commit or 0, salt)."""
    head = bytes(16) + salt + bytes(8)
    return head + b"".join(
        struct.pack(">II", page, size) + of_salt + bytes(8 + PAGE_BYTES) for page, size, of_salt in of
    )


def numbers(content: bytes) -> list[int]:
    return [page for page, _ in frames(content)]


def test_frames_count_up_to_the_last_commit() -> None:
    assert numbers(log((2, 0, SALT), (3, 9, SALT), (4, 0, SALT))) == [2, 3]
    assert numbers(log((2, 0, SALT))) == []
    assert numbers(b"") == []
    assert numbers(b"short") == []


def test_frames_of_an_earlier_writing_do_not_count() -> None:
    assert numbers(log((2, 9, SALT), (3, 9, OLD_SALT))) == [2]


def test_a_torn_frame_in_the_middle_takes_nothing_else_away() -> None:
    assert numbers(log((2, 9, SALT), (3, 0, b"torntorn"), (4, 9, SALT), (5, 9, SALT)[:3])) == [2, 3, 4, 5]


def test_a_torn_head_takes_nothing_away() -> None:
    assert numbers(log((2, 9, SALT), (4, 9, SALT), salt=b"torntorn")) == [2, 4]


def test_of_no_file_there_is_no_page(tmp_path: Path) -> None:
    path = tmp_path / "till.db"
    image = read_image(path, FileKey("till.db", bytes(32)), ())
    assert image == Image({}, (), False, b"")
    assert image.plain() is None


def test_a_frame_that_names_a_page_far_beyond_the_file_is_no_page(tmp_path: Path) -> None:
    main, torn = tmp_path / "till.db", tmp_path / "till.db-wal"
    main.write_bytes(bytes(2 * PAGE_BYTES))
    torn.write_bytes(log((2, 2, SALT), (1 << 30, 2, SALT)))
    image = read_image(main, FileKey("till.db", bytes(32)), (torn,))
    assert max((*image.pages, *image.damaged)) == 2
