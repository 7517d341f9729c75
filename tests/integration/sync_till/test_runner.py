"""The runner in this process against a real head office: progress is told, a disk that fails for now is waited out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.errors import StoreError
from app.store.syncing import TillSync
from sync.till import runner as running
from tests.support.head_office import HeadOffice
from tests.support.running import run


def test_head_office_is_told_how_far_this_till_is(
    office: HeadOffice, data: Path, enrol: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert enrol(office.address, office.code()) == 0
    monkeypatch.setattr(running, "PROGRESS_EVERY_S", 0.0)
    _, paths = run(
        data, office.address, lambda _runner, _news, paths: any(path.startswith("/progress") for path in paths)
    )
    assert "/progress 200" in paths


def test_a_disk_that_fails_for_now_is_waited_out_and_said(
    office: HeadOffice, data: Path, enrol: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert enrol(office.address, office.code()) == 0
    monkeypatch.setattr(running, "DISK_AGAIN_S", 0.01)
    whole, failed = TillSync.start_incarnation, []

    def full_at_first(store: TillSync, seen: Any) -> None:
        if len(failed) < 3:
            failed.append(seen)
            raise StoreError("disk_full")
        whole(store, seen)

    monkeypatch.setattr(TillSync, "start_incarnation", full_at_first)
    news, _ = run(data, office.address, lambda _runner, news, _paths: bool(news) and news[-1].get("phase") == "idle")
    said = [(one["phase"], one["problem"]) for one in news if one["push"] == "status"]
    assert ("trouble", "disk_full") in said
    assert said[-1] == ("idle", "")
