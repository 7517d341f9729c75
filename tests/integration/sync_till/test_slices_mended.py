"""A cache that differs from head office, over HTTP: found out, and only the slices that differ are fetched again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from app.store import connect
from app.store.connect import CACHE
from app.store.folder import TILL_FILE, cache_file
from sync.protocol.buckets import slice_of
from sync.till import machine
from sync.till import runner as running
from sync.till.runner import Runner
from tests.support.head_office import HeadOffice
from tests.support.held import REGION, here, member_id, put, synced, there, till_db
from tests.support.running import News, run

MEMBERS = 300
NEW = member_id(0xFFFFF)
Bend = tuple[str, Sequence[object]]


@pytest.fixture
def loaded(office: HeadOffice, data: Path, enrol: Callable[..., int]) -> Path:
    """A till that holds a bucket as head office does."""
    assert enrol(office.address, office.code()) == 0
    put(office, REGION, *range(MEMBERS))
    run(data, office.address, synced)
    assert here(data, REGION) == there(office, REGION)
    return data


def bend(data: Path, *changes: Bend) -> None:
    """Statements of nobody's, into the cache in use."""
    till, ring = till_db(data)
    number = till.execute("SELECT cache_no FROM meta").fetchone()[0]
    till.close()
    path = data / cache_file(number)
    cache = connect.connect(path, ring.key(path.name), CACHE)
    for statement, values in changes:
        assert cache.execute(statement, values).rowcount == 1
    cache.close()


def truth(data: Path) -> str:
    """The till's own file, everything but what head office was last seen as."""
    till, _ = till_db(data)
    found = [
        till.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in ("event", "till_row", "product")
    ]
    till.close()
    return hashlib.sha256(repr(found).encode()).hexdigest()


FLIPPED: Bend = ("UPDATE member SET raw = replace(raw, '张小凡7\"', '张大凡7\"') WHERE id = ?", (member_id(7),))
MISSING: Bend = ("DELETE FROM member WHERE id = ?", (member_id(8),))
EXTRA: Bend = (
    "INSERT INTO member (bucket, id, incarnation_no, ver, row_seq, raw, h)"
    " SELECT bucket, ?, incarnation_no, ver, row_seq, replace(raw, id, ?), h FROM member WHERE id = ?",
    (NEW, NEW, member_id(9)),
)
WRONG_SUM: Bend = ("UPDATE bucket SET checksum = x'0000000000000001' WHERE id = ?", (REGION,))


@pytest.mark.parametrize(
    ("changes", "ids"),
    [
        ((FLIPPED,), (member_id(7),)),
        ((MISSING,), (member_id(8),)),
        ((EXTRA,), (NEW,)),
        ((FLIPPED, MISSING, EXTRA), (member_id(7), member_id(8), NEW)),
        ((WRONG_SUM,), ()),
    ],
    ids=["a flipped row", "a missing row", "an extra row", "all of them", "only the sum"],
)
def test_a_count_finds_what_differs_and_fetches_those_slices_alone(
    changes: tuple[Bend, ...],
    ids: tuple[str, ...],
    office: HeadOffice,
    loaded: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running, "COMPARE_WITHIN_S", 1)
    monkeypatch.setattr(machine, "WAIT_S_MAX", 1)  # a count waits for the poll before it
    bend(loaded, *changes)
    before = truth(loaded)
    slices = {slice_of("member", one) for one in ids}
    seen: list[str] = []

    def mended(runner: Runner, news: News, paths: list[str]) -> bool:
        seen[:] = [path for path in paths if path.startswith(("/verify", "/pull"))]
        verified = len([path for path in seen if path.startswith("/verify")])
        return verified >= (2 + len(slices) if slices else 1) and synced(runner, news, paths)

    news, _ = run(loaded, office.address, mended)
    assert [path for path in seen if path.startswith("/pull")] == []
    assert len(seen) == (2 + len(slices) if slices else 1), "the sums, the slices that differ, the sums again"
    assert here(loaded, REGION) == there(office, REGION)
    assert truth(loaded) == before
    assert "repair" in {one.get("problem") for one in news}
    assert (loaded / TILL_FILE).exists()


def test_a_checksum_that_does_not_hold_after_a_pull_mends_the_bucket(office: HeadOffice, loaded: Path) -> None:
    bend(loaded, WRONG_SUM, MISSING)
    put(office, REGION, MEMBERS)
    _, paths = run(loaded, office.address, synced)
    assert len([path for path in paths if path.startswith("/pull")]) == 1
    assert len([path for path in paths if path.startswith("/verify")]) == 3
    assert here(loaded, REGION) == there(office, REGION)
