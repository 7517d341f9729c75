"""The garbage collector rests at the start of a till, and only then."""

from __future__ import annotations

import gc
import time

from app.wiring.quiet_start import collector_rests

WAIT_S = 10.0


def test_the_collector_rests_within_and_works_after_a_short_start() -> None:
    with collector_rests():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_works_again_once_the_till_has_started() -> None:
    until_s = time.monotonic() + WAIT_S
    try:
        with collector_rests(0.0):
            while not gc.isenabled() and time.monotonic() < until_s:
                pass
            assert gc.isenabled()
            assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
