"""A new cache generation in a millisecond: the file the real migrations made once, under the key of the new one.

A world builds many generations; running the scripts for each would take half of its time and prove nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.store import install
from app.store.connect import BULK, CACHE, connect, create
from app.store.keys import FileKey
from app.store.migrate import CACHE_LINE, Line, upgrade

MADE = "empty-cache.db"
KEY = FileKey(MADE, bytes(32))


def make_once(folder: Path) -> None:
    """An empty generation at the newest schema, made by the real scripts."""
    create(folder / MADE, KEY, CACHE).close()
    upgrade(folder / MADE, KEY, CACHE_LINE)


@contextmanager
def copied_from(folder: Path) -> Iterator[None]:
    """While this lasts, a new generation is that one under its own key."""
    made = (folder / MADE).read_bytes()

    def quick(path: Path, key: FileKey, line: Line) -> None:
        if line is not CACHE_LINE:
            upgrade(path, key, line)
            return
        path.write_bytes(made)
        db = connect(path, KEY, BULK)
        db.execute(f'PRAGMA rekey="{key.pragma}"')
        db.close()

    install.upgrade = quick  # type: ignore[assignment, attr-defined]
    try:
        yield
    finally:
        install.upgrade = upgrade  # type: ignore[attr-defined]
