"""Pages nobody should ever send: each is taken, or refused whole, and the till's files stay as they were."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.clock import ManualClock
from app.domain.chain import INT_MAX
from app.services.sync_ports import SeenHeadOffice
from app.store import keys
from app.store.files import TillFiles
from app.store.syncing import TillSync
from sync.protocol.shapes import PullResponse, WireRow
from sync.till import disk
from sync.till.values import ApplyPage, Done
from tests.support import tills
from tests.support.facts import open_shift
from tests.support.feed import REGION, account, card, member, page

OWN = f"till:{tills.SETUP.till_id}"
KINDS = ("member", "card", "account", "coupon", "programme", "erasure", "settings", "staff", "product", "number_block",
         "event_result", "grant", "command", "sale_line", "day_figures", "stargazing")  # fmt: skip
NAMES = ("name", "phone", "number", "member_id", "balance", "document", "staff_no", "barcodes", "series", "first",
         "last", "closed", "epoch", "seq", "outcome", "rows", "values", "account_kind", "pinyin")  # fmt: skip
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False)
    | st.sampled_from(["\ud800", "\x00", 10**30, -1, 1, "1", "applied"])
)  # fmt: skip
VALUES = st.recursive(
    SCALARS, lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from(NAMES), one), max_leaves=6
)
RAWS = (
    st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=12).map(json.dumps)
    | VALUES.map(json.dumps)
    | st.text(max_size=30)
    | st.none()
)
COUNTS = st.integers(1, 9) | st.just(INT_MAX)
ROWS = st.lists(
    st.builds(
        WireRow,
        kind=st.sampled_from(KINDS),
        id=st.sampled_from(["1", "a:b", "01920000-0000-7000-8000-000000000001", "demo:1"]),
        ver=COUNTS,
        row_seq=COUNTS,
        raw=RAWS,
        peers=st.none() | st.dictionaries(st.text(max_size=4), COUNTS, max_size=2),
    ),
    max_size=4,
)


@pytest.fixture
def sync(folder: Path, files: TillFiles) -> Iterator[TillSync]:
    """A till that has met head office, with one member of 100 points."""
    open_shift(files)
    made = TillSync(folder, keys.load(folder, os.environ), ManualClock(tills.NOW_MS), lambda _: None)
    made.start_incarnation(SeenHeadOffice(1, "i1", "l1"))
    made.apply_page(page(member(), card(), account(100)))
    yield made
    made.close()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=ROWS,
    bucket=st.sampled_from([OWN, REGION, "chain", "store:s027"]),
    marks=st.tuples(st.booleans(), st.booleans(), st.booleans()),
)
def test_any_page_is_taken_or_refused_and_the_till_goes_on(
    sync: TillSync, rows: list[WireRow], bucket: str, marks: tuple[bool, bool, bool]
) -> None:
    before = sync.load().cursors.get(bucket, 0)
    first, last, replace = marks
    made = PullResponse(rows=rows, next=5, last=last, seq=5, live_rows=len(rows), checksum="0" * 16)
    done = disk.carry_out(sync, ApplyPage(bucket, made, 1, first, replace))
    assert isinstance(done, Done)
    after: Any = sync.load().cursors.get(bucket, 0)
    assert after == (5 if done.read else before)
    assert sync.apply_page(page(member(ver=INT_MAX - 1), bucket=REGION)) in (True, False)


def test_a_row_beyond_what_a_file_can_hold_is_refused_and_nothing_of_its_page_is_kept(sync: TillSync) -> None:
    before = sync.load()
    rows = [
        WireRow(kind="account", id=f"a-{seq}", ver=1, row_seq=seq, raw=json.dumps({"balance": balance}))
        for seq, balance in ((4, 5), (5, 10**30))
    ]
    made = PullResponse(rows=rows, next=9, last=True, seq=9, live_rows=5, checksum="0" * 16)
    assert disk.carry_out(sync, ApplyPage(REGION, made, 1, False, False)) == Done(holds=False, read=False)
    assert sync.load() == before
