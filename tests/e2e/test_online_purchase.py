"""A purchase online shows at the counter: its points come by the feed, and the till's own sales lie over them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.chain_of_tills import RunningTill, Served, at_work
from tests.support.channels import Shop, back, id_of, line, purchase, registration
from tests.support.commands import guitai
from tests.support.wire_client import WireTill

PHONE = "13912345678"


@pytest.fixture
def till(office: Served, tmp_path: Path) -> Iterator[RunningTill]:
    with at_work(tmp_path / "till", office) as made:
        yield made


@pytest.fixture
def shop(office: Served) -> Iterator[Shop]:
    with httpx.Client(timeout=60, trust_env=False) as http:
        signer = WireTill(office.address, http)
        options = ("--name", "网店", "--key", signer.public_key, "--data", office.folder, "--json")
        made = guitai("hq", "channel", "add", *options)
        assert made.code == 0, made.err
        signer.till_id = json.loads(made.out)["channel_id"]
        yield Shop(signer)


def shown(till: RunningTill, phone: str = PHONE) -> tuple[int, int]:
    """Points of the member at the counter, and how many of them head office has yet to confirm."""
    found = till.do(do="find", text=phone, pick=0)
    return found["points"], found["pending_points"]


def test_points_of_an_online_purchase_appear_at_the_till_under_its_own_sales(
    office: Served, till: RunningTill, shop: Shop
) -> None:
    till.do(do="enrol", phone=PHONE, name="王小明")
    till.synced()
    [(member_id,)] = office.read("SELECT id FROM member")
    own = till.sell(5_000, PHONE)
    online = purchase(line(20_000), member_id=member_id)
    assert shop.told(online) == ["applied"]
    till.synced()
    assert shown(till) == (own + 200, 0)
    office.kill()
    more = till.sell(3_000, PHONE)
    assert shown(till) == (own + 200 + more, more)
    office.start()
    shop.signer.address = office.address
    assert shop.told(online, back(id_of(online))) == ["duplicate", "applied"]
    till.synced()
    assert shown(till) == (own + more, 0)
    assert shop.told(registration("李网购", external_id="u-1"), purchase(external_id="u-1")) == ["applied", "applied"]
    till.synced()
    assert shown(till, "13900001111") == (100, 0)
    assert till.stop() == 0
    office.verify()
    assert office.differences(till.data) == []
    waiting = guitai("hq", "parked", "list", "--data", office.folder)
    assert (waiting.code, waiting.out) == (0, "No event waits\n")
    stores = office.read("SELECT store_id, region_id FROM store ORDER BY store_id")
    assert ("online", stores[0][1]) in stores


def test_a_channel_of_a_store_nobody_opened_is_refused(office: Served) -> None:
    options = ("--name", "x", "--key", "0" * 64, "--data", office.folder)
    no_store = guitai("hq", "channel", "add", *options, "--store", "s999")
    assert (no_store.code, "no store s999" in no_store.err) == (4, True)
    bad_name = guitai("hq", "channel", "add", *options, "--channel", "Web Shop")
    assert (bad_name.code, "--channel" in bad_name.err) == (4, True)
    assert guitai("hq", "channel", "add", *options, "--store", "s027", "--channel", "app").code == 0
    assert guitai("hq", "channel", "add", *options).code == guitai("hq", "channel", "add", *options).code == 0
    assert [one for (one,) in office.read("SELECT store_id FROM till_place ORDER BY made_ms")] == [
        "s027", "online", "online",
    ]  # fmt: skip
