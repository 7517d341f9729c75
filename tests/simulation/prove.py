"""`make prove`: seeds in parallel processes, kept in one file that grows: a run cut off goes on where it was.

`.run/prove/simulation.json` holds every finished run of seeds with its commit, its failures and its processor time.
Every AGAIN_EVERY-th seed is played twice, and both histories must be equal. `--merge` adds other such files.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from tests.simulation.play import play
from tests.simulation.stage import make_template, memory
from tools.files import ROOT

RESULTS = ROOT / ".run" / "prove" / "simulation.json"
SEEDS = 50_000
SEEDS_PER_RUN = 250
AGAIN_EVERY = 10
RUNS_PER_PROCESS = 10
OTHER_HISTORY = "the same seed was another history"


@dataclass(frozen=True)
class Run:
    """`count` seeds from `first`, played at `commit`. `failed`: seed and what did not hold. `twice`: so many seeds."""

    commit: str
    first: int
    count: int
    failed: Mapping[str, str]
    processor_s: float
    twice: int = 0


def runs_in(text: str) -> list[Run]:
    """Every run of a results file; an empty text has none."""
    return [Run(**one) for one in json.loads(text)] if text else []


def merged(runs: Iterable[Run]) -> list[Run]:
    """One run per commit and first seed, the later one counts; in order."""
    return sorted({(run.commit, run.first): run for run in runs}.values(), key=lambda run: (run.commit, run.first))


def missing(runs: Iterable[Run], commit: str, seeds: int) -> list[int]:
    """The first seeds of the runs this commit has not played yet."""
    there = {run.first for run in runs if run.commit == commit}
    return [first for first in range(0, seeds, SEEDS_PER_RUN) if first not in there]


def summary(runs: Sequence[Run]) -> list[str]:
    """A line per commit, and the failures."""
    lines = []
    for commit in sorted({run.commit for run in runs}):
        mine = [run for run in runs if run.commit == commit]
        count, spent_s = sum(run.count for run in mine), sum(run.processor_s for run in mine)
        failed, twice = sum(len(run.failed) for run in mine), sum(run.twice for run in mine)
        plays_ms = spent_s * 1000 / (count + twice)
        lines.append(f"{commit}: {count - failed} of {count} seeds hold, {twice} twice, {plays_ms:.0f} ms each")
    lines.append(
        f"all commits: {sum(run.count for run in runs)} seeds, {sum(len(run.failed) for run in runs)} failures"
    )
    lines += [f"  seed {seed}: {what}" for run in runs for seed, what in run.failed.items()]
    return lines


def played(commit: str, first: int) -> Run:
    """One run, in a process of its own."""
    began, failed = time.process_time(), {}
    with tempfile.TemporaryDirectory(prefix="guitai-prove-", dir=memory()) as name:
        template = make_template(Path(name) / "template")
        for seed in range(first, first + SEEDS_PER_RUN):
            found = play(seed, template, Path(name) / "world")
            if found.failure:
                failed[str(seed)] = found.failure
            elif not seed % AGAIN_EVERY and play(seed, template, Path(name) / "world") != found:
                failed[str(seed)] = OTHER_HISTORY
    spent_s = round(time.process_time() - began, 3)
    return Run(commit, first, SEEDS_PER_RUN, failed, spent_s, len(range(0, SEEDS_PER_RUN, AGAIN_EVERY)))


def commit_here() -> str:
    """The commit that is played, with a + where files differ from it."""

    def git(*arguments: str) -> str:
        return subprocess.run(("git", *arguments), cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    return git("rev-parse", "--short=12", "HEAD") + ("+" if git("status", "--porcelain", "-uno") else "")


def keep(path: Path, runs: Sequence[Run]) -> None:
    """The results file, whole or as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps([asdict(run) for run in runs], indent=1), encoding="utf-8")
    draft.replace(path)


def main(arguments: list[str]) -> int:
    """Play what is missing, keep each run as it ends, say what there is."""
    parser = argparse.ArgumentParser(prog="make prove")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--merge", type=Path, nargs="*", default=())
    asked = parser.parse_args(arguments)
    commit = commit_here()
    there = [path.read_text(encoding="utf-8") for path in (*asked.merge, asked.results) if path.exists()]
    runs = merged(run for text in there for run in runs_in(text))
    firsts = missing(runs, commit, asked.seeds)
    # ProcessPoolExecutor of CPython 3.11 stands still when its last worker has had its tasks
    with get_context("spawn").Pool(asked.workers, maxtasksperchild=RUNS_PER_PROCESS) as pool:
        for done in pool.imap_unordered(partial(played, commit), firsts):
            runs = merged([*runs, done])
            keep(asked.results, runs)
    print("\n".join(summary(runs)))
    return 1 if any(run.failed for run in runs if run.commit == commit) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
