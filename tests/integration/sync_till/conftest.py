"""A till that can be enrolled at a real head office on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.cli import main
from tests.support import tills
from tests.support.head_office import HeadOffice


@pytest.fixture(scope="session")
def till_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tills.make(tmp_path_factory.mktemp("template") / "till")


@pytest.fixture
def data(till_template: Path, tmp_path: Path) -> Path:
    """A till of the test's own, closed and never enrolled."""
    return tills.copied(till_template, tmp_path / "till")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[HeadOffice]:
    folder = tmp_path / "hq"
    folder.mkdir()
    made = HeadOffice(folder, f"sqlite:///{folder / 'hq.db'}")
    yield made
    made.close()


@pytest.fixture
def enrol(data: Path) -> Callable[..., int]:
    """`guitai enrol` in this process; its exit code."""

    def run(url: str, code: str, *more: str | Path) -> int:
        return main(["enrol", "--data", str(data), "--url", url, "--code", code, *map(str, more)])

    return run
