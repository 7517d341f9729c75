"""Which cases of the kill matrices run: `make test` takes every second place, `make prove` all of them."""

from __future__ import annotations

import os

from app.failpoints import Failpoint

WHOLE = "GUITAI_WHOLE_MATRIX"
"""Set by `make prove`."""


def places(*starts: str) -> list[Failpoint]:
    """Failpoints whose names begin so. A part is counted from the last: what follows a commit is in it."""
    found = [place for place in Failpoint if place.value.startswith(starts)]
    return found if os.environ.get(WHOLE) else found[::-2][::-1]
