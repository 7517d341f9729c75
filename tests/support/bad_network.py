"""A head office behind a bad network, a till that sells through it, and what its badge says meanwhile."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from app.i18n import load
from app.resources import resources
from app.wiring.chaos import Chaos
from app.wiring.chaos_plan import Meets, Plan, always, calm
from app.wiring.hq_reconcile import reconcile
from tests.support.chain_of_tills import RunningTill, Served, enrolled
from ui.presenters.head_office import badge_words, sentence, state_of

PHONE = "13912345678"
MET_WITHIN_S = 60.0
ENGLISH = load(resources() / "locale", "en")
CHINESE = load(resources() / "locale", "zh_CN")


class Shop:
    """One till enrolled through the network, and one member who earns what is sold."""

    def __init__(self, office: Served, network: Chaos, till: RunningTill) -> None:
        self.office, self.network, self.till = office, network, till
        self.earned = 0

    def open(self, phone: str = PHONE) -> Shop:
        """Start selling, to a new member of that phone."""
        self.phone = phone
        self.till.start()
        self.till.synced()
        self.till.do(do="enrol", phone=phone, name="王小明")
        self.till.synced()
        return self

    def sell(self, minor: int = 4_200) -> None:
        """A sale that must go through, whatever the network does."""
        self.earned += self.till.sell(minor, self.phone)

    def meets(self, meets: Meets, times: int = 2) -> None:
        """From now on the network does that to everything; sell, and wait until requests have met it so often.

        The second one is only sent after the till has seen what became of the first.
        """
        before = self.network.met[meets.fault]
        self.network.plan = always(meets)
        self.sell()
        assert self.network.wait(lambda seen: seen.met[meets.fault] >= before + times, MET_WITHIN_S), "never asked"

    def heals(self, plan: Plan = calm) -> None:
        """The network is well again: everything arrives, and is what was sold."""
        self.network.plan = plan
        self.till.synced()
        found = self.till.do(do="find", text=self.phone, pick=0)
        assert (found["points"], found["pending_points"]) == (self.earned, 0)
        assert self.badge() == ("", "")
        assert differences(self.office.folder, self.till.data) == []

    def status(self) -> dict[str, Any]:
        return self.till.do(do="status")

    def badge(self) -> tuple[str, str]:
        """The badge as the screen has it, in English and in Chinese."""
        now = self.status()
        state = state_of(now["sync"])
        return badge_words(state, now["pending"], ENGLISH), badge_words(state, now["pending"], CHINESE)

    def sentence(self) -> tuple[str, str]:
        """What the status screen says of the link, in both languages."""
        state = state_of(self.status()["sync"])
        return sentence(state, ENGLISH), sentence(state, CHINESE)

    def close(self) -> None:
        if self.till.process is not None:
            self.till.kill()


def shop(folder: Path, office: Served, network: Chaos, authority: Path | None = None) -> Shop:
    """A till of that office, enrolled through the network; not open yet."""
    return Shop(office, network, enrolled(folder, office, network.address, authority=authority))


def differences(office: Path, *tills: Path) -> list[dict[str, Any]]:
    """`guitai hq reconcile --json` on running tills and their head office."""
    options = [part for till in tills for part in ("--till", str(till))]
    done = CliRunner().invoke(
        reconcile, ["--data", str(office), "--json", *options], obj=ENGLISH, catch_exceptions=False
    )
    found: list[dict[str, Any]] = json.loads(done.output)
    return found
