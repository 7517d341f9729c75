"""What every test gets: no screen, an odd time zone, folders and a keyring of its own, and no process left behind."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

ROOT = Path(__file__).parents[1]

# Before anything imports Qt, keyring or platformdirs. Commands started by a test inherit these.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["PYTHON_KEYRING_BACKEND"] = "tests.support.keyring_backend.TestKeyring"
os.environ["PYTHONPATH"] = str(ROOT)
os.environ["TZ"] = "America/St_Johns"  # half an hour off, with summer time: whoever forgets a zone is found out
os.environ["LC_ALL"] = "C.UTF-8"
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ.pop("GUITAI_FAILPOINT", None)
time.tzset()

# A busy machine is not a failing test: time is measured in tests/benchmarks alone.
settings.register_profile("guitai", deadline=None, print_blob=True)
settings.load_profile("guitai")


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever asks the desktop for a folder gets one that ends with the tests."""
    home = tmp_path_factory.mktemp("home")
    for name in ("DATA", "CONFIG", "CACHE", "STATE", "RUNTIME"):
        folder = home / name.lower()
        folder.mkdir(mode=0o700)
        os.environ[f"XDG_{name}_{'DIR' if name == 'RUNTIME' else 'HOME'}"] = str(folder)
    os.environ["GUITAI_TEST_KEYRING"] = str(home / "keyring.json")


def _children(pid: int) -> dict[int, str]:
    """Living child processes of `pid` and their command lines; empty where there is no /proc."""
    found: dict[int, str] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue  # it ended while we looked
        if int(parent) == pid and state != "Z":
            found[int(entry.name)] = command
    return found


@pytest.fixture(scope="session", autouse=True)
def _no_process_is_left_behind() -> Iterator[None]:
    before = _children(os.getpid())
    yield
    left = {pid: command for pid, command in _children(os.getpid()).items() if pid not in before}
    assert not left, f"a test left processes running: {left}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many cases of each matrix held, `kill matrix: 25 of 25`: tests name theirs with `record_property`."""
    held: dict[str, set[object]] = {}
    tried: dict[str, set[object]] = {}
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, case in getattr(report, "user_properties", ()):
                if name.endswith(" matrix"):
                    tried.setdefault(name, set()).add(case)
                    if outcome == "passed":
                        held.setdefault(name, set()).add(case)
    for name, cases in sorted(tried.items()):
        terminalreporter.write_line(f"{name}: {len(held.get(name, ()))} of {len(cases)}")


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """The application of pytest-qt. A quit that the last closed window posts would outlive the event loop it was meant
    for, and end every later loop at once; the program quits by itself (`TillWindow.closed`)."""
    from PySide6.QtWidgets import QApplication

    QApplication.setQuitOnLastWindowClosed(False)
    return QApplication
