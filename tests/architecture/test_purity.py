"""The middle of the hexagon is pure: rules know the standard library and themselves, and ask nobody for the time."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from tools.files import SOURCE, python_files, tree

# Standard library, but a door to the world outside.
WORLD = {"os", "socket", "subprocess", "threading", "sqlite3", "secrets", "time", "shutil", "tempfile",
         "asyncio", "logging", "urllib", "http", "ssl", "selectors", "multiprocessing", "queue", "signal"}  # fmt: skip
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("uuid", "uuid4")}
DICE = {"random", "randint", "choice", "choices", "shuffle", "sample", "randrange", "seed"}  # a seeded Random is pure


def imported(path: Path) -> list[tuple[int, str]]:
    """Line and full name of everything a module imports, lazily or not."""
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append((node.lineno, node.module))
    return found


def core(*layers: str) -> list[Path]:
    return [path for path in python_files("app") if len(path.parts) > 2 and path.parts[1] in layers]


def test_the_rules_import_the_standard_library_and_our_core_alone() -> None:
    foreign = [
        f"{path}:{line}: {name}"
        for path in core("domain")
        for line, name in imported(path)
        if name.split(".")[0] not in sys.stdlib_module_names
        and not name.startswith(("app.domain", "app.ids", "app.errors", "app.i18n", "app.messages", "app.clock"))
    ]
    assert foreign == []


def test_the_core_opens_no_door_to_the_world() -> None:
    doors = [f"{path}:{line}: {name}" for path in core("domain", "services") for line, name in imported(path)
             if name.split(".")[0] in WORLD]  # fmt: skip
    assert doors == []


def test_the_core_is_given_the_time_and_its_dice_and_never_asks() -> None:
    asked = [
        f"{path}:{node.lineno}"
        for path in core("domain", "services")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
        if (node.func.value.id, node.func.attr) in CLOCKS or (node.func.value.id == "random" and node.func.attr in DICE)
    ]
    assert asked == []


def test_migrations_import_nothing_of_ours() -> None:
    ours = [
        f"{path}:{line}: {name}"
        for path in python_files("migrations")
        for line, name in imported(path)
        if name.split(".")[0] in SOURCE
    ]
    assert ours == []
