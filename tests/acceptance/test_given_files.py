"""The cases and data given to us are unedited: by their SHA-256 list, and byte for byte where the originals lie."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SHARED = TESTS.parents[1] / "shared"
OURS = frozenset({"SHA256SUMS", "test_given_files.py", "test_programme_files.py"})


def listed(folder: Path) -> dict[str, str]:
    pairs = (line.split("  ", 1) for line in (folder / "SHA256SUMS").read_text().splitlines())
    return {name: digest for digest, name in pairs}


def given(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if path.name not in OURS}


@pytest.mark.parametrize("name", ["acceptance", "data"])
def test_every_given_file_is_listed_and_unchanged(name: str) -> None:
    files = given(TESTS / name)
    assert files
    assert {path: hashlib.sha256(content).hexdigest() for path, content in files.items()} == listed(TESTS / name)


@pytest.mark.parametrize("name", ["acceptance", "data"])
def test_where_the_originals_lie_the_copies_are_the_same(name: str) -> None:
    originals = given(SHARED / name) if (SHARED / name).is_dir() else given(TESTS / name)
    assert given(TESTS / name) == originals
