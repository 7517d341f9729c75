"""`make prove`: what happens to real head offices and tills: databases stopped, backups put back, clones, old images.

Real processes on SQLite and PostgreSQL. Afterwards nothing is lost or doubled, and no sale was refused meanwhile.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bad_network import Shop
from tests.support.chain_of_tills import RunningTill, enrol_again, till_id_of
from tests.support.commands import guitai
from tests.support.real_stack import DATABASES, Stack, real_stack

ATTENTION = ("Needs attention", "需要处理")
FORK = (
    "Another device uses this till's name; sales go on here and are kept. Tell IT: it needs a new code"
    " (guitai hq till add --till ID, then guitai enrol).",
    "另一台设备在用本机的身份；收银照常，数据都在。请联系 IT，用新的接入码重新接入"
    "（guitai hq till add --till 编号，再在本机运行 guitai enrol）。",
)
BEHIND = (
    "Head office wants this till enrolled again; sales go on here. Tell IT (behind_head_office): it needs a new code"
    " (guitai hq till add --till ID, then guitai enrol).",
    "总部要求本机重新接入；收银照常进行。请联系 IT（behind_head_office），用新的接入码重新接入"
    "（guitai hq till add --till 编号，再在本机运行 guitai enrol）。",
)
FAILS = (
    "Head office could not take it (http_500); it is tried again by itself",
    "总部暂时无法接收（http_500），系统会自动重试",
)


@pytest.fixture(params=DATABASES)
def stack(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stack]:
    with real_stack(request.param, tmp_path) as made:
        yield made


@pytest.mark.parametrize("stack", ["postgresql"], indirect=True)
def test_a_database_that_stops_while_tills_push_stops_no_sale(stack: Stack) -> None:
    server, shops = stack.server, stack.open(2)
    assert server is not None
    for _ in range(3):
        stops = threading.Thread(target=server.stop)
        stops.start()
        for _ in range(10):
            for one in shops:
                one.sell()
        stops.join()
        for one in shops:
            one.sell()
            assert not one.till.ask(do="wait_synced", timeout_s=1)["ok"]
            assert (one.badge(), one.sentence()) == (ATTENTION, FAILS)
        server.start()
        stack.whole()


@pytest.mark.parametrize("said", [True, False], ids=["told", "not told"])
def test_a_backup_put_back_loses_and_doubles_nothing(stack: Stack, said: bool) -> None:
    shops = stack.open(2)
    backup = stack.backup()
    for one in shops:
        for _ in range(5):
            one.sell()
        one.till.synced()
    stack.restore(backup)
    if said:
        assert guitai("hq", "restored", "--data", stack.office.folder).code == 0
    for one in shops:
        one.sell()
    stack.office.start()
    stack.whole()
    assert stack.incarnation() == 2


@pytest.mark.parametrize("stack", ["postgresql"], indirect=True)
def test_a_dump_put_into_another_database_loses_and_doubles_nothing(stack: Stack) -> None:
    """Same server, same identifier and timeline: the tills notice, by the life they saw."""
    shops, server = stack.open(2), stack.server
    assert server is not None
    assert stack.address is not None
    copied = server.copy(stack.address)
    for one in shops:
        one.sell()
        one.till.synced()
    stack.office.kill()
    file = stack.office.folder / "hq.toml"
    name, new = (address.partition("?")[0].rpartition("/")[2] for address in (stack.address, copied))
    file.write_text(file.read_text(encoding="utf-8").replace(name, new), encoding="utf-8")
    for one in shops:
        one.sell()
    stack.office.start()
    stack.whole()
    assert stack.incarnation() == 2


def test_a_cloned_till_is_noticed_and_both_sell_on_and_are_enrolled_again(stack: Stack) -> None:
    (first,) = stack.open(1)
    first.sell()
    first.till.synced()
    assert first.till.stop() == 0
    shutil.copytree(first.till.data, stack.folder / "clone", copy_function=shutil.copy2)
    (stack.folder / "clone").chmod(0o700)
    clone = Shop(stack.office, stack.network, RunningTill(stack.folder / "clone"))
    clone.phone = first.phone
    stack.shops.append(clone)
    first.till.start()
    first.sell(10_000)
    first.till.synced()
    clone.till.start()
    clone.sell(20_000)
    assert not clone.till.ask(do="wait_synced", timeout_s=5)["ok"]
    assert (clone.badge(), clone.sentence()) == (ATTENTION, FORK)
    first.sell(30_000)
    assert not first.till.ask(do="wait_synced", timeout_s=5)["ok"]
    assert first.badge() == ATTENTION
    for one in (first, clone):
        one.sell()
        one.till.stop()
    enrol_again(first.till, stack.office, stack.network.address, till_id=till_id_of(first.till.data))
    enrol_again(clone.till, stack.office, stack.network.address)
    first.earned = clone.earned = first.earned + clone.earned
    for one in (first, clone):
        one.till.start()
        one.till.synced()
    stack.whole()


def test_an_old_image_of_a_till_is_noticed_and_sells_on(stack: Stack) -> None:
    (one,) = stack.open(1)
    assert one.till.stop() == 0
    shutil.copytree(one.till.data, stack.folder / "image", copy_function=shutil.copy2)
    one.till.start()
    for _ in range(3):
        one.sell()
    one.till.synced()
    assert one.till.stop() == 0
    shutil.rmtree(one.till.data)
    shutil.move(stack.folder / "image", one.till.data)
    one.till.data.chmod(0o700)
    one.till.start()
    assert not one.till.ask(do="wait_synced", timeout_s=5)["ok"]
    assert (one.badge(), one.sentence()) == (ATTENTION, BEHIND)
    one.sell()
    one.till.stop()
    enrol_again(one.till, stack.office, stack.network.address, till_id=till_id_of(one.till.data))
    one.till.start()
    one.till.synced()
    found = one.till.do(do="find", text=one.phone, pick=0)
    assert (found["points"], found["pending_points"]) == (one.earned, 0)
    assert one.badge() == ("", "")
    stack.office.verify()
