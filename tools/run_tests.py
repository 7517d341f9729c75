"""`make test`: pytest under branch coverage, then the floors; pytest's closing line is printed last."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

from tools import check_coverage
from tools.files import ROOT

WORKERS_MAX = 4
SLOWEST = ("--durations=40", "--durations-min=4")
FOLDER = ROOT / ".run" / "test"
CLOSING = re.compile(r"(\b\d+ (passed|failed|errors?|skipped|deselected|xfailed)\b|\bno tests ran\b).* in [\d.]+s")
NO_TESTS = 5  # pytest's exit code


def _pytest(arguments: list[str]) -> tuple[int, str]:
    """Run the tests, show their output as it comes; exit code and closing line."""
    workers = str(min(WORKERS_MAX, (os.cpu_count() or 2) + 1))  # a chain of processes waits a fifth of its time
    command = [sys.executable, "-m", "coverage", "run", "-m", "pytest", "-q", "-n", workers, "--dist", "worksteal"]
    closing = ""
    with subprocess.Popen([*command, *SLOWEST, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            if CLOSING.search(line):
                closing = line.strip()
    return process.returncode, closing


def main(arguments: list[str]) -> int:
    shutil.rmtree(check_coverage.FOLDER, ignore_errors=True)
    check_coverage.FOLDER.mkdir(parents=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    code, closing = _pytest(arguments)
    if code == NO_TESTS:
        print("No test was found: an empty run proves nothing.", file=sys.stderr)
    if code != NO_TESTS and not arguments:  # floors speak of the whole suite, not of a part of it
        code = check_coverage.main() or code
    (FOLDER / "closing-line").write_text(f"{closing}\n", encoding="utf-8")
    print(closing or f"pytest ended without a closing line (exit {code})")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
