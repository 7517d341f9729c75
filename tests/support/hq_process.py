"""Head office as the process people run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.support.commands import ROOT

ENDS_S_MAX = 60


@dataclass(frozen=True)
class Serving:
    """A running head office."""

    address: str
    process: subprocess.Popen[str]

    def killed(self) -> bool:
        """Wait for the process; whether SIGKILL ended it."""
        return self.process.wait(ENDS_S_MAX) == -signal.SIGKILL

    def workers(self) -> list[int]:
        """Its serving processes, where it has several."""
        wanted = ["pgrep", "-P", str(self.process.pid), "-f", "hq worker"]
        return [int(one) for one in subprocess.run(wanted, capture_output=True, text=True, check=False).stdout.split()]


@contextmanager
def serving(
    folder: Path, environment: Mapping[str, str] | None = None, *options: str, errors: IO[str] | None = None
) -> Iterator[Serving]:
    """Head office as a process on a free port; ended by SIGTERM unless it ended itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "--lang", "en", "hq", "serve", "--data", str(folder), "--port", "0", *options],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True, env={**os.environ, **(environment or {})},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield Serving(process.stdout.readline().strip().removeprefix("Listening on "), process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        process.stdout.close()
