"""A real till with a damaged or missing file of members: it sells, and says what it cannot look up."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from app.services import members, status
from app.services.members import CustomerFound
from app.wiring.till import open_till
from tests.support import tills


@pytest.mark.parametrize("damaged", [True, False])
def test_lost_members_are_logged_once_and_said_where_they_are_asked_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damaged: bool
) -> None:
    folder = tills.make(tmp_path / "till")
    cache = folder / "cache-1.db"
    if damaged:
        cache.write_bytes(os.urandom(cache.stat().st_size))
    else:
        cache.unlink()
    with caplog.at_level(logging.INFO, "guitai"):
        opened = open_till(folder, os.environ)
    try:
        till = opened.till
        assert status.till_status(till).members is None
        assert members.find(till, "张小凡").lost
        found = members.identify(till, "8800000025093")
        assert isinstance(found, CustomerFound)
        assert (found.unknown_card, found.lost) == (True, True)
    finally:
        opened.close()
    assert [record.getMessage().split(" code=")[0] for record in caplog.records] == ["members lost"]
