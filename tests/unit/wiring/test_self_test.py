"""The self-test passes on a whole program, and names every part that fails on a broken one."""

from __future__ import annotations

import pytest

from app.wiring.self_test import PARTS, Part, SelfTestError, self_test


def broken() -> str:
    raise SelfTestError("lost a row")


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_part_of_this_program_passes(part: Part) -> None:
    assert part.check()


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
