"""The till's machine against answers no head office should give: it waits, says so, and goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from sync.till.values import Call, Done, Grown, Page, PreparePush, Tick
from tests.support.machine import OWN, Driven, heads, page

CHAIN = "chain"


def asked_for_chain() -> Driven:
    """A pull of `chain` in flight."""
    driven = Driven.of(cursors={CHAIN: 5, OWN: 2})
    driven.give(Tick())
    driven.answer(heads((CHAIN, 9)), till_seq=2)
    assert driven.send().call is Call.PULL
    return driven


def test_a_page_nobody_can_read_is_asked_for_again_later_and_says_so() -> None:
    driven = asked_for_chain()
    driven.answer(page(4, after=5), till_seq=2)
    for _ in range(3):
        driven.give(Done(holds=False, read=False))
        assert driven.state.problem == "unreadable"
        assert driven.state.durable.cursors[CHAIN] == 5
        driven.at = driven.state.pull_wait_until_ms
        driven.give(Tick())
        driven.answer(page(4, after=5), till_seq=2)
        assert driven.state.problem == "unreadable"
    assert driven.state.failures == 3
    driven.done()
    assert (driven.state.problem, driven.state.failures, driven.state.durable.cursors[CHAIN]) == ("", 0, 9)


def test_a_page_nobody_can_read_holds_no_push_back() -> None:
    driven = asked_for_chain()
    driven.answer(page(4, after=5), till_seq=2)
    driven.give(Done(holds=False, read=False))
    assert driven.give(Grown(1)) == (PreparePush(1, 500),)


@pytest.mark.parametrize("still", [page(0, after=5, last=False, seq=9), page(3, after=5, seq=99)])
def test_a_page_that_leads_nowhere_is_not_asked_for_without_end(still: Page) -> None:
    driven = asked_for_chain()
    driven.answer(replace(still, page=structs.replace(still.page, next=5)), till_seq=2)
    assert driven.state.problem == "not_head_office"
    assert driven.state.disk == ()


def test_a_number_nobody_could_have_counted_to_starts_nothing() -> None:
    driven = Driven.of(cursors={CHAIN: 5, OWN: 2})
    driven.give(Tick())
    driven.answer(heads(), no=2_000_000, id="i2000000")
    assert (driven.state.problem, driven.state.disk) == ("not_head_office", ())
