"""Coverage floors by layer, with branches: rules and presenters are covered whole, adapters almost."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

from tools.files import ROOT, report

FOLDER = ROOT / ".run" / "coverage"
# Folder → least share in percent of lines and branches. docs/adr/0007 says why these.
FLOORS = {
    "app/domain/": 100.0,
    "app/services/": 100.0,
    "ui/presenters/": 100.0,
    "app/store/": 95.0,
    "devices/": 95.0,
    "": 90.0,
}


@dataclass(slots=True)
class Share:
    """Lines and branches met, of all there are."""

    met: int = 0
    all: int = 0

    @property
    def percent(self) -> float:
        return 100.0 * self.met / self.all if self.all else 100.0


def shares(measured: dict[str, dict[str, dict[str, int]]]) -> dict[str, Share]:
    """The share of every layer in FLOORS, from coverage's own JSON report."""
    found = {folder: Share() for folder in FLOORS}
    for name, facts in measured.items():
        summary = facts["summary"]
        for folder, share in found.items():
            if name.startswith(folder):
                share.met += summary["covered_lines"] + summary["covered_branches"]
                share.all += summary["num_statements"] + summary["num_branches"]
    return found


def _runs(numbers: list[int]) -> str:
    """[3, 4, 5, 9] → "3-5, 9"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _missing(name: str, facts: dict[str, list[int]], branches: list[tuple[int, int]]) -> str:
    """One line on a file: lines never run, and branches never taken from lines that were run."""
    lines = facts["missing_lines"]
    untaken = [f"{start}→{end if end > 0 else 'exit'}" for start, end in branches if start not in lines]
    return f"  {name}: lines {_runs(lines) or 'none'}; branches {', '.join(untaken) or 'none'}"


def main() -> int:
    # A process killed on purpose may leave half a data file, which coverage leaves out with a warning.
    coverage = [sys.executable, "-W", "ignore", "-m", "coverage"]
    subprocess.run([*coverage, "combine", "--quiet"], cwd=ROOT, check=True)
    target = FOLDER / "coverage.json"
    subprocess.run([*coverage, "json", "--quiet", "-o", str(target)], cwd=ROOT, check=True)
    measured = json.loads(target.read_text(encoding="utf-8"))["files"]
    problems = []
    for folder, share in shares(measured).items():
        floor = FLOORS[folder]
        print(f"coverage {folder or 'total':<15} {share.percent:6.2f} %  (floor {floor:.0f} %)")
        if share.percent < floor:
            problems.append(f"{folder or 'total'}: {share.percent:.2f} % is below its floor of {floor:.0f} %")
            problems += [
                _missing(name, facts, facts["missing_branches"])
                for name, facts in measured.items()
                if folder and name.startswith(folder) and (facts["missing_lines"] or facts["missing_branches"])
            ]
    return report(problems, "Test what is named, or remove it if nothing needs it. The floors are not lowered.")


if __name__ == "__main__":
    sys.exit(main())
