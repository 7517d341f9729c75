"""The kill matrix of head office: ended by SIGKILL at every failpoint, every event and hold counts exactly once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from app.failpoints import Failpoint
from tests.support.commands import guitai
from tests.support.hq_process import serving
from tests.support.matrix import places
from tests.support.wire_client import NewMember, WireTill, enrol_member, new_id, sell

PLACES = places("hq.")


def code_of(folder: Path) -> str:
    done = guitai("hq", "till", "add", "--data", folder, "--store", "s027", "--json")
    return str(json.loads(done.out)["code"])


def day(till: WireTill, code: str, member: NewMember | None, hold_id: str) -> NewMember:
    """Enrol, push a member and two sales, hold points: what a till does again until it is answered."""
    till.enrol(code)
    if member is None:
        member = enrol_member(till)
        sell(till, 10_000, member)
        sell(till, 5_000, member)
    assert till.push().status == 200
    body = {"hold_id": hold_id, "account_id": member.account_id, "points": 60}
    assert till.call("POST", "holds", body).value["held"] == 60
    return member


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_head_office_killed_anywhere_counts_everything_once(
    place: Failpoint, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("kill matrix", place.value)
    folder = tmp_path / "hq"
    assert guitai("hq", "init", "--data", folder, "--store", "s027").code == 0
    code, hold_id = code_of(folder), new_id()
    with httpx.Client(timeout=60, trust_env=False) as http:
        till = WireTill("", http)
        member: NewMember | None = None
        with serving(folder, {"GUITAI_FAILPOINT": place.value}) as served:
            till.address = served.address
            with pytest.raises(httpx.HTTPError):
                member = day(till, code, None, hold_id)
            assert served.killed()
        with serving(folder) as served:
            till.address = served.address
            if member is None and till.events:
                member = member_of(till)
            member = day(till, code, member, hold_id)
            account = till.rows("account")[member.account_id]
            assert (account["balance"], account["available"]) == (150, 90)
            assert len(till.rows("sale_line")) == 2
            assert till.call("DELETE", f"holds/{hold_id}").value["released"] == 60
    assert guitai("hq", "verify", "--data", folder).code == 0


def member_of(till: WireTill) -> NewMember:
    """The member whose enrolment is the till's first event."""
    first = json.loads(till.events[0]["raw"])
    body = first["body"]
    return NewMember(first["member_id"], body["accounts"][0]["account_id"], body["card"])
