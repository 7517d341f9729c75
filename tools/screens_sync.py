"""What head office is doing in the pictures; used by tools/screens_stage.py only."""

from __future__ import annotations

from tests.support.stage import Stage
from ui.presenters.head_office import HeadOfficeState, Link


def load(stage: Stage) -> None:
    """A first load on its way, with a part of it mended."""
    stage.shell.sync_status(
        HeadOfficeState(
            Link.SYNCING, 40, 67, success_ms=stage.fake.clock.now_ms(), rows_done=643_271, rows_whole=1_024_318,
            rate_per_s=9_640, left_s=40, repaired=2,
        )
    )  # fmt: skip
