"""Learning a keyboard scanner: its real gaps become limits that it and no typing person keeps."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config import load, save_devices
from app.resources import resources
from devices.scanner.wedge import Timing, Wedge
from devices.scanner.wedge_learning import SCANS_WANTED, SILENCE_MS, Learned, WedgeLearner

CODE = "6901234567892"


def scan(learner: WedgeLearner[str], gap_ms: int, start_ms: int = 0, end: str = "\r") -> int:
    at_ms = start_ms
    for char in CODE:
        assert learner.key(char, char, at_ms).swallow
        at_ms += gap_ms
    if end:
        assert learner.key(end, end, at_ms).swallow
    else:
        learner.flush()
    return at_ms + 1_000


def taught(gap_ms: int, end: str = "\r") -> Learned:
    learner: WedgeLearner[str] = WedgeLearner()
    at_ms = 0
    for _ in range(SCANS_WANTED):
        assert learner.learned is None
        at_ms = scan(learner, gap_ms, at_ms, end)
    assert learner.learned is not None
    return learner.learned


@pytest.mark.parametrize(
    ("gap_ms", "timing"),
    [(2, Timing(15, 100, 15)), (12, Timing(24, 100, 24)), (60, Timing(100, 120, 100)), (90, Timing(100, 180, 100))],
)
def test_the_limits_are_twice_what_was_seen_within_reason(gap_ms: int, timing: Timing) -> None:
    learned = taught(gap_ms)
    assert (learned, learned.timing) == (Learned(gap_ms, gap_ms, terminated=True), timing)


@given(st.integers(1, 95))
def test_a_learned_scanner_is_known_by_its_wedge(gap_ms: int) -> None:
    wedge: Wedge[str] = Wedge(taught(gap_ms).timing)
    verdicts = [wedge.key(char, char, place * gap_ms) for place, char in enumerate(f"{CODE}\r")]
    assert verdicts[-1].scan == CODE


def test_a_scanner_without_enter_is_said_to_have_none() -> None:
    assert not taught(10, end="").terminated


def test_a_pause_ends_a_scan_too() -> None:
    learner: WedgeLearner[str] = WedgeLearner()
    for number in range(SCANS_WANTED + 1):
        for place, char in enumerate(CODE):
            learner.key(char, char, number * (SILENCE_MS + 1_000) + place)
    assert learner.scans == SCANS_WANTED


def test_typing_other_keys_and_held_keys_teach_nothing() -> None:
    learner: WedgeLearner[str] = WedgeLearner()
    for place, char in enumerate("zhangsan"):
        learner.key(char, char, place * 180)
    learner.key("\r", "\r", 2_000)
    learner.key("12345", "12345", 3_000)
    for place in range(20):
        learner.key("a", "a", 4_000 + place * 30, auto_repeat=place > 0)
    assert not learner.key("F2", "", 5_000).swallow
    learner.flush()
    assert (learner.scans, learner.learned, learner.settings) == (0, None, None)


def test_what_was_learned_is_kept_in_the_tills_set_up(tmp_path: Path) -> None:
    learner: WedgeLearner[str] = WedgeLearner()
    for number in range(SCANS_WANTED):
        scan(learner, 60, number * 5_000)
    assert learner.settings is not None
    save_devices(tmp_path, learner.settings)
    kept = load(resources() / "default.toml", tmp_path, {}).scanner
    assert (kept.wedge_gap_ms, kept.wedge_hold_ms, kept.wedge_flush_ms) == (100, 100, 120)


def test_what_was_scanned_and_how_it_ended_is_known() -> None:
    learner: WedgeLearner[str] = WedgeLearner()
    at_ms = scan(learner, 8)
    at_ms = scan(learner, 8, at_ms, "\t")
    scan(learner, 8, at_ms, "")
    assert learner.texts == ((CODE, "enter"), (CODE, "tab"), (CODE, "silence"))
