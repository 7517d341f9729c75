"""What the screens say of the link to head office: nothing when it is healthy, words when it is not."""

from __future__ import annotations

import pytest

from app.i18n import ENGLISH, load
from app.resources import resources
from app.services.till import Topic
from tests.support.stage import Stage
from ui.presenters.head_office import (
    HeadOfficeState,
    Link,
    NoHeadOffice,
    badge_words,
    duration,
    progress,
    sentence,
    state_of,
)

STATUS = {"phase": "idle", "problem": "", "left": 0, "known": 67, "building": False, "success_ms": 5}


@pytest.mark.parametrize(
    ("status", "link"),
    [
        ({}, Link.HEALTHY),
        ({"phase": "pushing"}, Link.HEALTHY),
        ({"phase": "pulling", "left": 2}, Link.HEALTHY),
        ({"phase": "pulling", "left": 60}, Link.SYNCING),
        ({"building": True}, Link.SYNCING),
        ({"phase": "offline", "problem": "unreachable", "building": True}, Link.OFFLINE),
        ({"phase": "offline", "problem": "timeout"}, Link.SLOW),
        ({"phase": "trouble", "problem": "tls"}, Link.ATTENTION),
        ({"phase": "closed", "problem": "fork"}, Link.ATTENTION),
        ({"phase": "ended", "problem": "exit_-9"}, Link.ATTENTION),
        ({"offset_ms": 14 * 60_000}, Link.HEALTHY),
        ({"offset_ms": -5 * 3_600_000}, Link.ATTENTION),
        ({"phase": "offline", "problem": "unreachable", "offset_ms": 3_600_000}, Link.OFFLINE),
    ],
)
def test_figures_become_what_a_person_needs_to_know(status: dict[str, object], link: Link) -> None:
    assert state_of({**STATUS, **status}).link is link


@pytest.mark.parametrize(
    ("state", "pending", "chinese"),
    [
        (HeadOfficeState(), 0, ""),
        (HeadOfficeState(), 3, "3 笔待上传"),
        (HeadOfficeState(Link.HEALTHY), 3, ""),
        (HeadOfficeState(Link.OFFLINE), 0, "离线"),
        (HeadOfficeState(Link.OFFLINE), 1200, "离线 · 1,200 笔待上传"),
        (HeadOfficeState(Link.SLOW), 2, "网络慢 · 2 笔待上传"),
        (HeadOfficeState(Link.SYNCING, 5, 67), 2, "同步中 5/67"),
        (HeadOfficeState(Link.SYNCING, 5, 67, rows_done=430, rows_whole=1_000), 2, "正在载入会员 43%"),
        (HeadOfficeState(Link.ATTENTION), 2, "需要处理"),
    ],
)
def test_the_badge_says_it_in_words(state: HeadOfficeState, pending: int, chinese: str) -> None:
    assert badge_words(state, pending, load(resources() / "locale", "zh_CN")) == chinese


def test_every_link_and_every_trouble_has_its_own_sentence() -> None:
    links = [HeadOfficeState(link) for link in Link if link is not Link.ATTENTION]
    links.append(HeadOfficeState(Link.SLOW, problem="busy"))
    troubles = [
        HeadOfficeState(Link.ATTENTION, problem=name)
        for name in (
            "fork", "reenrol", "tls", "no_room", "snapshot_damaged",
            "not_head_office", "unreadable", "created", "busy", "signature", "digest", "gap", "disk_full", "exit_1",
            "clock_off", "proto",
        )
    ]  # fmt: skip
    found = [sentence(state, ENGLISH) for state in (*links, *troubles)]
    assert len(set(found)) == len(found)
    assert all(found)


def test_a_load_says_how_far_how_fast_and_how_long() -> None:
    status = {"building": True, "left": 27, "rows_whole": 8_200, "rows_left": 5_200, "rate_per_s": 1_040, "left_s": 5}
    state = state_of({**STATUS, **status})
    assert (state.rows_done, state.permille) == (3_000, 365)
    assert progress(state, ENGLISH) == "3,000 of 8,200 rows · 1,040 a second · about 5 s left"
    assert (
        progress(state, load(resources() / "locale", "zh_CN")) == "已载入 3,000 / 8,200 条 · 每秒 1,040 条 · 约剩 5 秒"
    )


