"""The self-test passes on a whole program, and names every part that fails on a broken one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app.wiring.self_test import PARTS, Part, SelfTestError, self_test


def broken() -> str:
    raise SelfTestError("lost a row")


@pytest.mark.parametrize("part", [part for part in PARTS if part.name != "screen"], ids=lambda part: part.name)
def test_a_part_of_this_program_passes(part: Part) -> None:
    assert part.check()


def test_the_whole_self_test_passes_in_a_process_of_its_own() -> None:
    """The screen part makes an application and styles it, which the other tests' application must not see."""
    command = "import sys; from app.wiring.self_test import self_test; sys.exit(self_test(print))"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(PARTS)} of {len(PARTS)} passed" in done.stdout


def test_one_line_each_and_zero_when_all_passed() -> None:
    lines: list[str] = []
    assert self_test(lines.append, (Part("a", lambda: "fine"), Part("b", lambda: "well"))) == 0
    assert lines == ["ok      a: fine", "ok      b: well", "self-test (source): 2 of 2 passed"]


def test_a_failing_part_is_named_and_the_others_are_still_tried() -> None:
    lines: list[str] = []
    assert self_test(lines.append, (Part("a", broken), Part("b", lambda: "well"))) == 1
    assert lines == [
        "FAILED  a: SelfTestError: lost a row",
        "ok      b: well",
        "self-test (source): 1 of 2 passed",
    ]
