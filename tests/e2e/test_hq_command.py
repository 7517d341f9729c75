"""`guitai hq` as processes: make a head office, serve it, enrol a till, stop it, find everything in order."""

from __future__ import annotations

import json
from pathlib import Path

import httpx

from tests.support.commands import ROOT, guitai
from tests.support.hq_process import serving
from tests.support.wire_client import WireTill, enrol_member, sell


def test_a_head_office_is_made_served_and_found_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "hq"
    assert guitai("hq", "init", "--data", folder, "--store", "s027").code == 0
    assert (folder.stat().st_mode & 0o777, (folder / "escrow.key").stat().st_mode & 0o777) == (0o700, 0o600)
    assert guitai("hq", "init", "--data", folder, "--store", "s027").code == 4
    assert guitai("hq", "store", "add", "--data", folder, "--store", "s028", "--name", "云锦路店").code == 0
    assert guitai("hq", "till", "add", "--data", folder, "--store", "nowhere").code == 4
    code = json.loads(guitai("hq", "till", "add", "--data", folder, "--store", "s028", "--json").out)["code"]
    with httpx.Client(timeout=60, trust_env=False) as http:
        with serving(folder) as served:
            till = WireTill(served.address, http)
            assert till.enrol(code).value["store_id"] == "s028"
            member = enrol_member(till)
            sell(till, 12_300, member)
            assert [one["outcome"] for one in till.push().value["results"]] == ["applied", "applied"]
            assert till.rows("settings")["store"]["values"]["name"] == "云锦路店"
            assert till.rows("member")[member.member_id]["pinyin"] == "zhang xiao fan"
        with serving(folder) as served:
            till.address = served.address
            assert till.push().value["acked_through"] == 2
            assert guitai("hq", "till", "revoke", till.till_id, "--data", folder).code == 0
            assert till.call("GET", "heads").problem == "reenrol"
    verified = guitai("hq", "verify", "--data", folder, "--json")
    assert (verified.code, json.loads(verified.out)) == (0, [])


def test_a_programme_version_is_published_once(tmp_path: Path) -> None:
    folder, path = tmp_path / "hq", tmp_path / "next.toml"
    guitai("hq", "init", "--data", folder, "--store", "s027")
    shipped = (ROOT / "resources/programmes/demo.toml").read_text(encoding="utf-8")
    path.write_text(shipped.replace("version = 1", "version = 2"), encoding="utf-8")
    for _ in range(2):
        done = guitai("--lang", "en", "hq", "publish", path, "--data", folder)
        assert (done.code, done.out.strip()) == (0, "Programme demo:2 is published")
    path.write_text(
        shipped.replace("version = 1", "version = 2").replace("points = 1\n", "points = 2\n", 1), encoding="utf-8"
    )
    refused = guitai("--lang", "en", "hq", "publish", path, "--data", folder)
    assert (refused.code, "S-26" in refused.err) == (4, True)
    path.write_text("schema = 1", encoding="utf-8")
    mistaken = guitai("--lang", "en", "hq", "publish", path, "--data", folder)
    assert (mistaken.code, "currency: is missing" in mistaken.err) == (2, True)


def test_a_fault_in_the_database_is_named(tmp_path: Path) -> None:
    import sqlite3

    folder = tmp_path / "hq"
    guitai("hq", "init", "--data", folder, "--store", "s027")
    with sqlite3.connect(folder / "hq.db") as database:
        database.execute("UPDATE feed_row SET h = '0000000000000000' WHERE kind = 'programme'")
    database.close()
    verified = guitai("hq", "verify", "--data", folder, "--json")
    assert verified.code == 1
    assert {one["what"] for one in json.loads(verified.out)} == {"row_hash", "head"}


def test_a_port_in_use_and_a_database_that_is_away_are_said_in_words(tmp_path: Path) -> None:
    folder = tmp_path / "hq"
    guitai("hq", "init", "--data", folder, "--store", "s027")
    with serving(folder) as served:
        port = served.address.rpartition(":")[2]
        second = guitai("--lang", "en", "hq", "serve", "--data", folder, "--port", "0")
        assert (second.code, "S-83" in second.err) == (4, True)
        other = tmp_path / "other"
        guitai("hq", "init", "--data", other, "--store", "s027")
        taken = guitai("--lang", "en", "hq", "serve", "--data", other, "--port", port)
        assert (taken.code, "S-27" in taken.err) == (4, True)
    (folder / "hq.toml").write_text('database = "postgresql://nobody@127.0.0.1:1/none"\n', encoding="utf-8")
    away = guitai("--lang", "en", "hq", "verify", "--data", folder)
    assert (away.code, "S-28" in away.err) == (4, True)
    (folder / "hq.toml").write_text('database = "nonsense"\n', encoding="utf-8")
    assert guitai("hq", "verify", "--data", folder).code == 4


def test_a_folder_without_a_head_office_says_so(tmp_path: Path) -> None:
    done = guitai("--lang", "en", "hq", "serve", "--data", tmp_path / "nothing")
    assert done.code == 4
    assert "S-21" in done.err
