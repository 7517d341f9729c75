"""Tills come one after another: turns after a start, lanes while much goes on, nothing while there is room."""

from __future__ import annotations

import uuid

import pytest

from app.clock import ManualClock
from sync.hq.api.admission import (
    BUSY_S,
    BUSY_SPREAD_S,
    CASHIER,
    CHANNELS,
    FILES,
    LOADED_SPREAD_S,
    PULL,
    PUSH,
    WAIT_S_MAX,
    Admission,
    Lane,
    place_of,
)
from sync.hq.office import Limits

LIMITS = Limits(at_once_max=100, tills_first=10, tills_per_s=2)
NAMES = [str(uuid.UUID(int=number)) for number in range(500)]


def admission(tills: int, limits: Limits = LIMITS) -> tuple[Admission, ManualClock]:
    clock = ManualClock(0)
    return Admission(clock, limits, tills), clock


def test_places_are_spread_evenly_and_stay() -> None:
    places = [place_of(name) for name in NAMES]
    assert all(0 <= place < 1 for place in places)
    assert 200 < sum(place < 0.5 for place in places) < 300
    assert places == [place_of(name) for name in NAMES]


def test_after_a_start_more_and_more_tills_have_their_turn() -> None:
    gate, clock = admission(len(NAMES))
    inside = []
    for _ in range(6):
        inside.append(sum(gate.wait_s(PUSH, name, 1) == 0 for name in NAMES))
        clock.advance_s(50)
    assert inside == sorted(inside)
    assert inside[0] < 30
    assert 90 < inside[1] < 140
    assert inside[5] == len(NAMES)


def test_who_waits_as_long_as_told_comes_in() -> None:
    gate, clock = admission(len(NAMES))
    late = max(NAMES, key=place_of)
    wait_s = gate.wait_s(PULL, late, 1)
    clock.advance_s(wait_s - 0.01)
    assert 0 < gate.wait_s(PULL, late, 1) < 0.02
    clock.advance_s(0.02)
    assert gate.wait_s(PULL, late, 1) == 0


def test_no_wait_is_longer_than_a_quarter_of_an_hour() -> None:
    gate, _ = admission(1_000_000)
    assert gate.wait_s(PUSH, max(NAMES, key=place_of), 1) == WAIT_S_MAX


@pytest.mark.parametrize("lane", [CASHIER, CHANNELS])
def test_who_is_waited_for_needs_no_turn(lane: Lane) -> None:
    gate, _ = admission(1_000_000)
    assert [gate.wait_s(lane, name, 1) for name in NAMES[:20]] == [0.0] * 20
    assert gate.next_after_s(lane, NAMES[0], 100) == 0


@pytest.mark.parametrize(("lane", "most"), [(PUSH, 100), (CASHIER, 100), (PULL, 75), (CHANNELS, 75), (FILES, 50)])
def test_the_more_goes_on_the_fewer_lanes_are_open(lane: Lane, most: int) -> None:
    gate, _ = admission(0)
    assert gate.wait_s(lane, NAMES[0], most) == 0
    waits = [gate.wait_s(lane, name, most + 1) for name in NAMES]
    assert all(BUSY_S <= wait < BUSY_S + BUSY_SPREAD_S for wait in waits)
    assert max(waits) - min(waits) > BUSY_SPREAD_S / 2


def test_who_was_answered_stays_away_longer_the_fuller_it_is() -> None:
    gate, _ = admission(0)
    name = max(NAMES, key=place_of)
    assert gate.next_after_s(PULL, name, 37) == 0
    some, more, most = (gate.next_after_s(PULL, name, at_once) for at_once in (50, 70, 100))
    assert 0 < some < more < most <= LOADED_SPREAD_S
    assert gate.next_after_s(PUSH, name, 50) == 0