def test_who_only_catches_up_is_told_of_parts() -> None:
    state = state_of({"building": False, "left": 27, "known": 67, "rows_whole": 8_200, "rows_left": 5_200})
    assert (state.link, state.rows_whole) == (Link.SYNCING, 0)
    assert badge_words(state, 2, ENGLISH) == "Syncing 40/67"


def test_what_drains_says_its_pace_and_what_stands_still_nothing() -> None:
    assert (
        progress(HeadOfficeState(Link.HEALTHY, rate_per_s=12, left_s=100), ENGLISH) == "12 a second · about 2 min left"
    )
    assert progress(HeadOfficeState(Link.OFFLINE, rate_per_s=12, left_s=100), ENGLISH) == ""
    assert progress(HeadOfficeState(Link.HEALTHY), ENGLISH) == ""
    assert HeadOfficeState().permille == 0


def test_what_was_mended_is_said_until_the_next_start() -> None:
    found = progress(state_of({**STATUS, "repaired": 2}), ENGLISH)
    assert found == "2 parts differed from head office's and were mended"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (61, "2 min"), (3_600, "1 h"), (90_000, "2 d")]
)
def test_a_duration_is_said_in_its_largest_unit(seconds: int, words: str) -> None:
    assert duration(seconds, ENGLISH) == words


def test_a_wrong_clock_is_said_in_minutes() -> None:
    state = state_of({**STATUS, "offset_ms": -5 * 3_600_000})
    assert sentence(state, ENGLISH) == ("This till's clock is 300 minutes off; sales go on and arrive. Set the clock")
    assert "300 分钟" in sentence(state, load(resources() / "locale", "zh_CN"))


def test_the_shell_and_an_open_status_screen_follow_the_link() -> None:
    stage = Stage().start().sign_on()
    offline = HeadOfficeState(Link.OFFLINE, problem="unreachable")
    stage.shell.sync_status(offline)
    assert stage.shell.state.head_office == offline
    stage.shell.open_status()
    assert stage.till.status.state.head_office == offline
    stage.shell.sync_status(HeadOfficeState(Link.HEALTHY))
    assert stage.till.status.state.head_office.link is Link.HEALTHY


def test_rows_from_head_office_refresh_the_counter_for_whoever_works() -> None:
    stage = Stage().start()
    told: list[frozenset[Topic]] = []
    stage.shell.topics_changed = told.append  # type: ignore[method-assign]
    stage.shell.sync_changed("members")
    assert told == []
    stage.sign_on()
    told.clear()
    stage.shell.sync_changed("members")
    stage.shell.sync_changed("results")
    assert (
        told == [frozenset({Topic.PENDING})] * 2
    )  # a pull leaves the customer of the receipt, and what is held, alone


def test_r_asks_head_office_and_a_till_that_stands_alone_asks_nobody() -> None:
    stage = Stage().start().sign_on()
    stage.shell.open_status()
    stage.till.status.sync_now()
    assert stage.head_office.asked == 1
    NoHeadOffice().sync_now()
    assert stage.till.status.state.head_office.link is Link.NONE


def test_news_before_the_files_are_open_waits_for_them() -> None:
    stage = Stage()
    offline = HeadOfficeState(Link.OFFLINE)
    stage.shell.sync_status(offline)
    stage.shell.sync_status(offline)
    stage.shell.sync_changed("members")
    assert stage.shell.state.head_office == offline
    assert stage.shell.till is None


def test_news_before_anybody_signed_on_changes_no_screen() -> None:
    stage = Stage().start()
    shown = stage.shell.state
    stage.shell.sync_changed("results")
    assert stage.shell.state == shown


def test_an_open_status_screen_counts_again_when_results_came() -> None:
    stage = Stage().start().sign_on()
    stage.shell.open_status()
    before = stage.till.status.state
    stage.shell.sync_changed("results")
    assert stage.till.status.state == before
    assert before.open
