"""The mutation tool: which changes it finds, that each is made, and that docs/mutants.md speaks of real places."""

from __future__ import annotations

import ast
import types

from tools.mutants import plugin
from tools.mutants import run as mutants
from tools.mutants.changes import changed, mutants_of

SAMPLE = '''"""A sample."""

LIMIT = 3


class Box:
    @property
    def open(self) -> bool:
        """Whether it is open."""
        return not self.lid and self.age < 2


def most(values, strict):
    assert values, "some"
    total = 0
    for one in zip(values, values, strict=True):
        if one[0] == one[1]:
            total += max(one)
            continue
    return [v for v in values if v] + [replace(total, a=1)]
'''


def found() -> list[str]:
    """What becomes of the altered line, in the order of the lines."""
    before = ast.unparse(ast.parse(SAMPLE)).splitlines()
    results = []
    for one in mutants_of("sample", SAMPLE):
        after = ast.unparse(changed(SAMPLE, one)).splitlines()
        results.append(next(new.strip() for old, new in zip(before, after, strict=False) if old != new))
    return sorted(results)


def test_every_small_change_is_made_once_and_in_its_place() -> None:
    assert found() == sorted([
        "return not self.lid or self.age < 2",
        "return +bool(self.lid) and self.age < 2",
        "return not self.lid and self.age <= 2",
        "return not self.lid and self.age < 3",
        "total = 1",
        "if not one[0] == one[1]:",
        "if one[0] != one[1]:",
        "if one[1] == one[1]:",
        "if one[0] == one[2]:",
        "total -= max(one)",
        "total += min(one)",
        "pass",  # total += max(one)
        "pass",  # continue
        "return [v for v in values if v] - [replace(total, a=1)]",
        "return [v for v in values] + [replace(total, a=1)]",
        "return [v for v in values if v] + [replace(total)]",
        "return [v for v in values if v] + [replace(total, a=2)]",
    ])  # fmt: skip


def test_keys_are_unique_and_every_survivor_listed_is_a_place_in_the_source() -> None:
    keys = [one.key for one in mutants.all_mutants(mutants.texts())]
    assert len(keys) == len(set(keys)) > 500
    listed = mutants.listed()
    assert listed
    assert sorted(set(listed) - set(keys)) == []


def test_the_code_of_a_function_is_swapped_for_its_mutant(monkeypatch) -> None:
    text = "def add(a, b):\n    return a + b\n"
    sample = types.ModuleType("sample_module")
    exec(compile(text, "sample_module", "exec"), vars(sample))
    monkeypatch.setitem(plugin.sys.modules, "sample_module", sample)
    [mutant] = mutants_of("sample_module", text)
    assert sample.add(2, 1) == 3
    assert plugin.swap("sample_module", text, mutant)
    assert sample.add(2, 1) == 1
