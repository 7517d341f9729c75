"""The till's machine step by step: what it wants after each input, and what it leaves alone."""

from __future__ import annotations

import pytest

from sync.protocol.problems import Problem
from sync.protocol.seen import Seen
from sync.till.values import (
    Answered,
    ApplyPage,
    Call,
    CheckChain,
    Close,
    Drop,
    DropBuckets,
    Grown,
    Loss,
    Lost,
    PreparePush,
    Refused,
    Send,
    StartIncarnation,
    StoreResults,
    StoreVersion,
    SwitchGeneration,
    SyncNow,
    Tick,
    Wake,
)
from tests.support.machine import OWN, SEEN, Driven, hash_of, heads, page, refused, results, version

CHAIN = "chain"


def idle() -> Driven:
    """Nothing owed, everything fetched, a heads waiting at head office."""
    driven = Driven.of(cursors={CHAIN: 5, OWN: 2})
    driven.give(Tick())
    driven.answer(heads(), till_seq=2)
    assert driven.send().wait_s == 25
    return driven


def test_the_first_question_knows_nothing_and_its_answer_starts_a_generation() -> None:
    driven = Driven.of(seen=None, last_seq=3, building=True)
    driven.give(Tick())
    assert driven.send().seen is None
    assert driven.send().call is Call.HEADS
    assert driven.answer(heads((CHAIN, 4))) == (StartIncarnation(SEEN),)
    assert driven.done() == (PreparePush(1, 500),)
    assert driven.state.durable.sent == 3


def test_a_push_waits_for_the_durable_mark() -> None:
    driven = Driven.of(last_seq=2)
    assert driven.give(Tick()) == (PreparePush(1, 500),)
    assert driven.state.exchange is None
    (sent,) = driven.prepare(count=2)
    assert isinstance(sent, Send)
    assert sent.call is Call.PUSH
    assert driven.state.durable.sent == 2


def test_results_are_durable_before_the_next_request() -> None:
    driven = Driven.of(last_seq=2)
    driven.give(Tick())
    driven.prepare(count=2)
    effects = driven.answer(results(1, 2), acked_through=2, acked_hash=hash_of(2))
    assert effects == (StoreResults(results(1, 2).results, 2, hash_of(2), 1),)
    assert driven.state.durable.resulted == 0
    (sent,) = driven.done()
    assert isinstance(sent, Send)
    assert sent.call is Call.HEADS
    assert driven.state.durable.resulted == 2


def test_head_office_may_stop_early_and_the_till_goes_on_from_there() -> None:
    driven = Driven.of(last_seq=3)
    driven.give(Tick())
    driven.prepare(count=3)
    driven.answer(results(1, 1), acked_through=1, acked_hash=hash_of(1))
    assert driven.done() == (PreparePush(2, 500),)


@pytest.mark.parametrize(
    ("count", "acked", "digest"),
    [(2, 2, 9), (1, 2, 2), (2, 3, 3), (0, 0, 0), (3, 2, 2)],
    ids=["another hash", "a result missing", "beyond the batch", "nothing at all", "a result too many"],
)
def test_an_answer_that_does_not_fit_the_batch_moves_nothing(count: int, acked: int, digest: int) -> None:
    driven = Driven.of(last_seq=2)
    driven.give(Tick())
    driven.prepare(count=2)
    effects = driven.answer(results(1, count), acked_through=acked, acked_hash=hash_of(digest))
    assert not any(isinstance(effect, StoreResults) for effect in (*effects, *driven.state.disk))
    assert driven.state.durable.resulted == 0
    assert isinstance(driven.wanted[-1], Wake) or isinstance(driven.state.disk[0], StoreVersion)


def test_other_answers_name_the_head_which_moves_no_ack() -> None:
    driven = Driven.of(last_seq=2, sent=2)
    driven.give(Tick())
    driven.prepare(count=2)
    driven.give(Answered(driven.send().no, version(acked_through=2, acked_hash=hash_of(2)), refused(None, 500)))
    assert driven.state.durable.resulted == 0


