"""Playing seeds and finding the few steps of one that fails: `make simulate SEEDS=n FIRST_SEED=k`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.simulation.generation import copied_from
from tests.simulation.plan import Step, plan_of
from tests.simulation.stage import make_template, memory
from tests.simulation.world import World

CUTS = (8, 4, 2, 1)
"""How many steps are left out at once when a seed is shrunk."""


@dataclass(frozen=True)
class Played:
    """What happened, and why it must not; `failure` empty: everything held."""

    seed: int
    trace: tuple[str, ...]
    failure: str = ""


def play(seed: int, template: Path, folder: Path, plan: Sequence[Step] | None = None) -> Played:
    """One world from its beginning to its end. Any exception of the program is a failure as well."""
    failure = ""
    with copied_from(template):
        world = World(seed, template, folder, plan)
        try:
            world.run()
        except Exception as error:  # noqa: BLE001 whatever a seed brings to light is what it is played for
            failure = f"{type(error).__name__}: {error}".splitlines()[0]
        finally:
            world.close()
    return Played(seed, tuple(world.trace), failure)


def shrunk(seed: int, template: Path, folder: Path) -> tuple[tuple[Step, ...], Played]:
    """The steps of a failing seed without which it fails no more, found by leaving out ever smaller runs of them."""
    plan = plan_of(seed)
    last = play(seed, template, folder, plan)
    for size in CUTS:
        start = 0
        while start < len(plan):
            shorter = plan[:start] + plan[start + size :]
            found = play(seed, template, folder, shorter)
            if found.failure:
                plan, last = shorter, found
            else:
                start += size
    return plan, last


def told(seed: int, plan: Sequence[Step], last: Played) -> Iterator[str]:
    """A failing seed in words: what does not hold, which steps are enough, how to see it again."""
    yield f"seed {seed}: {last.failure}"
    yield f"  again: make simulate SEEDS=1 FIRST_SEED={seed}"
    yield f"  {len(plan)} of {len(plan_of(seed))} steps are enough:"
    yield from (f"    [{step.no}] {step.till} {step.do.value}" for step in plan)
    yield "  what happened last:"
    yield from (f"    {line}" for line in last.trace[-30:])


def main(arguments: list[str]) -> int:
    """Play seeds one after another; the first that fails is shrunk and told."""
    parser = argparse.ArgumentParser(prog="make simulate")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first-seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    began = time.process_time()
    with tempfile.TemporaryDirectory(prefix="guitai-simulate-", dir=memory()) as name:
        template, folder = make_template(Path(name) / "template"), Path(name) / "world"
        for seed in range(asked.first_seed, asked.first_seed + asked.seeds):
            if play(seed, template, folder).failure:
                print("\n".join(told(seed, *shrunk(seed, template, folder))))
                return 1
    spent_ms = (time.process_time() - began) * 1000 / max(1, asked.seeds)
    print(f"{asked.seeds} seeds from {asked.first_seed}: everything held; {spent_ms:.0f} ms of processor time a seed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
