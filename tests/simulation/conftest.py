"""What every seed of a session begins with, made once, and where worlds are made."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.stage import make_template, memory


@pytest.fixture(scope="session")
def template() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="guitai-template-", dir=memory()) as name:
        yield make_template(Path(name) / "template")


@pytest.fixture
def worlds() -> Iterator[Path]:
    """A folder for the worlds of one test."""
    with tempfile.TemporaryDirectory(prefix="guitai-worlds-", dir=memory()) as name:
        yield Path(name)
