"""`make check`: every static check, two at a time; says what each found and what to do about it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tools.files import ROOT


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    arguments: tuple[str, ...]
    advice: str


CHECKS = (
    Check("types", ("mypy",), "Give the value its true type; an ignore carries its code and reason."),
    Check("style", ("ruff", "check", "."), "Run .venv/bin/ruff check --fix . and mend what is left by hand."),
    Check("format", ("ruff", "format", "--check", "."), "Run .venv/bin/ruff format on the files named."),
    Check("layers", ("lint-imports", "--no-cache"), "Move the import: pyproject.toml lists who may know whom."),
    Check("sizes", ("python", "-m", "tools.check_sizes"), ""),
    Check("words", ("python", "-m", "tools.check_messages"), ""),
    Check("licences", ("python", "-m", "tools.check_licences"), ""),
    Check("text", ("python", "-m", "tools.check_text"), ""),
)


def _run(check: Check) -> tuple[int, str, float]:
    started = time.monotonic()
    command = [os.path.join(os.path.dirname(sys.executable), check.arguments[0]), *check.arguments[1:]]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode(errors="replace").strip(), time.monotonic() - started


def main() -> int:
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for check, (code, output, seconds) in zip(CHECKS, pool.map(_run, CHECKS), strict=True):
            print(f"{'ok  ' if code == 0 else 'FAIL'}  {check.name:<9} {seconds:5.1f} s", flush=True)
            if code != 0:
                failed.append(check.name)
                print(output)
                if check.advice:
                    print(f"→ {check.advice}")
    print(
        f"make check: {len(CHECKS) - len(failed)} of {len(CHECKS)} passed"
        + (f"; failed: {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
