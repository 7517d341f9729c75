"""Head office as a process, for the tests that need no other than the plain one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.chain_of_tills import Served


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Served]:
    """Made and started; killed afterwards."""
    served = Served(tmp_path / "hq").make()
    served.start()
    yield served
    served.kill()
