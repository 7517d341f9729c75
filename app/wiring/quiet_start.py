"""The garbage collector rests while a till starts.

It would look through a hundred thousand new objects several times over, and all of them stay.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

STARTED_AFTER_S = 3.0


@contextmanager
def collector_rests(for_s: float = STARTED_AFTER_S) -> Iterator[None]:
    """No collections for so long; what was made until then is never looked through again."""
    gc.disable()
    started = Timer(for_s, _started)
    started.daemon = True
    started.start()
    try:
        yield
    finally:
        started.cancel()
        gc.enable()


def _started() -> None:
    gc.freeze()
    gc.enable()
