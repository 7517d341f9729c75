"""The program and its package take their version from one place."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from app.version import VERSION


def test_the_package_takes_the_programs_version() -> None:
    settings = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "app.version.VERSION"}
    assert "version" in settings["project"]["dynamic"]
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", VERSION)