def test_a_waiting_heads_is_dropped_for_a_push_and_its_answer_is_not_heard() -> None:
    driven = idle()
    waiting = driven.send()
    assert driven.give(Grown(1)) == (Drop(waiting.no), PreparePush(1, 500))
    before = driven.state
    assert driven.give(Answered(waiting.no, version(), heads((CHAIN, 9)))) == ()
    assert driven.state == before


def test_a_page_is_not_applied_while_something_may_have_left() -> None:
    driven = Driven.of(cursors={OWN: 2})
    driven.give(Tick())
    driven.answer(heads((CHAIN, 5)), till_seq=2)
    assert driven.send().call is Call.PULL
    driven.answer(page(5), till_seq=2, acked_through=0)
    assert isinstance(driven.state.disk[0], ApplyPage)
    late = Driven.of(cursors={OWN: 2})
    late.give(Tick())
    late.answer(heads((CHAIN, 5)), till_seq=2)
    effects = late.answer(page(5), till_seq=2, acked_through=3)  # more than was ever sent: raises the mark
    assert effects == (StoreVersion(SEEN, 3),)
    assert not any(isinstance(effect, ApplyPage) for effect in late.state.disk)


def test_the_till_s_own_bucket_comes_first() -> None:
    driven = Driven.of(cursors={OWN: 2})
    driven.give(Tick())
    driven.answer(heads((CHAIN, 5)), till_seq=2)
    driven.answer(page(5), till_seq=3)
    assert driven.send().bucket == OWN
    assert CHAIN not in driven.state.durable.cursors
    (apply,) = driven.answer(page(1, after=2), till_seq=3)
    assert isinstance(apply, ApplyPage)
    driven.done()
    assert driven.send().bucket == CHAIN


def test_a_page_for_another_place_is_left() -> None:
    driven = Driven.of(cursors={OWN: 0})
    driven.give(Tick())
    driven.answer(heads((CHAIN, 5)))
    first = driven.answer(page(2, last=False, seq=5))
    assert isinstance(first[0], ApplyPage)
    driven.done()
    assert driven.send().after == 2


def test_rows_that_moved_while_paging_are_still_fetched() -> None:
    driven = Driven.of(cursors={OWN: 0}, building=True)
    driven.give(Tick())
    driven.answer(heads((CHAIN, 5)))
    driven.answer(page(5, last=False, seq=9))
    (again,) = driven.done()
    assert isinstance(again, Send)
    assert (again.bucket, again.after) == (CHAIN, 5)


def test_a_complete_generation_is_switched_to() -> None:
    driven = Driven.of(building=True, cursors={OWN: 1})
    driven.give(Tick())
    assert driven.send().wait_s == 0
    driven.answer(heads((CHAIN, 1)), till_seq=1)
    driven.answer(page(1), till_seq=1)
    assert driven.done() == (SwitchGeneration(),)
    driven.done()
    assert not driven.state.durable.building
    assert driven.send().wait_s == 25


def test_buckets_that_left_are_dropped() -> None:
    driven = Driven.of(cursors={OWN: 1, "region:r1:07": 4})
    driven.give(Tick())
    assert driven.answer(heads(buckets=(CHAIN, OWN)), till_seq=1) == (DropBuckets(("region:r1:07",)),)
    driven.done()
    assert driven.state.durable.cursors == {OWN: 1}


def test_a_checksum_of_the_till_s_own_bucket_that_does_not_hold_repairs_it_whole_and_once() -> None:
    driven = Driven.of(cursors={OWN: 4})
    driven.give(Tick())
    driven.answer(heads((OWN, 5)), till_seq=5)
    driven.answer(page(1, after=4), till_seq=5)
    (again,) = driven.done(holds=False)
    assert isinstance(again, Send)
    assert (again.bucket, again.after) == (OWN, 0)
    (apply,) = driven.answer(page(5), till_seq=5)
    assert isinstance(apply, ApplyPage)
    assert apply.replace
    driven.done(holds=False)
    assert driven.send().call is Call.HEADS


