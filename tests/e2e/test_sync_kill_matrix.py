"""The sync process killed at each of its places: nothing is lost, doubled or shown twice afterwards."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.failpoints import Failpoint
from app.store.folder import cache_file
from tests.support.chain_of_tills import RunningTill, Served, buckets, enrolled, outbox
from tests.support.matrix import places

WAIT_S = 60
PHONE = "13912345678"
PLACES = places("sync.")


class Chain:
    """One head office and one till for the whole matrix, and what was earned so far."""

    def __init__(self, folder: Path) -> None:
        self.office = Served(folder / "hq").make()
        self.office.start()
        self.till = enrolled(folder / "a", self.office).start()
        self.till.synced()
        self.card = self.till.do(do="enrol", phone=PHONE, name="王小明")["card"]
        self.till.synced()
        assert self.till.stop() == 0
        self.earned = 0

    def lose_cache(self) -> None:
        """The next start builds a generation: pages and a switch, whatever else."""
        for path in self.till.data.glob("cache-*.db*"):
            path.unlink()


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> object:
    made = Chain(tmp_path_factory.mktemp("chain"))
    yield made
    if made.till.process is not None:
        made.till.kill()
    made.office.kill()


def killed(till: RunningTill) -> None:
    """Wait until the sync process was ended at its place."""
    end = time.monotonic() + WAIT_S
    while till.do(do="status")["sync"].get("problem") != "exit_-9":
        assert time.monotonic() < end, "the place was never reached"


@pytest.mark.parametrize("place", PLACES, ids=[place.value for place in PLACES])
def test_a_sync_process_killed_anywhere_loses_and_doubles_nothing(
    place: Failpoint, chain: Chain, record_property: Callable[[str, object], None]
) -> None:
    record_property("sync kill matrix", place.value)
    till = chain.till
    chain.lose_cache()
    till.start({"GUITAI_FAILPOINT": place.value})
    till.do(do="scan", code=chain.card)
    till.do(do="line", unit_minor=4_200)
    chain.earned += till.do(do="pay")["earned"]
    killed(till)
    assert till.stop() == 0
    till.start()
    till.synced()
    found = till.do(do="find", text=PHONE, pick=0)
    assert (found["points"], found["pending_points"]) == (chain.earned, 0)
    assert till.stop() == 0
    assert outbox(till.data) == 0
    rows = chain.office.read("SELECT raw FROM feed_row WHERE kind = 'account' AND raw IS NOT NULL")
    assert sum(json.loads(raw)["balance"] for (raw,) in rows) == chain.earned
    assert chain.office.differences(till.data) == []
    heads = {name: rest for name, *rest in chain.office.read("SELECT id, seq, live_rows, checksum FROM bucket")}
    assert all(list(held) == heads[name] for name, held in buckets(till.data).items())
    assert (till.data / cache_file(1)).exists() is False
