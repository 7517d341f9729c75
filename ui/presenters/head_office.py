"""The link to head office as the screens see it: healthy and silent, offline, slow, syncing, or in need of a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from app.i18n import Translator
from app.messages import ALL
from app.services.link_problems import NEEDS_CODE

SYNCING_MIN = 3
"""Fewer parts to fetch than this are over before anybody could read so."""
CLOCK_OFF_MINUTES = 15
"""Beyond it head office would refuse what is signed by this clock; the link corrects it, receipts do not."""
CLOCK = "clock_off"
BUSY = frozenset(("busy", "rate"))
NOT_SIGNED = frozenset(("digest", "malformed"))
OWN_FILES = frozenset(("disk_full", "store_busy", "store_io", "store_damaged", "file_missing", "folder_read_only"))


class Link(StrEnum):
    """What the badge says; NONE: this till was never enrolled."""

    NONE = "none"
    HEALTHY = "healthy"
    OFFLINE = "offline"
    SLOW = "slow"
    SYNCING = "syncing"
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True)
class HeadOfficeState:
    """`done` of `whole` parts are fetched; `problem`: a code, empty for none; `success_ms` 0: no answer yet.

    `clock_minutes`: how far this clock is behind head office's, negative when it is ahead. `rows_done` of `rows_whole`
    rows are here; `rate_per_s` events or rows go, `left_s` they take, 0 unknown; `repaired` parts were mended.
    """

    link: Link = Link.NONE
    done: int = 0
    whole: int = 0
    problem: str = ""
    success_ms: int = 0
    clock_minutes: int = 0
    rows_done: int = 0
    rows_whole: int = 0
    rate_per_s: int = 0
    left_s: int = 0
    repaired: int = 0

    @property
    def permille(self) -> int:
        """How much of what is fetched is here."""
        return self.rows_done * 1000 // self.rows_whole if self.rows_whole else 0


ALONE = HeadOfficeState()
"""No head office."""


class Listener(Protocol):
    """Who hears of head office; any thread."""

    def sync_status(self, state: HeadOfficeState) -> None: ...
    def sync_changed(self, topic: str) -> None: ...


class HeadOffice(Protocol):
    """The sync process of this till, if it has one."""

    def start(self, listener: Listener) -> None:
        """Let it run and tell `listener`."""
        ...

    def sync_now(self) -> None:
        """Ask head office now. Returns at once."""
        ...


class NoHeadOffice:
    """A till that stands alone."""

    def start(self, listener: Listener) -> None:
        """Nothing runs."""

    def sync_now(self) -> None:
        """Nobody is asked."""


NOBODY = NoHeadOffice()


def state_of(status: Mapping[str, Any]) -> HeadOfficeState:
    """The figures of the sync process as what a person needs to know."""
    left, known = int(status.get("left", 0)), int(status.get("known", 0))
    problem, minutes = str(status.get("problem", "")), round(int(status.get("offset_ms", 0)) / 60_000)
    building = bool(status.get("building", False))
    link = _link(str(status.get("phase", "")), problem, left, building=building)
    if link in (Link.HEALTHY, Link.SYNCING) and abs(minutes) >= CLOCK_OFF_MINUTES:
        link, problem = Link.ATTENTION, CLOCK
    whole = int(status.get("rows_whole", 0)) if building else 0
    return HeadOfficeState(
        link, known - left, known, problem, int(status.get("success_ms", 0)), minutes,
        rows_done=max(0, whole - int(status.get("rows_left", 0))), rows_whole=whole,
        rate_per_s=int(status.get("rate_per_s", 0)), left_s=int(status.get("left_s", 0)),
        repaired=int(status.get("repaired", 0)),
    )  # fmt: skip


def _link(phase: str, problem: str, left: int, *, building: bool) -> Link:
    if phase in ("closed", "trouble", "ended"):
        return Link.ATTENTION
    if phase == "offline":
        return Link.SLOW if problem == "timeout" or problem in BUSY else Link.OFFLINE
    if building or left >= SYNCING_MIN:
        return Link.SYNCING
    return Link.HEALTHY


def badge_words(state: HeadOfficeState, pending: int, tr: Translator) -> str:
    """The badge's words; empty when there is nothing to say."""
    waiting = tr("{count} pending upload", count=f"{pending:,}") if pending else ""
    match state.link:
        case Link.NONE:
            return waiting
        case Link.HEALTHY:
            return ""
        case Link.SYNCING if state.rows_whole:
            return tr("Loading members {percent} %", percent=state.permille // 10)
        case Link.SYNCING:
            return tr("Syncing {done}/{whole}", done=state.done, whole=state.whole)
        case Link.ATTENTION:
            return tr("Needs attention")
        case _:  # OFFLINE, SLOW
            slow = tr("Head office is busy") if state.problem in BUSY else tr("Slow network")
            word = tr("Offline") if state.link is Link.OFFLINE else slow
            return " · ".join(part for part in (word, waiting) if part)


def sentence(state: HeadOfficeState, tr: Translator) -> str:
    """What the status screen says of the link, in one sentence."""
    match state.link:
        case Link.NONE:
            return tr("This till has no head office yet; the counter works as usual")
        case Link.HEALTHY:
            return tr("Head office answers; everything here arrives there by itself")
        case Link.SYNCING:
            return tr("Fetching from head office, {done} of {whole} parts", done=state.done, whole=state.whole)
        case Link.OFFLINE:
            return tr("Offline; the counter works as usual and sends everything later")
        case Link.SLOW if state.problem in BUSY:
            return tr("Head office has much to do; the counter works as usual and sends everything later")
        case Link.SLOW:
            return tr("The network is slow; the counter works as usual and sends everything later")
        case _:  # ATTENTION
            return _trouble(state, tr)


def progress(state: HeadOfficeState, tr: Translator) -> str:
    """How far what goes on is, how fast, and how long it takes; what was mended. Empty when there is nothing to say."""
    parts: list[str] = []
    moves = state.link in (Link.SYNCING, Link.HEALTHY) and state.rate_per_s > 0
    if state.link is Link.SYNCING and state.rows_whole:
        parts.append(tr("{done} of {whole} rows", done=f"{state.rows_done:,}", whole=f"{state.rows_whole:,}"))
    if moves:
        parts.append(tr("{rate} a second", rate=f"{state.rate_per_s:,}"))
        parts.append(tr("about {time} left", time=duration(state.left_s, tr)))
    if state.repaired:
        parts.append(tr("{count} parts differed from head office's and were mended", count=f"{state.repaired:,}"))
    return " · ".join(parts)


def duration(seconds: int, tr: Translator) -> str:
    """`40 s`, `34 min`, `5 h`, `3 d`: rounded up, in the largest unit there is one of."""
    if seconds < 60:
        return tr("{count} s", count=seconds)
    if seconds < 3_600:
        return tr("{count} min", count=-(-seconds // 60))
    if seconds < 86_400:
        return tr("{count} h", count=-(-seconds // 3_600))
    return tr("{count} d", count=-(-seconds // 86_400))


def _trouble(state: HeadOfficeState, tr: Translator) -> str:
    problem = state.problem
    if problem == CLOCK:
        return tr("This till's clock is {minutes} minutes off; sales go on and arrive. Set the clock",
                  minutes=f"{abs(state.clock_minutes):,}")  # fmt: skip
    if problem in NEEDS_CODE:
        return tr(ALL[NEEDS_CODE[problem]].text, problem=problem)
    if problem in NOT_SIGNED:
        return tr("Head office does not accept what this till signs; all is kept and tried again. Tell IT ({problem})",
                  problem=problem)  # fmt: skip
    if problem == "gap":
        return tr("Head office lacks earlier records of this till; they are kept here. Tell IT ({problem})",
                  problem=problem)  # fmt: skip
    if problem in OWN_FILES:
        return tr("This till cannot write its files ({problem}); nothing sold is lost. Free some room or tell IT",
                  problem=problem)  # fmt: skip
    if problem.startswith("exit_"):
        return tr("Synchronisation stopped and starts again by itself; sales go on and are kept ({problem})",
                  problem=problem)  # fmt: skip
    if problem == "tls":
        return tr("Somebody else's certificate answers for head office; nothing was sent. Check the network, tell IT")
    if problem == "not_head_office":
        return tr("Something else answers for head office, perhaps a sign-in page. Check the network")
    if problem == "created":
        return tr("This till's clock is wrong. Set it; nothing is lost")
    return _answer_trouble(problem, tr) or tr(
        "Head office could not take it ({problem}); it is tried again by itself", problem=problem
    )


def _answer_trouble(problem: str, tr: Translator) -> str:
    """What is wrong with what head office sent; empty for anything else."""
    if problem == "proto":
        return tr("Head office wants a newer version of this program; sales go on and are sent. Tell IT to update it")
    if problem == "unreadable":
        return tr("Head office sent something this till cannot read; it is asked again, sales go on. Tell IT")
    if problem == "no_room":
        return tr("No room on the disk to load the members; those from before stay in use, sales go on. Free some room")
    if problem == "snapshot_damaged":
        return tr(
            "What head office sent of the members arrived damaged and was not used; it is fetched again by itself"
        )
    return ""
