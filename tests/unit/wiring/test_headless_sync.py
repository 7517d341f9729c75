"""`wait_synced` says what to do: wait, or ask for a new code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest

from app.errors import Refusal
from app.i18n import ENGLISH
from app.messages import words
from app.wiring.headless_sync import HeadlessSync
from app.wiring.script import Step
from app.wiring.sync_link import SyncLink
from app.wiring.sync_news import SyncNews
from ui.presenters.head_office import HeadOfficeState, Link, sentence


class Asked:
    """A link that was asked once before."""

    def ask(self, _do: str) -> Mapping[str, Any]:
        return {"checks": 1}


class News:
    """The last status, and no other to come."""

    def __init__(self, **status: str) -> None:
        self.status = status

    def wait(self, _until: Callable[[Mapping[str, Any]], bool], _timeout_s: float) -> bool:
        return False


def refused(**status: str) -> Refusal:
    sync = HeadlessSync(cast(SyncLink, Asked()), cast(SyncNews, News(**status)), lambda: 1)
    with pytest.raises(Refusal) as found:
        sync.wait_synced(Step(1, "wait_synced", {}))
    return found.value


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        ("fork", "not_synced_fork"),
        ("signature", "not_synced_signature"),
        ("reenrol", "not_synced_reenrol"),
        ("unknown_till", "not_synced_reenrol"),
        ("behind_head_office", "not_synced_reenrol"),
        ("chain_broken", "not_synced_reenrol"),
    ],
)
def test_where_only_a_new_code_helps_it_is_said_as_on_the_status_screen(problem: str, code: str) -> None:
    found = refused(phase="closed", problem=problem)
    said = words(found, ENGLISH)
    assert found.code == code
    assert "guitai hq till add --till ID, then guitai enrol" in said
    assert said.startswith(sentence(HeadOfficeState(Link.ATTENTION, problem=problem), ENGLISH))


@pytest.mark.parametrize(
    ("status", "reason"),
    [({"phase": "offline", "problem": "unreachable"}, "unreachable"), ({"phase": "pulling"}, "pulling")],
)
def test_what_waiting_cures_says_wait(status: dict[str, str], reason: str) -> None:
    found = refused(**status)
    assert (found.code, found.facts) == ("not_synced", {"reason": reason})


@pytest.mark.parametrize("problem", ["older_incarnation", "other_incarnation", "went_back"])
def test_an_older_copy_of_head_office_that_knows_the_till_heals_by_itself(problem: str) -> None:
    found = refused(phase="offline", problem=problem)
    assert found.code == "not_synced_older"
    assert "begins anew by itself" in words(found, ENGLISH)
