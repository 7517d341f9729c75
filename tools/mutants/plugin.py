"""A pytest plugin: collect once, then a forked child for each mutant swaps one function's code and runs the tests.

Two mutants run at a time. A child ends at its first failing test; the tests that killed are tried first on the next.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.mutants.changes import Mutant, changed

AT_ONCE = 2
TEST_CPU_S = 20
KILLED, ALIVE = 1, 0


def swap(module: str, text: str, mutant: Mutant) -> bool:
    """Give one function of the loaded module the code of its mutant; False where that changes nothing."""
    loaded = importlib.import_module(module)
    code = compile(changed(text, mutant), getattr(loaded, "__file__", module), "exec")
    owner: Any = loaded
    found: types.CodeType = code
    *classes, name = mutant.function.split(".")
    for one in classes:
        owner, found = vars(owner)[one], _named(found, one)
    function = vars(owner)[name]
    if isinstance(function, property):
        function = function.fget
    new = _named(found, name)
    same = new.co_code == function.__code__.co_code and new.co_consts == function.__code__.co_consts
    function.__code__ = new
    return not same


def _named(code: types.CodeType, name: str) -> types.CodeType:
    return next(one for one in code.co_consts if isinstance(one, types.CodeType) and one.co_name == name)


class Run:
    """The mutants still to be tried and what became of those that were."""

    def __init__(self, folder: Path, texts: dict[str, str], todo: list[Mutant]) -> None:
        self.folder = folder
        self.texts = texts
        self.todo = todo
        self.first: list[str] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of running the tests once."""
        items = {item.nodeid: item for item in session.items}
        running: dict[int, tuple[Mutant, int]] = {}
        waiting = list(self.todo)
        with (self.folder / "results.jsonl").open("a", encoding="utf-8") as results:
            while waiting or running:
                while waiting and len(running) < AT_ONCE:
                    mutant = waiting.pop(0)
                    pid, reader = self._start(session, items, mutant)
                    running[pid] = (mutant, reader)
                pid, status = os.wait()
                mutant, reader = running.pop(pid)
                killer = _said(reader)
                alive = os.WIFEXITED(status) and os.WEXITSTATUS(status) == ALIVE
                self._note(results, mutant, "" if alive else killer or "it did not end")
        return True

    def _note(self, results: Any, mutant: Mutant, killer: str) -> None:
        if killer in self.first:
            self.first.remove(killer)
        if killer:
            self.first.insert(0, killer)
        results.write(json.dumps({"key": mutant.key, "line": mutant.line, "killer": killer}, ensure_ascii=False) + "\n")
        results.flush()
        print("." if killer else f"\nalive: {mutant.key} (line {mutant.line})", end="", flush=True)

    def _start(self, session: pytest.Session, items: dict[str, pytest.Item], mutant: Mutant) -> tuple[int, int]:
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            self._child(session, items, mutant, writer)
        os.close(writer)
        return pid, reader

    def _child(self, session: pytest.Session, items: dict[str, pytest.Item], mutant: Mutant, writer: int) -> None:
        outcome = KILLED
        try:
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
            if swap(f"app.domain.programme.{mutant.module}", self.texts[mutant.module], mutant):
                killer = self._first_failing(session, items)
                os.write(writer, killer.encode()[:4000])
                outcome = KILLED if killer else ALIVE
            else:
                os.write(writer, b"no change")
        finally:
            os._exit(outcome)

    def _first_failing(self, session: pytest.Session, items: dict[str, pytest.Item]) -> str:
        ordered = [items[name] for name in self.first if name in items]
        ordered += [item for item in items.values() if item.nodeid not in self.first]
        failed: list[str] = []

        class Watch:
            @staticmethod
            def pytest_runtest_logreport(report: pytest.TestReport) -> None:
                if report.failed:
                    failed.append(report.nodeid)

        session.config.pluginmanager.register(Watch())
        session.config.pluginmanager.unregister(name="terminalreporter")  # it writes to a copy of the screen's handle
        for item, after in _pairs(ordered):
            signal.setitimer(signal.ITIMER_PROF, TEST_CPU_S)  # a mutant that never ends is ended, and counts as killed
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if failed:
                return failed[0]
        return ""


def _pairs(items: list[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    yield from zip(items, [*items[1:], None], strict=True)


def _said(reader: int) -> str:
    with os.fdopen(reader, "rb") as pipe:
        return pipe.read().decode()


def run(folder: Path, texts: dict[str, str], todo: list[Mutant], tests: list[str]) -> int:
    """Try every mutant of `todo`; results go to results.jsonl in `folder` one by one."""
    sys.setswitchinterval(0.1)
    arguments = [
        "-q",
        "-x",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "--no-header",
        "--no-summary",
    ]
    return int(pytest.main([*arguments, *tests], plugins=[Run(folder, texts, todo)]))
