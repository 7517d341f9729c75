"""Size caps: a file has at most 400 lines, a function of the program at most 60, a package no second god object."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from tools.files import SOURCE, python_files, report, text, tree

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
METHODS_ADVISED_MAX = 12
ADVICE = "Split by meaning: one subject a file, one thought a function. The caps are not raised."


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def too_long(path: Path) -> list[str]:
    """What in this file is over a cap."""
    problems = []
    count = text(path).count("\n")
    if count > FILE_LINES_MAX:
        problems.append(f"{path}: {count} lines (cap {FILE_LINES_MAX})")
    if path.parts[0] == "tests":
        return problems
    functions = (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return problems + [
        f"{path}:{node.lineno}: {node.name} has {_lines(node)} lines (cap {FUNCTION_LINES_MAX})"
        for node in functions
        if _lines(node) > FUNCTION_LINES_MAX
    ]


def wide_classes(path: Path) -> list[str]:
    """Classes with more public methods than advised; said, not refused (a Protocol of a port may be wide)."""
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef):
            public = [item for item in node.body if isinstance(item, ast.FunctionDef) and not item.name.startswith("_")]
            if len(public) > METHODS_ADVISED_MAX:
                found.append(f"advice: {path}:{node.lineno}: {node.name} has {len(public)} public methods")
    return found


def main() -> int:
    files = python_files()
    for line in (line for path in files if path.parts[0] in SOURCE for line in wide_classes(path)):
        print(line)
    return report([line for path in files for line in too_long(path)], ADVICE)


if __name__ == "__main__":
    sys.exit(main())
