"""Receipt templates from head office: in till.db when they can be printed, and on the papers of an open till."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.template import PaperKind, TextNode
from app.services.sync_ports import FeedRow, SeenHeadOffice
from app.store.files import TillFiles
from app.store.syncing import TillSync
from app.wiring.till import open_till
from tests.support.feed import gone, page, row

GOOD = 'kind = "day"\nblocks = [{text = "chain"}, {cut = true}]'
BETTER = GOOD.replace("chain", "better")


@pytest.fixture
def sync(open_sync: Callable[[], TillSync]) -> TillSync:
    """A till that has just met head office."""
    made = open_sync()
    made.start_incarnation(SeenHeadOffice(1, "first", "life-1"))
    return made


def given(ver: int, text: str, name: str = "day") -> FeedRow:
    return row("template", f"{name}:zh_CN", ver, ver, name=name, language="zh_CN", text=text)


def come(sync: TillSync, one: FeedRow) -> None:
    live = () if one.raw is None else (one,)
    assert sync.apply_page(page(one, bucket="chain", after=one.row_seq - 1, live=live))


def test_a_template_comes_changes_and_is_withdrawn(files: TillFiles, sync: TillSync) -> None:
    assert files.essentials.template("day", "zh_CN") is None
    come(sync, given(1, GOOD))
    assert (files.essentials.template("day", "zh_CN"), files.essentials.template("day", "en")) == (GOOD, None)
    come(sync, given(2, BETTER))
    assert files.essentials.template("day", "zh_CN") == BETTER
    come(sync, gone("template", "day:zh_CN", 3, 3))
    assert files.essentials.template("day", "zh_CN") is None


@pytest.mark.parametrize(
    "bad", ["kind = ", BETTER.replace("text", "txet"), BETTER.replace("day", "cash"), BETTER.replace("cut", "feed")]
)
def test_one_that_cannot_be_printed_leaves_the_last_good_one(
    files: TillFiles, sync: TillSync, bad: str, caplog: pytest.LogCaptureFixture
) -> None:
    come(sync, given(1, GOOD))
    come(sync, given(2, bad))
    assert files.essentials.template("day", "zh_CN") == GOOD
    assert "template_refused" in caplog.text


def test_what_is_no_paper_of_a_till_is_left_alone(files: TillFiles, sync: TillSync) -> None:
    come(sync, given(1, "Dear {{name}}", "birthday_text"))
    assert files.essentials.template("birthday_text", "zh_CN") is None


def test_an_open_till_prints_what_the_chain_says(folder: Path, sync: TillSync) -> None:
    opened = open_till(folder, os.environ)
    come(sync, given(1, GOOD))
    assert opened.till.papers.template(PaperKind.DAY).nodes[0] == TextNode(("chain",))
    come(sync, given(2, BETTER))
    assert opened.till.papers.template(PaperKind.DAY).nodes[0] == TextNode(("better",))
    opened.close()
