"""The files a check looks at: what git tracks or would track, read once, with syntax trees for Python."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ("app", "ui", "sync", "devices")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the project, relative to its root; ignored files are left out."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return tuple(sorted(Path(name) for name in set(names) if name and (ROOT / name).is_file()))


def python_files(*folders: str) -> list[Path]:
    """Python files under these top folders, or all."""
    return [path for path in tracked() if path.suffix == ".py" and (not folders or path.parts[0] in folders)]


@cache
def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path), str(path))


def report(problems: list[str], advice: str) -> int:
    """Print the problems and what to do; the exit code of the check."""
    for problem in problems:
        print(problem)
    if problems:
        print(f"→ {advice}")
    return 1 if problems else 0
