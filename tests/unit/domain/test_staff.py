"""How long a wrong PIN makes one wait."""

from __future__ import annotations

import pytest

from app.domain.staff import LOCK_MS, Attempts, wait_ms

NOW = 1_000_000_000


@pytest.mark.parametrize(
    ("failed", "wait"),
    [(0, 0), (4, 0), (5, 5_000), (6, 10_000), (7, 20_000), (8, 40_000), (9, 80_000), (10, LOCK_MS), (99, LOCK_MS)],
)
def test_waiting_doubles_from_the_fifth_wrong_pin_and_locks_at_the_tenth(failed: int, wait: int) -> None:
    assert wait_ms(Attempts(failed, NOW), NOW) == wait


def test_time_passes() -> None:
    assert wait_ms(Attempts(5, NOW), NOW + 4_000) == 1_000
    assert wait_ms(Attempts(5, NOW), NOW + 6_000) == 0


def test_a_clock_set_back_never_shortens_the_wait() -> None:
    assert wait_ms(Attempts(10, NOW), NOW - 10 * LOCK_MS) == LOCK_MS
