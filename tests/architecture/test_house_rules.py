"""Rules of the house that no linter knows, held over every file of the project."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tools.files import SOURCE, python_files, tree

# Calls that fail by themselves; `check` is Alembic's.
PROOFS = {"raises", "fail", "waitUntil", "waitSignal", "wait_until", "wait_for", "check"}
WAITING = {"sleep", "qWait", "qSleep", "msleep", "usleep"}


def called(node: ast.Call) -> tuple[str, str]:
    """`a.b.c()` → ("b", "c"); `c()` → ("", "c")."""
    if isinstance(node.func, ast.Attribute):
        owner = node.func.value
        name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
        return name, node.func.attr
    return "", node.func.id if isinstance(node.func, ast.Name) else ""


def calls(path: Path) -> list[tuple[int, str, str, ast.Call]]:
    return [(node.lineno, *called(node), node) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


def test_no_test_waits_for_time() -> None:
    waiting = [
        f"{path}:{line}"
        for path in python_files("tests")
        for line, owner, name, _ in calls(path)
        if name in WAITING or (owner == "qtbot" and name == "wait")
    ]
    assert waiting == []


def test_every_skip_and_expected_failure_says_why() -> None:
    silent = [
        f"{path}:{line}"
        for path in python_files("tests")
        for line, owner, name, node in calls(path)
        if name in {"skip", "skipif", "xfail"} and owner in {"mark", "pytest"}
        if not any(keyword.arg == "reason" for keyword in node.keywords) and not (owner == "pytest" and node.args)
    ]
    bare = [
        f"{path}:{decorator.lineno}"
        for path in python_files("tests")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Attribute) and decorator.attr in {"skip", "xfail"}
    ]
    assert silent + bare == []


def test_every_test_can_fail() -> None:
    """A test asserts, expects an exception, calls what checks, or gives anything to code that must not raise."""
    empty = []
    for path in python_files("tests"):
        for node in ast.walk(tree(path)):
            if not (isinstance(node, ast.FunctionDef) and node.name.startswith("test_")):
                continue
            proves = any(isinstance(inner, ast.Assert) for inner in ast.walk(node)) or any(
                name in PROOFS or name.startswith(("assert_", "check_", "expect_", "verify_"))
                for _, name in (called(inner) for inner in ast.walk(node) if isinstance(inner, ast.Call))
            )
            proves = proves or any("given" in ast.unparse(decorator) for decorator in node.decorator_list)
            if not proves:
                empty.append(f"{path}:{node.lineno}: {node.name}")
    assert empty == []


def test_every_module_opens_with_what_it_is_for() -> None:
    packages = {"__init__.py"}
    silent = [str(path) for path in python_files(*SOURCE, "tools", "tests")
              if path.name not in packages and not ast.get_docstring(tree(path))]  # fmt: skip
    assert silent == []


@pytest.mark.parametrize("folder", SOURCE)
def test_every_public_class_and_function_says_what_it_does(folder: str) -> None:
    """Classes and functions at module level of more than a few lines; an Enum's members speak for themselves."""
    silent = []
    for path in python_files(folder):
        for node in tree(path).body:
            if not isinstance(node, ast.ClassDef | ast.FunctionDef) or node.name.startswith("_"):
                continue
            if isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(base) for base in node.bases):
                continue
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if ast.get_docstring(node) is None and lines > 6:
                silent.append(f"{path}:{node.lineno}: {node.name}")
    assert silent == []


def test_a_broad_except_stands_only_at_a_thread_top_and_says_so() -> None:
    broad = []
    for path in python_files(*SOURCE):
        lines = (Path(__file__).parents[2] / path).read_text(encoding="utf-8").splitlines()
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.ExceptHandler):
                continue
            name = node.type.id if isinstance(node.type, ast.Name) else "" if node.type is None else "other"
            if isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None:
                continue  # tidies up and lets the error go on
            if name in {"Exception", "BaseException", ""}:
                reason = lines[node.lineno - 1].partition("BLE001")[2].strip()
                if not reason:
                    broad.append(f"{path}:{node.lineno}")
    assert broad == []


def test_no_module_keeps_changeable_state() -> None:
    """`global` is a singleton by another name."""
    found = [f"{path}:{node.lineno}" for path in python_files(*SOURCE)
             for node in ast.walk(tree(path)) if isinstance(node, ast.Global)]  # fmt: skip
    assert found == []
