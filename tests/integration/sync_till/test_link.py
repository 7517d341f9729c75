"""The sync process and its link: started, asked, killed, ended; keys come through the pipe and nowhere else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from app.errors import SyncError
from app.ids import uuid7
from app.store import keys
from app.wiring.sync_link import SyncLink
from sync.hq.work.identities import revoke
from tests.support import tills
from tests.support.commands import ROOT, guitai, open_till_db
from tests.support.head_office import HeadOffice
from tests.support.wire_client import enrol_member, sell

WAIT_S = 60


class Heard:
    """A listener that remembers, and lets a test wait."""

    def __init__(self) -> None:
        self.bell = threading.Condition()
        self.statuses: list[Mapping[str, Any]] = []
        self.topics: list[str] = []

    def sync_status(self, status: Mapping[str, Any]) -> None:
        with self.bell:
            self.statuses.append(status)
            self.bell.notify_all()

    def sync_changed(self, topic: str) -> None:
        with self.bell:
            self.topics.append(topic)
            self.bell.notify_all()

    def wait(self, holds: Callable[[Heard], bool]) -> None:
        with self.bell:
            assert self.bell.wait_for(lambda: holds(self), WAIT_S), self.statuses[-3:]

    def synced(self) -> None:
        self.wait(lambda heard: any(one["phase"] == "idle" and not one["building"] for one in heard.statuses))


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def link(office: HeadOffice, data: Path, enrol: Callable[..., int], heard: Heard) -> Iterator[SyncLink]:
    assert enrol(office.address, office.code()) == 0
    made = SyncLink(data, keys.load(data, os.environ).secrets, heard)
    made.start()
    yield made
    made.stop()


def test_it_fetches_what_there_is_and_ends_when_told(link: SyncLink, heard: Heard) -> None:
    heard.synced()
    assert "generation" in heard.topics
    pid = link.pid()
    assert pid is not None
    link.stop()
    assert link.pid() is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(SyncError, match="sync_not_running"):
        link.ask("sync_now")
    link.tell("grown")


def test_a_killed_process_is_started_again(link: SyncLink, heard: Heard) -> None:
    heard.synced()
    pid = link.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    heard.wait(lambda one: one.statuses[-1].get("phase") == "idle" and link.pid() not in (None, pid))
    assert {"phase": "ended", "problem": "exit_-9"} in heard.statuses


def test_no_key_is_in_argv_or_environment(link: SyncLink, heard: Heard, data: Path) -> None:
    heard.synced()
    secrets = keys.load(data, os.environ).secrets
    for name in ("cmdline", "environ"):
        content = Path(f"/proc/{link.pid()}/{name}").read_bytes()
        for secret in (secrets.device_key, secrets.pepper):
            assert secret not in content
            assert secret.hex().encode() not in content


def test_it_knows_no_qt(link: SyncLink, heard: Heard) -> None:
    heard.synced()
    assert b"PySide6" not in Path(f"/proc/{link.pid()}/maps").read_bytes()


def test_points_are_held_and_released_and_members_found(link: SyncLink, heard: Heard, office: HeadOffice) -> None:
    heard.synced()
    other = office.till()
    member = enrol_member(other, phone="+8613800001234")
    sell(other, 10_000, member)
    assert other.push().status == 200
    found = link.ask("fetch_member", phone="+8613800001234")
    assert sorted(row["kind"] for row in found["rows"]) == ["account", "card", "member"]
    hold_id = uuid7(tills.NOW_MS)
    assert link.ask("hold", hold_id=hold_id, account_id=member.account_id, points=60)["held"] == 60
    with pytest.raises(SyncError) as caught:
        link.ask("hold", hold_id=uuid7(tills.NOW_MS), account_id=member.account_id, points=60)
    assert (caught.value.code, caught.value.facts) == ("hold_insufficient", {"available": 40})
    assert link.ask("release", hold_id=hold_id) == {"released": 60}
    assert link.ask("release", hold_id=hold_id) == {"released": 60}
    assert office.faults() == []


def test_an_unknown_command_and_one_of_the_wrong_form_are_refused(link: SyncLink, heard: Heard) -> None:
    heard.synced()
    with pytest.raises(SyncError, match="sync_command"):
        link.ask("dance")
    with pytest.raises(SyncError, match="sync_not_head_office"):
        link.ask("hold")


def test_a_cashier_does_not_wait_for_a_head_office_that_is_gone(
    link: SyncLink, heard: Heard, office: HeadOffice
) -> None:
    heard.synced()
    office.stop()
    with pytest.raises(SyncError, match="sync_unreachable"):
        link.ask("fetch_member", card="8810000000004")
    heard.wait(lambda one: one.statuses[-1].get("phase") == "offline")
    office.restart()


def test_a_revoked_till_says_so_and_asks_no_more(link: SyncLink, heard: Heard, office: HeadOffice, data: Path) -> None:
    heard.synced()
    db = open_till_db(data)
    till_id = db.execute("SELECT till_id FROM meta").fetchone()[0]
    db.close()
    office.write(lambda connection: revoke(office.office.book(connection), till_id))
    link.ask("sync_now")
    heard.wait(lambda one: one.statuses[-1].get("phase") == "closed")
    assert heard.statuses[-1]["problem"] == "reenrol"


@pytest.mark.parametrize("hello", [b"", b"\0\0\0\2{}", b"hello head office"])
def test_by_hand_it_only_says_how_it_is_started(hello: bytes, data: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "sync", "--data", str(data)],
        cwd=ROOT,
        input=hello,
        capture_output=True,
        check=False,
    )
    assert done.returncode != 0
    assert b"(S-30)" in done.stderr


def test_a_till_that_was_never_enrolled_has_no_step_for_it(data: Path) -> None:
    ran = guitai(
        "till", "--headless", "--script", "-", "--data", data, given='{"do":"sync_now","expect":"not_enrolled"}\n'
    )
    assert ran.code == 0, ran.err
    assert "(S-31)" in ran.out
