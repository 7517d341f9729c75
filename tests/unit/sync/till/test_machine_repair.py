"""The machine and a cache that differs: which slices are asked for, in what order, and what it never does."""

from __future__ import annotations

from sync.protocol.problems import Problem
from sync.protocol.shapes import SliceResponse, VerifyResponse
from sync.till.values import (
    Body,
    Call,
    Compare,
    CompareSlices,
    Done,
    DropBuckets,
    Grown,
    Heads,
    PreparePush,
    Recount,
    ReplaceSlice,
    Send,
    SliceRows,
    Slices,
    StartIncarnation,
    Tick,
    Wake,
)
from tests.support.machine import OWN, SUM, Driven, heads, page, refused, results

ONE, TWO = "region:r1:01", "region:r1:02"


def sums(seq: int = 9) -> Slices:
    return Slices(VerifyResponse(seq=seq, live_rows=3, checksum=SUM, slices=[]))


def rows(number: int, seq: int = 9) -> SliceRows:
    return SliceRows(SliceResponse(seq=seq, n=number, rows=[]))


def differing(*slices: int) -> Driven:
    """A pull whose checksum did not hold, and the slices that differ."""
    driven = Driven.of(cursors={ONE: 3})
    driven.give(Tick())
    driven.answer(heads((ONE, 9)))
    driven.answer(page(6, after=3))
    driven.done(holds=False)
    assert (driven.send().call, driven.send().bucket, driven.send().slice_no) == (Call.VERIFY, ONE, None)
    assert driven.answer(sums()) == (CompareSlices(ONE, sums().answer),)
    driven.give(Done(differ=slices))
    return driven


def idle() -> Driven:
    driven = Driven.of(cursors={ONE: 9, TWO: 4})
    driven.give(Tick())
    driven.answer(heads())
    assert driven.send().wait_s == 25
    return driven


def test_only_what_differs_is_fetched_and_the_whole_compared_again() -> None:
    driven = differing(7, 200)
    for number in (7, 200):
        assert driven.send().slice_no == number
        assert driven.answer(rows(number)) == (ReplaceSlice(ONE, rows(number).answer, 1),)
        driven.done()
    assert (driven.send().call, driven.send().slice_no) == (Call.VERIFY, None)
    driven.answer(sums())
    driven.done()
    assert driven.send().call is Call.HEADS
    assert (driven.state.repairing, driven.state.slices, driven.state.repaired) == (frozenset(), {}, 2)
    assert Call.PULL not in [one.call for one in driven.wanted[3:] if isinstance(one, Send)]


def test_where_nothing_differs_the_bucket_is_as_it_should_be() -> None:
    driven = differing()
    assert driven.send().call is Call.HEADS
    assert driven.state.repaired == 0


def test_what_was_replaced_and_differs_again_waits_a_while() -> None:
    driven = differing(7)
    driven.answer(rows(7))
    driven.done()
    driven.answer(sums())
    (wait,) = driven.give(Done(differ=(7,)))
    assert isinstance(wait, Wake)
    assert driven.state.problem == "repair"
    assert driven.give(Grown(1)) == (PreparePush(1, 500),), "a push does not wait"


def test_rows_that_changed_meanwhile_are_pulled_first() -> None:
    for answer in (sums(11), rows(7, 11)):
        driven = differing(7)
        if isinstance(answer, Slices):
            driven.answer(rows(7))
            driven.done()
        (pull,) = driven.answer(answer)
        assert isinstance(pull, Send)
        assert (pull.call, pull.bucket, pull.after) == (Call.PULL, ONE, 9)
        driven.answer(page(2, after=9))
        driven.done()
        assert driven.send().call is Call.VERIFY
        assert ONE in driven.state.repairing, "a page that holds proves nothing of the texts before it"


def test_a_push_goes_first_and_what_was_asked_before_it_is_asked_again() -> None:
    driven = differing(7)
    driven.give(Grown(1))
    driven.answer(rows(7))
    assert driven.state.disk == (ReplaceSlice(ONE, rows(7).answer, 1),), "nothing has left that has no result"
    driven.done()
    driven.prepare()
    driven.answer(results(1, 1), acked_through=1, acked_hash=f"{1:064x}")
    driven.done()
    assert driven.send().call is Call.VERIFY
    (wanted,) = driven.answer(sums(), acked_through=2, acked_hash=f"{2:064x}", till_seq=0)
    assert not isinstance(wanted, CompareSlices), "head office knows of an event without a stored result"


def test_the_till_s_own_bucket_comes_before_the_rows_of_a_slice() -> None:
    driven = differing(7)
    (pull,) = driven.answer(rows(7), till_seq=4)
    assert isinstance(pull, Send)
    assert (pull.call, pull.bucket) == (Call.PULL, OWN)


def test_an_answer_to_another_question_changes_nothing() -> None:
    answers: tuple[Body, ...] = (rows(8), sums())
    for answer in answers:
        driven = differing(7)
        (wait,) = driven.answer(answer)
        assert isinstance(wait, Wake)
        assert not driven.state.disk
    driven = differing(7)
    driven.answer(rows(7))
    driven.done()
    driven.answer(rows(7))
    assert not driven.state.disk


def test_a_bucket_that_is_not_ours_any_more_is_left_alone() -> None:
    driven = differing(7)
    driven.answer(refused(Problem.FORBIDDEN, 403))
    assert driven.state.repairing == frozenset()


def test_rows_are_counted_again_when_a_minute_of_chance_says_so() -> None:
    driven = idle()
    assert driven.give(Compare()) == ()
    assert driven.answer(heads()) == (Recount(),)
    driven.give(Done(buckets=(TWO,)))
    assert (driven.send().call, driven.send().bucket) == (Call.VERIFY, TWO)
    driven.answer(sums(4))
    driven.done()
    assert driven.send().call is Call.HEADS
    assert not driven.state.compare


def test_a_cache_that_holds_is_counted_once() -> None:
    driven = idle()
    driven.give(Compare())
    driven.answer(heads())
    driven.done()
    assert driven.send().call is Call.HEADS
    assert driven.state.problem == ""


def test_a_generation_that_is_being_built_is_not_counted() -> None:
    driven = Driven.of(building=True, cursors={ONE: 3})
    driven.give(Compare())
    driven.answer(heads((ONE, 4)))
    assert driven.send().call is Call.PULL
    assert Recount() not in driven.wanted


def test_a_new_incarnation_has_nothing_to_mend() -> None:
    driven = differing(7)
    effects = driven.answer(rows(7), no=2, id="i2")
    assert [type(one) for one in effects] == [StartIncarnation]
    driven.done()
    assert (driven.state.repairing, driven.state.slices) == (frozenset(), {})


def test_a_bucket_that_left_needs_no_repair() -> None:
    driven = idle()
    assert driven.answer(Heads((), (ONE,))) == (DropBuckets((TWO,)),)
    driven.done()
    assert driven.state.repairing == frozenset()
