"""A receipt cut off by a crash is said at the next start; one that was sold or emptied is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.store.open_basket import MARK_FILE, OpenBasketMark
from tests.support.stage import Stage
from ui.presenters.keys import Key
from ui.theme.names import Role


def stage_in(folder: Path) -> Stage:
    """Another start of the program on the same folder."""
    stage = Stage()
    stage.fake = replace(stage.fake, till=replace(stage.fake.till, open_basket=OpenBasketMark(folder)))
    return stage.sign_on()


def test_a_receipt_that_was_open_is_said_once(tmp_path: Path) -> None:
    before = stage_in(tmp_path)
    before.scan(before.barcode(0))
    assert (tmp_path / MARK_FILE).stat().st_size == 0
    notice = stage_in(tmp_path).cart.state.notice
    assert notice is not None
    assert "nothing was sold" in notice.text
    assert notice.role is Role.ATTENTION
    again = Stage()
    again.fake = replace(again.fake, till=replace(again.fake.till, open_basket=before.fake.till.open_basket))
    assert again.sign_on().cart.state.notice is None


def test_a_sold_or_an_emptied_receipt_leaves_no_mark(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    stage.scan(stage.barcode(0))
    stage.shell.key(Key.F10)
    stage.shell.key(Key.ENTER)
    assert not (tmp_path / MARK_FILE).exists()
    stage.scan(stage.barcode(0))
    assert (tmp_path / MARK_FILE).exists()
    stage.shell.key(Key.ESC)
    stage.shell.key(Key.ESC)
    assert not (tmp_path / MARK_FILE).exists()
    assert stage_in(tmp_path).cart.state.notice is None


def test_an_ordered_end_leaves_no_mark_and_a_full_disk_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mark = OpenBasketMark(tmp_path)
    mark.keep(is_open=True)
    mark.close()
    assert not OpenBasketMark(tmp_path).take_left()
    nowhere = OpenBasketMark(tmp_path / "nowhere")
    nowhere.keep(is_open=True)
    nowhere.keep(is_open=False)
    nowhere.close()
    assert "open basket not marked" in caplog.text