def test_a_bucket_that_is_not_ours_is_forgotten_and_asked_about() -> None:
    driven = Driven.of(cursors={OWN: 1})
    driven.give(Tick())
    driven.answer(heads((CHAIN, 5)), till_seq=1)
    driven.answer(refused(Problem.FORBIDDEN, 403), till_seq=1)
    driven.at += 60_000
    (sent,) = driven.give(Tick())
    assert isinstance(sent, Send)
    assert sent.call is Call.HEADS
    assert sent.wait_s == 0


def test_a_refused_pull_never_delays_a_push() -> None:
    driven = Driven.of(cursors={OWN: 1})
    driven.give(Tick())
    driven.answer(heads((CHAIN, 5)), till_seq=1)
    (wake,) = driven.answer(refused(Problem.PROTO, 426), till_seq=1)
    assert isinstance(wake, Wake)
    assert driven.give(Grown(1)) == (PreparePush(1, 500),)


@pytest.mark.parametrize("problem", [Problem.TOO_LARGE, Problem.HASH])
def test_a_batch_is_halved(problem: Problem) -> None:
    driven = Driven.of(last_seq=9)
    driven.give(Tick())
    driven.prepare(count=9)
    assert driven.answer(refused(problem, 413)) == (PreparePush(1, 4),)


@pytest.mark.parametrize("problem", [None, Problem.INTERNAL, Problem.MALFORMED, Problem.BUSY])
def test_any_other_refusal_of_a_batch_is_only_waited_for(problem: Problem | None) -> None:
    driven = Driven.of(last_seq=9)
    driven.give(Tick())
    driven.prepare(count=9)
    (wake,) = driven.answer(refused(problem, 500))
    assert isinstance(wake, Wake)
    driven.at += wake.after_ms
    assert driven.give(Tick()) == (PreparePush(1, 500),)


def test_one_event_that_does_not_follow_makes_the_till_check_its_own_chain() -> None:
    driven = Driven.of(last_seq=1)
    driven.give(Tick())
    driven.prepare()
    assert driven.answer(refused(Problem.HASH, 422)) == (CheckChain(),)
    assert driven.done(holds=False) == (Close("chain_broken"),)


@pytest.mark.parametrize("problem", [Problem.FORK, Problem.REENROL, Problem.UNKNOWN_TILL])
def test_a_closed_identity_asks_nothing_more(problem: Problem) -> None:
    driven = Driven.of(last_seq=1)
    driven.give(Tick())
    driven.prepare()
    assert driven.answer(refused(problem)) == (Close(problem.value),)
    assert driven.done() == ()
    assert driven.give(Grown(2)) == ()
    assert driven.give(Tick()) == ()


def test_a_stranger_s_refusal_closes_nothing() -> None:
    driven = Driven.of(last_seq=1)
    driven.give(Tick())
    driven.prepare()
    effects = driven.give(Answered(driven.send().no, None, refused(Problem.REENROL)))
    assert [type(effect) for effect in effects] == [Wake]
    assert not driven.state.durable.closed


def test_more_acknowledged_than_written_means_the_till_went_back() -> None:
    driven = Driven.of(last_seq=2, sent=2, resulted=2)
    driven.give(Tick())
    assert driven.answer(heads(), acked_through=7) == (StoreVersion(SEEN, 7),)
    assert driven.done() == (Close("behind_head_office"),)


def test_a_till_that_died_before_it_noted_that_notes_it_at_its_next_start() -> None:
    driven = Driven.of(last_seq=2, sent=7, resulted=2)
    assert driven.give(Tick()) == (Close("behind_head_office"),)


@pytest.mark.parametrize(
    "fallen",
    [{"acked_through": 4}, {"till_seq": 1}, {"bucket": 3}],
    ids=["acked_through", "till_seq", "a bucket"],
)
def test_a_figure_that_fell_is_reported_and_concludes_nothing(fallen: dict[str, int]) -> None:
    driven = Driven.of(last_seq=5, sent=5, resulted=5, cursors={OWN: 2, CHAIN: 8})
    driven.give(Tick())
    body = heads((CHAIN, fallen.pop("bucket"))) if "bucket" in fallen else heads()
    whole = {"acked_through": 5, "till_seq": 2, **fallen}
    flagged = Seen(1, "i1", "l1", went_back=True)
    assert driven.answer(body, **whole) == (StoreVersion(flagged, 5),)
    driven.done()
    assert driven.send().seen == flagged
    assert driven.state.durable.resulted == 5
    effects = driven.give(Answered(driven.send().no, version(no=2, id="i2"), refused(Problem.INCARNATION)))
    assert effects == (StartIncarnation(Seen(2, "i2", "l1")),)


