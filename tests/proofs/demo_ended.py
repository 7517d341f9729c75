"""`guitai demo --window`: the till's window in the language asked for, and nothing left behind when it is ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest

from app.wiring.one_window import WINDOW_FILE
from app.wiring.till_ui import LOOK_FILE
from tests.support.commands import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="children are read from /proc")
LOOKS_MAX, LOOK_S = 1200, 0.1


def children(pid: int) -> set[int]:
    """The processes that one started, and those they did."""
    found = {int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    return found.union(*(children(one) for one in found)) if found else found


def test_a_demo_ended_by_a_service_manager_ends_everything_it_started(tmp_path: Path) -> None:
    chain = tmp_path / "chain"
    command = ["--lang", "en", "demo", "--window", "--members", "10", "--data", str(chain), "--output", "out"]
    with subprocess.Popen(
        [sys.executable, "-m", "app", *command],
        cwd=tmp_path,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    ) as process:
        for _ in range(LOOKS_MAX):
            if (chain / "till" / WINDOW_FILE).exists():
                break
            with suppress(subprocess.TimeoutExpired):
                process.wait(LOOK_S)
        started = children(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert len(started) >= 2
    assert [pid for pid in started if Path(f"/proc/{pid}").exists()] == []
    assert json.loads((chain / "till" / LOOK_FILE).read_text())["language"] == "en"
    devices = tomllib.loads((chain / "till" / "till.toml").read_text())
    assert set(devices) == {"printer", "scanner", "display"}
