"""`make mutants`: alter the engine in every small way; each change must be noticed, or stand in docs/mutants.md.

Resumable: what was killed stays so while the module's text is the same; what lived is tried again.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path

from tools.files import ROOT
from tools.mutants.changes import Mutant, mutants_of

MODULES = ("earn", "price", "tender", "lots", "returns", "coupons", "tiers")
SOURCE = ROOT / "app" / "domain" / "programme"
FOLDER = ROOT / ".run" / "mutants"
LIST = ROOT / "docs" / "mutants.md"
TESTS = (
    "tests/scenarios/test_operators_scenarios.py",
    "tests/scenarios/test_key_scenarios.py",
    "tests/scenarios/test_readings.py",
    "tests/acceptance/test_programme_files.py",
    "tests/unit/domain/programme",
)
RANDOM = ("test_programme_properties.py", "test_earning_against_fractions.py")
"""Left out: a mutant is dead when a test always finds it, not when a draw happened to."""
KILLED_PERCENT = 95


def texts() -> dict[str, str]:
    """Source of every module by its name."""
    return {name: (SOURCE / f"{name}.py").read_text(encoding="utf-8") for name in MODULES}


def all_mutants(sources: dict[str, str]) -> list[Mutant]:
    return [mutant for name, text in sources.items() for mutant in mutants_of(name, text)]


def listed() -> dict[str, str]:
    """Survivors that docs/mutants.md lists, with their reasons."""
    found = re.findall(r"^- (\w+ [\w.]+: `.*`: .+?) — (.+)$", LIST.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(found)


def _folder(sources: dict[str, str]) -> Path:
    """Where the results of these very sources are kept."""
    digest = hashlib.sha256(json.dumps(sources, sort_keys=True).encode()).hexdigest()[:16]
    folder = FOLDER / digest
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def results(folder: Path) -> dict[str, str]:
    """Killer by mutant, "" for one that lived; the last word counts."""
    file = folder / "results.jsonl"
    if not file.exists():
        return {}
    lines = file.read_text(encoding="utf-8").splitlines()
    return {one["key"]: one["killer"] for one in map(json.loads, lines)}


def _report(mutants: list[Mutant], outcome: dict[str, str]) -> int:
    killed = [one for one in mutants if outcome.get(one.key)]
    alive = [one for one in mutants if not outcome.get(one.key)]
    for name in sorted({one.module for one in mutants}, key=MODULES.index):
        of = [one for one in mutants if one.module == name]
        dead = [one for one in killed if one.module == name]
        print(f"{name:<8} {len(dead):>4} of {len(of):>4} killed, {100 * len(dead) / len(of):.1f} %")
    percent = 100 * len(killed) / len(mutants)
    print(f"all      {len(killed):>4} of {len(mutants):>4} killed, {percent:.1f} %; {len(alive)} lived")
    reasons = listed()
    unexplained = [one.key for one in alive if one.key not in reasons]
    tried = {one.module for one in mutants}
    stale = sorted(key for key in set(reasons) - {one.key for one in alive} if key.split()[0] in tried)
    for key in unexplained:
        print(f"lived without a reason in docs/mutants.md: {key}")
    for key in stale:
        print(f"listed in docs/mutants.md, but it was killed or is gone: {key}")
    return 1 if unexplained or stale or percent < KILLED_PERCENT else 0


def main(arguments: list[str]) -> int:
    from tools.mutants.plugin import run

    sources = texts()
    folder = _folder(sources)
    mutants = all_mutants(sources)
    if arguments:
        mutants = [one for one in mutants if one.module in arguments]
    before = results(folder)
    todo = [one for one in mutants if not before.get(one.key)]
    print(f"{len(mutants)} mutants, {len(mutants) - len(todo)} killed before, {len(todo)} to try", flush=True)
    if todo:
        tests = [str(ROOT / test) for test in TESTS]
        tests += [f"--ignore={ROOT / 'tests/unit/domain/programme' / name}" for name in RANDOM]
        code = run(folder, sources, todo, tests)
        print()
        if code:
            return code
    return _report(mutants, results(folder))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
