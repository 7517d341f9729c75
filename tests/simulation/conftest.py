"""What every seed of a session begins with, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.stage import make_template


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("sim") / "template")
