"""The commands of the product as processes, and tills to run them on."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.store import connect, keys
from app.store.connect import TILL, Connection
from app.store.folder import TILL_FILE

ROOT = Path(__file__).parents[2]
PIN = "246810"
STAFF = f"staff_no,name,role,pin\n0271,林晓,cashier,{PIN}\n0103,沈岚,manager,{PIN}\n"
RUN_S_MAX = 300


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def answers(self) -> list[dict[str, Any]]:
        """The JSON lines of a headless till."""
        return [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]


def guitai(
    *arguments: str | Path,
    given: str | None = None,
    environment: Mapping[str, str] | None = None,
    within_s: int = RUN_S_MAX,
) -> Ran:
    """Run `guitai ARGUMENTS` to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "app", *map(str, arguments)],
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=within_s,
        env={**os.environ, **(environment or {})},
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def new_till(folder: Path, programme: Path | None = None, *, store: str = "s027") -> Path:
    """A till of that store in `folder`/till, its key in a file; 林晓 0271 signs on with PIN."""
    data = folder / "till"
    shutil.copytree(_made_till(programme, store), data)
    return data


@cache
def _made_till(programme: Path | None, store: str) -> Path:
    """What `guitai init` makes, once for all tests of this process that want such a till; it has no events yet."""
    folder = new_folder()
    staff = folder / "staff.csv"
    staff.write_text(STAFF, encoding="utf-8")
    data = folder / "till"
    chosen = ("--programme", programme) if programme else ()
    made = guitai(
        *("init", "--data", data, "--store", store, "--store-name", "静安寺店", "--till", "2"),
        *("--staff", staff, "--key-store", "file", "--receipt-host", "hui.example", *chosen),
        *("--members-from", "900000000000", "--cards-from", "880990000000"),
    )
    assert made.code == 0, made.err
    return data


def new_folder() -> Path:
    """An empty folder that goes with this process."""
    folder = Path(tempfile.mkdtemp(prefix="guitai-made-"))
    atexit.register(shutil.rmtree, folder)
    return folder


def script(steps: Sequence[Mapping[str, object]]) -> str:
    """Steps as the lines of a script."""
    return "".join(json.dumps(step, ensure_ascii=False) + "\n" for step in steps)


SIGN_ON: Mapping[str, object] = {"do": "sign_on", "staff_no": "0271", "pin": PIN}


def open_till_db(data: Path) -> Connection:
    """till.db as it lies there, for a test's own questions."""
    return connect.connect(data / TILL_FILE, keys.load(data, os.environ).key(TILL_FILE), TILL)
