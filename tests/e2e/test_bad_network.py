"""A till sells on through every fault of a network, says which it is, and afterwards nothing is lost or doubled."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.wiring.chaos import Chaos
from app.wiring.chaos_plan import Fault, Meets, always
from tests.support.bad_network import MET_WITHIN_S, Shop, shop
from tests.support.chain_of_tills import Served, enrol_again, kill_now, till_id_of
from tests.support.commands import guitai
from tests.support.loopback import certificate

OFFLINE = ("Offline · 1 pending upload", "离线 · 1 笔待上传")
SLOW = ("Slow network · 1 pending upload", "网络慢 · 1 笔待上传")
ATTENTION = ("Needs attention", "需要处理")
SIGN_IN = (
    "Something else answers for head office, perhaps a sign-in page. Check the network",
    "回应的不是总部，可能是网络登录页面。请检查网络",
)
ENDED = [
    Meets(Fault.LOST_REQUEST),
    Meets(Fault.LOST_ANSWER),
    Meets(Fault.OVERTAKEN),
    Meets(Fault.RESET_REQUEST, at=300),
    Meets(Fault.RESET_ANSWER, at=150),
    Meets(Fault.TRUNCATED, at=400),
]
SOMEBODY_ELSE = [Meets(Fault.PORTAL_PAGE), Meets(Fault.PORTAL_MOVED), Meets(Fault.SHORTENED, at=50)]
STRANGE = [Meets(Fault.DOUBLED), Meets(Fault.LATE_COPY), Meets(Fault.DELAYED, wait_s=0.1)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bad_network")


@pytest.fixture(scope="module")
def place(folder: Path) -> Iterator[Shop]:
    """One till, over TLS, for every fault, one after another."""
    office = Served(folder / "hq").make()
    office.start()
    own, authority = certificate(folder, "own")
    (folder / "authority.pem").write_text(authority, encoding="ascii")
    network = Chaos(office.port, tls=own)
    made = shop(folder / "a", office, network, folder / "authority.pem").open()
    yield made
    made.close()
    network.close()
    office.kill()


@pytest.mark.parametrize("meets", ENDED, ids=lambda meets: meets.fault.value)
def test_connections_that_end_are_offline_and_stop_no_sale(place: Shop, meets: Meets) -> None:
    place.meets(meets)
    assert place.badge() == OFFLINE
    place.sell()
    place.heals()


@pytest.mark.parametrize("meets", SOMEBODY_ELSE, ids=lambda meets: meets.fault.value)
def test_somebody_else_s_answer_needs_a_person_and_stops_no_sale(place: Shop, meets: Meets) -> None:
    place.meets(meets)
    assert (place.badge(), place.sentence()) == (ATTENTION, SIGN_IN)
    place.sell()
    place.heals()


def test_a_gateway_s_error_is_named_and_stops_no_sale(place: Shop) -> None:
    place.meets(Meets(Fault.GATEWAY))
    assert (place.badge(), place.sentence()) == (
        ATTENTION,
        (
            "Head office could not take it (http_502); it is tried again by itself",
            "总部暂时无法接收（http_502），系统会自动重试",
        ),
    )
    place.sell()
    place.heals()


@pytest.mark.parametrize("meets", STRANGE, ids=lambda meets: meets.fault.value)
def test_requests_that_come_twice_or_late_count_once_and_nobody_notices(place: Shop, meets: Meets) -> None:
    place.network.plan = always(meets)
    for _ in range(3):
        place.sell()
        place.till.synced()
        assert place.badge() == ("", "")
    place.heals()


def test_a_connection_that_says_nothing_is_a_slow_network(place: Shop) -> None:
    place.meets(Meets(Fault.HALF_OPEN))
    assert place.badge() == SLOW
    place.sell()
    place.network.hang_up()
    place.heals()


def test_a_wrong_certificate_gets_nothing_and_stops_no_sale(place: Shop, folder: Path) -> None:
    network, own = place.network, place.network.tls
    network.tls, _ = certificate(folder, "other")
    network.hang_up()
    place.sell()
    assert network.wait(lambda seen: seen.refused >= 1, MET_WITHIN_S)
    asked = network.met.total()
    assert network.wait(lambda seen: seen.refused >= 3, MET_WITHIN_S)
    assert (place.badge(), place.sentence()) == (
        ATTENTION,
        (
            "Somebody else's certificate answers for head office; nothing was sent. Check the network, tell IT",
            "总部地址上的证书不是总部的，没有发送任何数据。请检查网络并联系 IT",
        ),
    )
    assert network.met.total() == asked
    place.sell()
    network.tls = own
    place.heals()


def test_a_till_that_loads_its_rows_says_how_far_it_is(place: Shop) -> None:
    assert place.till.stop() == 0
    for path in place.till.data.glob("cache-*.db*"):
        path.unlink()
    place.network.plan = always(Meets(Fault.DELAYED, wait_s=0.5))
    before = place.network.met[Fault.DELAYED]
    place.till.start()
    assert place.network.wait(lambda seen: seen.met[Fault.DELAYED] >= before + 3, MET_WITHIN_S)
    english, chinese = place.badge()
    percent = int(english.removeprefix("Loading members ").removesuffix(" %"))
    assert (english, chinese) == (f"Loading members {percent} %", f"正在载入会员 {percent}%")
    assert 0 <= percent < 100
    place.heals()


def test_no_head_office_at_all_is_offline(place: Shop) -> None:
    place.office.kill()
    place.network.hang_up()
    place.meets(Meets())
    assert place.badge() == OFFLINE
    place.office.start()
    place.heals()


def test_a_sync_process_that_dies_is_said_and_comes_back(place: Shop) -> None:
    kill_now(place.till.sync_pid())
    end = time.monotonic() + MET_WITHIN_S
    while place.badge() != ATTENTION:
        assert time.monotonic() < end, "nobody noticed"
    place.sell()
    place.heals()


def test_a_till_that_head_office_closed_needs_a_code_and_stops_no_sale(place: Shop, folder: Path) -> None:
    till_id = till_id_of(place.till.data)
    assert guitai("hq", "till", "revoke", "--data", place.office.folder, till_id).code == 0
    place.sell()
    assert not place.till.ask(do="wait_synced", timeout_s=2)["ok"]
    assert (place.badge(), place.sentence()) == (
        ATTENTION,
        (
            "Head office wants this till enrolled again; sales go on here. Tell IT (reenrol): it needs a new code"
            " (guitai hq till add --till ID, then guitai enrol).",
            "总部要求本机重新接入；收银照常进行。请联系 IT（reenrol），用新的接入码重新接入"
            "（guitai hq till add --till 编号，再在本机运行 guitai enrol）。",
        ),
    )
    place.sell()
    place.till.stop()
    enrol_again(place.till, place.office, place.network.address, till_id=till_id, authority=folder / "authority.pem")
    place.till.start()
    place.heals()
