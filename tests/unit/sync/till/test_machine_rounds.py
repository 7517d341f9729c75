"""A round of the machine: all that head office named when it was asked is here, whatever others sell meanwhile."""

from __future__ import annotations

from sync.protocol.problems import Problem
from sync.protocol.shapes import VerifyResponse
from sync.till.report import Heard, Phase, Report, report
from sync.till.values import Drop, Loss, Lost, Send, Slices, SyncNow, Tick, Wake
from tests.support.machine import OWN, SUM, Driven, hash_of, heads, page, refused, results

CHAIN = "chain"
STORE = "store:s027"


def idle() -> Driven:
    """Nothing owed, everything fetched, a heads waiting at head office."""
    driven = Driven.of(cursors={CHAIN: 5, OWN: 2})
    driven.give(Tick())
    driven.answer(heads(), till_seq=2)
    return driven


def reported(driven: Driven) -> Report:
    return report(driven.state, Heard(), "")


def test_sync_now_asks_again_without_waiting_and_counts_the_answer() -> None:
    driven = idle()
    checks, waiting = driven.state.checks, driven.send()
    drop, sent = driven.give(SyncNow())
    assert drop == Drop(waiting.no)
    assert isinstance(sent, Send)
    assert sent.wait_s == 0
    driven.answer(heads((CHAIN, 6)), till_seq=2)
    assert driven.state.checks == checks
    driven.answer(page(1, after=5), till_seq=2)
    driven.done()
    assert driven.state.checks == checks + 1
    assert driven.send().wait_s == 25


def test_a_round_ends_with_what_was_named_although_the_bucket_has_grown_since() -> None:
    driven = idle()
    checks = driven.state.checks
    driven.give(SyncNow())
    driven.answer(heads((CHAIN, 6)), till_seq=2)
    driven.answer(page(1, after=5, seq=9, last=False), till_seq=2)
    driven.done()
    assert driven.state.checks == checks + 1
    assert driven.send().bucket == CHAIN


def test_a_bucket_that_is_not_to_be_had_ends_no_round_late() -> None:
    driven = idle()
    checks = driven.state.checks
    driven.give(SyncNow())
    driven.answer(heads((CHAIN, 6), (STORE, 3)), till_seq=2)
    driven.answer(page(1, after=5), till_seq=2)
    driven.done()
    assert driven.state.checks == checks
    assert driven.send().bucket == STORE
    driven.answer(refused(Problem.NOT_FOUND, 404), till_seq=2)
    assert driven.state.checks == checks + 1


def test_what_was_being_fetched_when_a_person_asked_is_not_the_answer() -> None:
    driven = Driven.of(cursors={CHAIN: 5, OWN: 2})
    driven.give(Tick())
    driven.answer(heads((CHAIN, 6)), till_seq=2)
    driven.give(SyncNow())
    driven.answer(page(1, after=5), till_seq=2)
    driven.done()
    assert driven.state.checks == 0
    assert driven.send().wait_s == 0
    driven.answer(heads(), till_seq=2)
    assert driven.state.checks == 1


def test_a_repair_belongs_to_its_round() -> None:
    driven = idle()
    checks = driven.state.checks
    driven.give(SyncNow())
    driven.answer(heads((CHAIN, 6)), till_seq=2)
    driven.answer(page(1, after=5), till_seq=2)
    driven.done(holds=False)
    assert (driven.state.checks, reported(driven).phase) == (checks, Phase.PULLING)
    assert reported(driven).problem == "repair"
    driven.answer(Slices(VerifyResponse(seq=6, live_rows=0, checksum=SUM, slices=[])), till_seq=2)
    assert reported(driven).problem == "repair", "an answer that counts ends no repair"
    driven.done()
    assert driven.state.checks == checks + 1
    assert reported(driven).problem == ""


def test_another_attempt_is_no_link_until_an_answer_counts() -> None:
    driven = idle()
    driven.give(Lost(driven.send().no, Loss.UNREACHABLE))
    driven.at = 1_000
    driven.give(Tick())
    assert driven.state.exchange is not None
    assert reported(driven).phase is Phase.OFFLINE
    driven.answer(heads(), till_seq=2)
    assert reported(driven).phase is Phase.IDLE


def test_an_hour_of_500_loses_no_batch_and_asks_ever_less_often() -> None:
    driven = Driven.of(last_seq=3, cursors={CHAIN: 5, OWN: 2})
    driven.give(Tick())
    asked = 0
    while driven.at < 3_600_000:
        driven.prepare(count=3)
        (wake,) = driven.answer(refused(Problem.INTERNAL, 500), till_seq=2)
        assert isinstance(wake, Wake)
        asked += 1
        driven.at += wake.after_ms
        driven.give(Tick())
    assert asked < 20
    assert (driven.state.durable.resulted, reported(driven).pending) == (0, 3)
    assert (reported(driven).phase, reported(driven).problem) == (Phase.TROUBLE, "internal")
    driven.prepare(count=3)
    driven.answer(results(1, 3), acked_through=3, acked_hash=hash_of(3), till_seq=2)
    driven.done()
    assert reported(driven).pending == 0