def test_a_push_answer_below_the_head_is_not_a_fall() -> None:
    driven = Driven.of(last_seq=5, sent=5, resulted=2)
    driven.give(Tick())
    driven.prepare(count=1)
    driven.answer(results(3, 1), acked_through=3, acked_hash=hash_of(3))
    assert not any(isinstance(effect, StoreVersion) for effect in driven.wanted)


def test_a_new_incarnation_counts_no_result_and_starts_from_nothing() -> None:
    driven = Driven.of(last_seq=5, sent=5, resulted=5, cursors={OWN: 2, CHAIN: 8})
    driven.give(Tick())
    driven.answer(heads((CHAIN, 9)), no=2, id="i2")
    driven.done()
    durable = driven.state.durable
    assert (durable.resulted, durable.sent, durable.cursors, durable.building) == (0, 5, {}, True)
    assert isinstance(driven.state.disk[0], PreparePush)


def test_an_older_incarnation_is_not_believed() -> None:
    driven = Driven.of(seen=Seen(3, "i3", "l1"))
    driven.give(Tick())
    effects = driven.answer(heads((CHAIN, 9)), no=2, id="i2")
    assert [type(effect) for effect in effects] == [Wake]
    assert driven.state.durable.seen == Seen(3, "i3", "l1")


def test_an_older_head_office_that_does_not_know_this_till_says_so() -> None:
    driven = Driven.of(seen=Seen(3, "i3", "l1"))
    driven.give(Tick())
    driven.answer(Refused(Problem.SIGNATURE, 401), no=2, id="i2")
    assert driven.state.problem == "signature"
    assert driven.state.durable.seen == Seen(3, "i3", "l1")


def test_a_new_life_is_remembered() -> None:
    driven = Driven.of()
    driven.give(Tick())
    assert driven.answer(heads(), life="l2") == (StoreVersion(Seen(1, "i1", "l2"), 0),)


def test_waiting_doubles_to_fifteen_minutes_and_a_person_ends_it() -> None:
    driven = Driven.of(last_seq=1)
    driven.give(Tick())
    waits = []
    for _ in range(15):
        driven.prepare()
        (wake,) = driven.give(Lost(driven.send().no, Loss.UNREACHABLE))
        assert isinstance(wake, Wake)
        waits.append(wake.after_ms)
        driven.at += wake.after_ms
        driven.give(Tick())
    assert waits[:4] == [1_000, 2_000, 4_000, 8_000]
    assert waits[-1] == 900_000
    assert driven.state.problem == "unreachable"
    driven.prepare()
    driven.give(Lost(driven.send().no, Loss.TIMEOUT))
    assert driven.give(SyncNow()) == (PreparePush(1, 500),)


@pytest.mark.parametrize("body", [Refused(Problem.RATE, 429, retry_after_s=30), heads()])
def test_a_wait_head_office_set_holds_for_people_too(body: Refused) -> None:
    driven = Driven.of(cursors={OWN: 1})
    driven.give(Tick())
    driven.answer(body, next_ms=30_000, till_seq=1)
    (wake,) = driven.give(SyncNow())
    assert wake == Wake(30_000)
    driven.at = 30_000
    (sent,) = driven.give(Tick())
    assert isinstance(sent, Send)


def test_after_a_restart_what_may_have_left_is_pushed_before_anything_is_applied() -> None:
    driven = Driven.of(last_seq=4, sent=4, resulted=2, cursors={OWN: 1, CHAIN: 3})
    assert driven.give(Tick()) == (PreparePush(3, 500),)
