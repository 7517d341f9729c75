"""A load of members killed at any step leaves the old or the new members, and the same command ends the work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.services.demo_members import DemoPlan, card_number, demo_members
from app.store import bulk, keys
from app.store.folder import TILL_FILE
from tests.support import tills
from tests.support.tills import NOW_MS

ROOT = Path(__file__).parents[3]
OLD, NEW = DemoPlan(40, NOW_MS, "s027"), DemoPlan(300, NOW_MS, "s001")
SCRIPT = """
import os, signal, sys
from pathlib import Path
from app.services.demo_members import DemoPlan, demo_members
from app.store import bulk, keys

folder, place, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def people():
    for number, member in enumerate(demo_members(DemoPlan(count, int(sys.argv[4]), "s001"))):
        if place == "members" and number == count // 2:
            kill()
        yield member

if place != "members":
    def before(*args, real=getattr(bulk, place)):
        kill()
    setattr(bulk, place, before)
bulk.BATCH_ROWS = 50
bulk.load_members(folder, keys.load(folder, os.environ), people())
"""


def load_and_die(folder: Path, place: str) -> None:
    """Run a load in a process that ends itself before `place` (a step of bulk.py) or half-way through the members."""
    command = [sys.executable, "-c", SCRIPT, str(folder), place, str(NEW.count), str(NOW_MS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr


def seen(folder: Path) -> tuple[int | None, str]:
    opened = tills.opened(folder)
    try:
        member = opened.members.by_card(card_number(0))
        return opened.members.count(), member.home_store_id if member else ""
    finally:
        opened.close()


@pytest.mark.skipif(os.name != "posix", reason="no SIGKILL on Windows")
@pytest.mark.parametrize(
    ("place", "left"),
    [("members", (0, "")), ("make_cache", (0, "")), ("_sync_file", (0, "")), ("_switch", (0, ""))],
)
def test_a_killed_first_load_leaves_nothing_half_done(folder: Path, place: str, left: tuple[int | None, str]) -> None:
    load_and_die(folder, place)
    assert seen(folder) == left
    finish(folder)


@pytest.mark.skipif(os.name != "posix", reason="no SIGKILL on Windows")
def test_a_load_killed_half_way_through_upserts_leaves_the_old_members(folder: Path) -> None:
    bulk.load_members(folder, keys.load(folder, os.environ), demo_members(OLD))
    load_and_die(folder, "members")
    assert seen(folder) == (40, "s027")
    finish(folder)


def finish(folder: Path) -> None:
    """The same load again, to its end: all new members, and no file or key of another generation."""
    bulk.load_members(folder, keys.load(folder, os.environ), demo_members(NEW))
    assert seen(folder) == (300, "s001")
    caches = {path.name for path in folder.glob("cache-*.db")}
    assert len(caches) == 1
    assert set(keys.load(folder, os.environ).wrapped) == {TILL_FILE, *caches}
