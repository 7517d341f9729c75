"""A till whose files were damaged or put back is rescued, enrolled again, and head office has every sale once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.folder import TILL_FILE
from tests.support.chain_of_tills import RunningTill, Served, at_work
from tests.support.commands import guitai
from tests.support.damage import FRAME_BYTES, PAGE_BYTES, WAL, flip

PHONE = "13912345678"


@pytest.fixture
def till(office: Served, tmp_path: Path) -> Iterator[RunningTill]:
    """One member enrolled, one sale of 100 yuan at head office."""
    with at_work(tmp_path / "a", office, phone=PHONE, spent_minor=10_000) as made:
        yield made


def again(till: RunningTill, office: Served) -> None:
    """A new code of head office for the same place, and on."""
    place = office.read("SELECT till_id FROM till_stream")[0][0]
    made = guitai("hq", "till", "add", "--data", office.folder, "--store", "s027", "--till", place, "--json")
    assert made.code == 0, made.err
    done = guitai("enrol", "--data", till.data, "--url", office.address, "--code", json.loads(made.out)["code"])
    assert done.code == 0, done.err
    till.start()
    till.synced()


def agreed(till: RunningTill, office: Served, points: int) -> None:
    """Every fact is at head office once, and the till shows what head office has."""
    assert till.do(do="find", text=PHONE, pick=0)["points"] == points
    assert till.stop() == 0
    rows = office.read("SELECT raw FROM feed_row WHERE kind = 'account' AND raw IS NOT NULL")
    assert [json.loads(raw)["balance"] for (raw,) in rows] == [points]
    assert office.differences(till.data) == []
    office.verify()


def said(data: Path, language: str) -> str:
    """What the till says instead of opening."""
    ran = guitai("--lang", language, "till", "--headless", "--script", "-", "--data", data, given="")
    assert ran.code == 36
    return ran.err


def test_sales_behind_a_torn_log_reach_head_office(till: RunningTill, office: Served) -> None:
    till.do(do="online", on=False)
    for _ in range(3):
        till.sell(5_000, PHONE)
    log = (till.data / WAL).read_bytes()
    till.kill()
    (till.data / WAL).write_bytes(log)
    flip(till.data / WAL, len(log) - 5 * FRAME_BYTES + 700)
    assert "The end of till.db is lost" in said(till.data, "en")
    assert "暂停销售" in said(till.data, "zh_CN")
    refused = guitai("--lang", "en", "enrol", "--data", till.data, "--url", office.address, "--code", "1")
    assert "Run guitai rescue" in refused.err
    done = guitai("--lang", "en", "rescue", "--data", till.data)
    assert (done.code, done.err) == (0, "")
    assert "NOT saved" not in done.out
    assert "Ask head office for a code" in done.out
    assert guitai("--lang", "en", "till", "--headless", "--script", "-", "--data", till.data, given="").code == 37
    again(till, office)
    till.sell(1_000, PHONE)
    till.synced()
    agreed(till, office, 260)


def test_a_damaged_page_loses_no_sale_and_both_languages_say_what_was_saved(till: RunningTill, office: Served) -> None:
    till.do(do="online", on=False)
    till.sell(5_000, PHONE)
    assert till.stop() == 0
    flip(till.data / TILL_FILE, 3 * PAGE_BYTES + 5)
    assert guitai("--lang", "en", "verify", "--data", till.data).code == 16
    copy = Path(shutil.copytree(till.data, till.data.with_name("copy")))
    chinese = guitai("--lang", "zh_CN", "rescue", "--data", copy)
    assert (chinese.code, chinese.err) == (0, "")
    assert "已救出" in chinese.out
    done = guitai("--lang", "en", "rescue", "--data", till.data)
    assert "1 of" in done.out
    assert guitai("--lang", "en", "rescue", "--data", till.data).out.startswith("Nothing is wrong")
    again(till, office)
    agreed(till, office, 150)


def test_a_copy_that_was_put_back_sends_everything_under_a_new_identity(till: RunningTill, office: Served) -> None:
    assert till.stop() == 0
    copy = Path(shutil.copy(till.data / TILL_FILE, till.data.with_name("copy.db")))
    till.start()
    till.sell(5_000, PHONE)
    till.synced()
    assert till.stop() == 0
    done = guitai("--lang", "en", "restore", "--data", till.data, "--from", copy)
    assert (done.code, "are kept in replaced-" in done.out) == (0, True)
    again(till, office)
    till.sell(2_000, PHONE)
    till.synced()
    agreed(till, office, 170)
