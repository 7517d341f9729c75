"""A failpoint ends the process where and when it is armed, and nowhere else."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from app.failpoints import NO_FAILPOINTS, Failpoint, Failpoints

REACH_TWICE = (
    "import os; from app.failpoints import Failpoint, Failpoints; f = Failpoints(os.environ);"
    "print('before', flush=True); f.hit(Failpoint.SALE_AFTER_ROWS); f.hit(Failpoint.SALE_BEFORE_COMMIT);"
    "print('once', flush=True); f.hit(Failpoint.SALE_BEFORE_COMMIT); print('twice', flush=True)"
)


@pytest.mark.parametrize(
    ("armed", "printed", "code"),
    [
        ("", ["before", "once", "twice"], 0),
        ("sale.after_commit", ["before", "once", "twice"], 0),
        ("sale.before_commit", ["before"], -signal.SIGKILL),
        ("sale.before_commit:2", ["before", "once"], -signal.SIGKILL),
    ],
)
def test_the_process_ends_at_the_armed_place(
    armed: str, printed: list[str], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUITAI_FAILPOINT", armed)
    done = subprocess.run([sys.executable, "-c", REACH_TWICE], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.split(), done.returncode) == (printed, code)


def test_an_unknown_name_is_not_armed_silently() -> None:
    with pytest.raises(ValueError, match="no_such_place"):
        Failpoints({"GUITAI_FAILPOINT": "no_such_place"})


def test_without_the_variable_nothing_happens() -> None:
    for place in Failpoint:
        NO_FAILPOINTS.hit(place)
    assert len({place.value for place in Failpoint}) == len(Failpoint)
