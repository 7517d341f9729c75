"""How seeds are counted over many runs, and how a failing one becomes the few steps that fail."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.simulation import meta, prove
from tests.simulation.checks import Watch
from tests.simulation.plan import SIZES, Do, plan_of
from tests.simulation.play import play, shrunk, told
from tests.simulation.prove import Run
from tests.simulation.removed import Removal
from tests.simulation.removed_print import REMOVALS
from tests.simulation.world import World

HELD = Run("aaa", 0, 100, {}, 20.0)
FAILED = Run("aaa", 250, 100, {"307": "lost"}, 30.0, twice=50)
OTHER = Run("bbb", 0, 100, {}, 10.0)


def test_a_run_counts_once_and_the_later_one_stands() -> None:
    again = Run("aaa", 250, 100, {}, 31.0)
    assert prove.merged([OTHER, FAILED, HELD, again]) == [HELD, again, OTHER]
    assert prove.runs_in(json.dumps([asdict(HELD), asdict(FAILED)])) == [HELD, FAILED]
    assert prove.runs_in("") == []


def test_only_what_this_commit_has_not_played_is_missing() -> None:
    assert prove.missing([HELD, OTHER], "aaa", 750) == [250, 500]
    assert prove.missing([HELD, OTHER], "ccc", 500) == [0, 250]


def test_the_summary_counts_by_commit_and_names_what_failed() -> None:
    assert prove.summary([HELD, FAILED, OTHER]) == [
        "aaa: 199 of 200 seeds hold, 50 twice, 200 ms each",
        "bbb: 100 of 100 seeds hold, 0 twice, 100 ms each",
        "all commits: 300 seeds, 1 failures",
        "  seed 307: lost",
    ]


def test_the_document_says_of_every_rule_how_soon_its_absence_is_noticed() -> None:
    text = meta.TABLE.read_text(encoding="utf-8")
    assert [one.rule for one in REMOVALS if f"| {one.rule} | `{one.carried_by}` |" not in text] == []
    assert meta.written(f"before\n{meta.BEGIN}old\n{meta.END}after\n", {"rule 3": "7"}).count("| 7 |") == 1


def test_results_are_kept_whole(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "simulation.json"
    prove.keep(path, [HELD])
    prove.keep(path, [HELD, OTHER])
    assert prove.runs_in(path.read_text(encoding="utf-8")) == [HELD, OTHER]
    assert [one.name for one in path.parent.iterdir()] == ["simulation.json"]


def test_a_step_left_out_leaves_the_others_as_they_are() -> None:
    whole = plan_of(3)
    assert len(whole) in SIZES
    assert plan_of(3, left_out=(0, 5)) == tuple(step for step in whole if step.no not in (0, 5))


def test_a_removal_may_want_more_of_a_step_and_no_other_world_changes() -> None:
    wanted = {Do.POWER: 1_000}
    more = [step.do for seed in range(20) for step in plan_of(seed, often=wanted)]
    assert more.count(Do.POWER) > len(more) / 2
    assert plan_of(3, often={}) == plan_of(3)


def test_a_world_ends_when_every_late_letter_is_there(template: Path, worlds: Path) -> None:
    world = World(7, template, worlds / "world")
    try:
        world.run()
        late = [line for line in world.trace if line.endswith(" late")]
        sent = [line for line in late if " sends " in line]
        assert sent
        assert world.network.late == 0
    finally:
        world.close()


def test_a_seed_that_fails_with_the_rule_in_its_place_tells_nothing(
    template: Path, worlds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Watch, "rested", lambda watch: watch.hold(False, "nothing ever holds"))
    nothing = Removal("none", "nobody", lambda _: None)
    assert play(0, template, worlds / "world").failure
    assert meta.seeds_until_caught(nothing, template, worlds, 2) is None


def test_a_failing_seed_shrinks_to_the_steps_that_matter(
    template: Path, worlds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    next(one for one in REMOVALS if one.rule == "rule 7").take_away(monkeypatch)
    seed = next(one for one in range(100) if play(one, template, worlds / "world").failure)
    plan, last = shrunk(seed, template, worlds / "world")
    lines = list(told(seed, plan, last))
    assert last.failure.startswith("AssertionError")
    assert len(plan) < len(plan_of(seed)) / 2
    assert lines[1] == f"  again: make simulate SEEDS=1 FIRST_SEED={seed}"
