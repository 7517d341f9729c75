"""The garbage collector rests while much is made that stays, or goes by itself: its walks take a third of such work."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def rests() -> Iterator[None]:
    """No collections inside; for values without cycles, by the hundred thousand."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
