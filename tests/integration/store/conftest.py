"""Real tills for the store's tests: one template per run, a copy per test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.clock import ManualClock
from app.store import keys
from app.store.files import TillFiles
from app.store.syncing import TillSync
from tests.support import tills


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tills.make(tmp_path_factory.mktemp("template") / "till")


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """A till of the test's own, closed."""
    return tills.copied(template, tmp_path / "till")


@pytest.fixture
def open_files(folder: Path) -> Iterator[Callable[[], TillFiles]]:
    """Opens the till; whatever was opened is closed at the end."""
    opened: list[TillFiles] = []

    def open_one() -> TillFiles:
        opened.append(tills.opened(folder))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def files(open_files: Callable[[], TillFiles]) -> TillFiles:
    return open_files()


@pytest.fixture
def open_sync(folder: Path) -> Iterator[Callable[[], TillSync]]:
    """Opens the till's half of synchronisation; whatever was opened is closed at the end."""
    made: list[TillSync] = []

    def open_one() -> TillSync:
        made.append(TillSync(folder, keys.load(folder, os.environ), ManualClock(tills.NOW_MS), lambda _: None))
        return made[-1]

    yield open_one
    for one in made:
        one.close()
