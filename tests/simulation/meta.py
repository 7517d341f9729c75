"""The simulator's own proof: with any one rule taken away it must fail. `make prove` writes how soon into the docs."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.simulation.plan import Step, plan_of
from tests.simulation.play import play
from tests.simulation.removed import Removal
from tests.simulation.removed_print import REMOVALS
from tests.simulation.stage import make_template, memory
from tools.files import ROOT

SEEDS_MAX = 2_000
TABLE = ROOT / "docs" / "protocol.md"
BEGIN, END = "<!-- how soon a missing rule is noticed: begin -->\n", "<!-- end -->\n"
HEADER = "| taken away | carried by | seeds until caught |\n|---|---|---|\n"


def seeds_until_caught(removal: Removal, template: Path, folder: Path, most: int) -> tuple[int, str] | None:
    """How many seeds were played until one failed without the rule, and what did not hold; None: none of `most`.

    A seed that fails with the rule in its place tells nothing, and is passed over.
    """
    for seed in range(most):
        failure = _failure(removal, seed, template, folder)
        if failure and not play(seed, template, folder / f"{seed}", _plan(removal, seed)).failure:
            return seed + 1, failure
    return None


def _failure(removal: Removal, seed: int, template: Path, folder: Path) -> str:
    with pytest.MonkeyPatch.context() as patch:
        removal.take_away(patch)
        played = play(seed, template, folder / f"{seed}", _plan(removal, seed))
        again = play(seed, template, folder / f"{seed}", _plan(removal, seed)) if removal.twice else played
    return played.failure or ("" if again == played else "the same seed was another history")


def _plan(removal: Removal, seed: int) -> Sequence[Step]:
    return plan_of(seed, often=removal.often)


def table(found: Mapping[str, str]) -> str:
    """The lines of docs/protocol.md, between its markers. `found`: seeds by rule."""
    lines = [f"| {one.rule} | `{one.carried_by}` | {found.get(one.rule, 'not played')} |" for one in REMOVALS]
    return HEADER + "".join(f"{line}\n" for line in lines)


def written(text: str, found: Mapping[str, str]) -> str:
    """The document with the table in it."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table(found)}{END}{after}"


def main(arguments: list[str]) -> int:
    """Take every rule away in turn; 1 when one was not missed. `--only`: those whose name contains it."""
    parser = argparse.ArgumentParser(prog="meta")
    parser.add_argument("--most", type=int, default=SEEDS_MAX)
    parser.add_argument("--only", default="")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args(arguments)
    found: dict[str, str] = {}
    missed = True
    with tempfile.TemporaryDirectory(prefix="guitai-meta-", dir=memory()) as name:
        template = make_template(Path(name) / "template")
        for one in (one for one in REMOVALS if asked.only in one.rule):
            caught = seeds_until_caught(one, template, Path(name), asked.most)
            found[one.rule] = str(caught[0]) if caught else f"none of {asked.most}"
            missed = missed and caught is not None
            print(f"{one.rule}: {caught[0]} ({caught[1][:150]})" if caught else f"{one.rule}: not missed", flush=True)
    if asked.write:
        TABLE.write_text(written(TABLE.read_text(encoding="utf-8"), found), encoding="utf-8")
    return 0 if missed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
