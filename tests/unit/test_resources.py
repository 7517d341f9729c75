"""Shipped files are found from the source tree and from the frozen program."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app import resources


def test_the_source_tree_holds_its_resources_and_migrations() -> None:
    assert (resources.resources() / "locale" / "zh_CN" / "LC_MESSAGES" / "core.po").is_file()
    assert resources.migrations().is_dir()


def test_the_frozen_program_looks_where_it_was_unpacked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources.resources() == tmp_path / "resources"
