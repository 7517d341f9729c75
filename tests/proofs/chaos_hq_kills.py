"""`make prove`: head office killed at each of its places while real tills enrol, sell and hold; both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from app.failpoints import Failpoint
from tests.support.bad_network import Shop
from tests.support.commands import guitai, new_till
from tests.support.real_stack import DATABASES, Stack, real_stack

PLACES = [place for place in Failpoint if place.value.startswith("hq.")]


@pytest.fixture(scope="module", params=DATABASES)
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with real_stack(request.param, tmp_path_factory.mktemp("kills")) as made:
        for one in made.open(2):
            one.sell(60_000)
            one.till.synced()
        yield made


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_head_office_killed_anywhere_under_real_tills_counts_everything_once(
    stack: Stack, place: Failpoint, record_property: Callable[[str, object], None]
) -> None:
    record_property("head office kill matrix", f"{stack.server is None}/{place.value}")
    stack.office.kill()
    stack.office.start(environment={"GUITAI_FAILPOINT": place.value})
    if place.value.startswith("hq.enrol"):
        enrolled_in_two_tries(stack, place.value)
    elif place.value.startswith("hq.hold"):
        stack.shops[0].till.synced()  # a till that is offline asks for nothing
        held(stack, stack.shops[0])
    else:
        for one in stack.shops:
            one.sell()
        assert stack.office.killed()
        stack.office.start()
    stack.whole()


def held(stack: Stack, one: Shop) -> None:
    """Points are asked for; nobody answers, so none are taken, and head office keeps none away."""
    one.till.do(do="find", text=one.phone, pick=0)
    one.till.do(do="line", unit_minor=10_000)
    assert not one.till.ask(do="redeem", points=500)["ok"]
    assert stack.office.killed()
    stack.office.start()
    one.till.synced()
    one.till.do(do="redeem", points=500)
    one.till.do(do="keep_points")
    one.till.do(do="clear")


def enrolled_in_two_tries(stack: Stack, name: str) -> None:
    """The same code with the same key is the same till, whatever came of the first try."""
    folder = stack.folder / name
    folder.mkdir()
    data, code = new_till(folder), stack.office.code()
    options = ("--data", data, "--url", stack.network.address, "--code", code)
    assert guitai("enrol", *options).code != 0
    assert stack.office.killed()
    stack.office.start()
    again = guitai("enrol", *options)
    assert again.code == 0, again.err
