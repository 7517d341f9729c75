"""The machine and snapshot files: when it loads one, how it goes on after every break, and what it never loads."""

from __future__ import annotations

from app.services.sync_ports import SnapshotFile
from sync.protocol.problems import Problem
from sync.protocol.shapes import Head, Snapshot
from sync.till.state import begin
from sync.till.values import (
    ApplyPage,
    BeginFile,
    Call,
    DropBuckets,
    Found,
    Grown,
    Heads,
    KeepPiece,
    LoadFile,
    Loss,
    Lost,
    Piece,
    PreparePush,
    Send,
    StartIncarnation,
    SwitchGeneration,
    Tick,
    Wake,
)
from tests.support.machine import DURABLE, OWN, SUM, Driven, page, refused, results

ONE, TWO = "region:r1:01", "region:r1:02"
SHA = "5" * 64
FILE = SnapshotFile(ONE, "f1", 7, SHA, 100, 3)


def named(*found: tuple[str, int]) -> Heads:
    """Heads of buckets that hold rows."""
    return Heads(tuple(Head(id=name, seq=seq, live_rows=3, checksum=SUM) for name, seq in found), None)


def of(file: SnapshotFile) -> Found:
    return Found(Snapshot(id=file.id, seq=file.seq, sha256=file.sha256, bytes=file.bytes, rows=file.rows))


def empty(*found: tuple[str, int], building: bool = False) -> Driven:
    """A till with nothing cached that was told what there is."""
    driven = Driven.of(building=building)
    driven.give(Tick())
    driven.answer(named(*found))
    return driven


def fetching(*found: tuple[str, int], building: bool = False) -> Driven:
    """The first piece of bucket ONE's file is asked for."""
    driven = empty(*(found or ((ONE, 7),)), building=building)
    driven.answer(of(FILE))
    driven.done()
    return driven


def test_a_bucket_of_which_nothing_is_here_comes_from_its_file_piece_by_piece() -> None:
    driven = empty((ONE, 9))
    assert (driven.send().call, driven.send().bucket) == (Call.SNAPSHOT, ONE)
    assert driven.answer(of(FILE)) == (BeginFile(FILE),)
    driven.done()
    assert (driven.send().call, driven.send().file) == (Call.FILE, FILE)
    assert driven.answer(Piece(b"x" * 60)) == (KeepPiece(0, b"x" * 60),)
    driven.done()
    assert driven.send().file == SnapshotFile(ONE, "f1", 7, SHA, 100, 3, got=60)
    driven.answer(Piece(b"y" * 40))
    (load,) = driven.done()
    assert load == LoadFile(SnapshotFile(ONE, "f1", 7, SHA, 100, 3, got=100), 1)
    (pull,) = driven.done()
    assert isinstance(pull, Send)
    assert (pull.call, pull.after) == (Call.PULL, 7)
    assert driven.state.durable.download is None


def test_a_bucket_that_is_here_is_pulled_and_one_without_rows_too() -> None:
    driven = Driven.of(cursors={ONE: 3})
    driven.give(Tick())
    driven.answer(named((ONE, 9)))
    assert driven.send().call is Call.PULL
    driven = Driven.of()
    driven.give(Tick())
    driven.answer(Heads((Head(id=ONE, seq=9, live_rows=0, checksum=SUM),), None))
    assert driven.send().call is Call.PULL


def test_a_file_not_made_yet_is_pulled_from_0_without_waiting() -> None:
    driven = empty((ONE, 9))
    (pull,) = driven.answer(refused(Problem.NOT_FOUND, 404))
    assert isinstance(pull, Send)
    assert (pull.call, pull.after) == (Call.PULL, 0)


def test_below_the_floor_there_is_no_way_but_the_file() -> None:
    driven = Driven.of(cursors={OWN: 4, ONE: 3}, building=False)
    driven.give(Tick())
    driven.answer(named((OWN, 9)), till_seq=9)
    (asked,) = driven.answer(refused(Problem.FLOOR, 410), till_seq=9)
    assert isinstance(asked, Send)
    assert (asked.call, asked.bucket) == (Call.SNAPSHOT, OWN)
    (wait,) = driven.answer(refused(Problem.NOT_FOUND, 404), till_seq=9)
    assert isinstance(wait, Wake)
    assert driven.state.problem == "not_found"
    driven.at += wait.after_ms
    driven.give(Tick())
    driven.answer(named((OWN, 9)), till_seq=9)
    assert driven.send().call is Call.SNAPSHOT


def test_a_file_that_brings_nothing_new_is_waited_for() -> None:
    driven = Driven.of(cursors={ONE: 8})
    driven.give(Tick())
    driven.answer(named((ONE, 9)))
    driven.answer(refused(Problem.FLOOR, 410))
    (wait,) = driven.answer(of(FILE))
    assert isinstance(wait, Wake)
    assert not driven.state.disk


def test_where_a_pull_is_allowed_it_takes_the_place_of_a_file_that_brings_nothing() -> None:
    driven = empty((ONE, 9))
    (pull,) = driven.answer(of(SnapshotFile(ONE, "f0", 0, SHA, 9, 0)))
    assert isinstance(pull, Send)
    assert (pull.call, pull.after) == (Call.PULL, 0)


def test_a_break_costs_what_did_not_arrive() -> None:
    driven = fetching()
    driven.answer(Piece(b"x" * 60))
    driven.done()
    lost = driven.send()
    (wait,) = driven.give(Lost(lost.no, Loss.UNREACHABLE))
    assert isinstance(wait, Wake)
    driven.at += wait.after_ms
    driven.give(Tick())
    assert driven.send().file == lost.file


def test_a_restart_goes_on_where_the_file_was() -> None:
    got = SnapshotFile(ONE, "f1", 7, SHA, 100, 3, got=60)
    driven = Driven.of(download=got, building=True)
    driven.give(Tick())
    assert driven.send().call is Call.HEADS, "what the till's own bucket says comes first"
    driven.answer(named((ONE, 9)))
    assert (driven.send().call, driven.send().file) == (Call.FILE, got)


def test_a_file_older_than_what_is_here_is_not_gone_on_with() -> None:
    driven = Driven.of(download=SnapshotFile(ONE, "f1", 7, SHA, 100, 3, got=60), cursors={ONE: 8})
    driven.give(Tick())
    driven.answer(named((ONE, 9)))
    assert driven.send().call is Call.PULL
    driven.answer(refused(Problem.FLOOR, 410))
    assert driven.send().call is Call.SNAPSHOT


def test_a_file_served_no_more_is_followed_by_the_newer_one() -> None:
    newer = SnapshotFile(ONE, "f2", 8, "6" * 64, 50, 2)
    for problem, status in ((Problem.SNAPSHOT, 410), (Problem.NOT_FOUND, 404), (None, 416)):
        driven = fetching((ONE, 9))
        (asked,) = driven.answer(refused(problem, status))
        assert isinstance(asked, Send)
        assert asked.call is Call.SNAPSHOT
        assert driven.answer(of(newer)) == (BeginFile(newer),)


def test_a_file_named_again_is_gone_on_with() -> None:
    driven = fetching()
    driven.answer(Piece(b"x" * 60))
    driven.done()
    driven.state = begin(driven.state.durable)
    driven.give(Tick())
    driven.answer(named((ONE, 9)))
    assert driven.send().file is not None
    driven.answer(refused(None, 500))
    assert driven.state.durable.download is not None
    assert driven.state.durable.download.got == 60


def test_what_is_not_of_this_file_is_not_kept() -> None:
    driven = fetching()
    driven.answer(Piece(b"x" * 101))
    assert not driven.state.disk
    assert driven.state.problem == "not_head_office"


def test_a_damaged_file_is_gone_and_the_bucket_pulled_after_a_while() -> None:
    driven = fetching()
    driven.answer(Piece(b"x" * 100))
    driven.done()
    (wait,) = driven.done(holds=False)
    assert isinstance(wait, Wake)
    assert driven.state.problem == "snapshot_damaged"
    assert driven.state.durable.cursors == {}
    driven.at += wait.after_ms
    driven.give(Tick())
    assert (driven.send().call, driven.send().after) == (Call.PULL, 0)


def test_a_file_that_is_damaged_again_and_again_waits_longer() -> None:
    driven = Driven.of(cursors={ONE: 3})
    driven.give(Tick())
    driven.answer(named((ONE, 9)))
    driven.answer(refused(Problem.FLOOR, 410))
    waits = []
    for _ in range(4):
        driven.answer(of(FILE))
        driven.done()
        driven.answer(Piece(b"x" * 100))
        driven.done()
        (wait,) = driven.done(holds=False)
        assert isinstance(wait, Wake)
        waits.append(wait.after_ms)
        driven.at += wait.after_ms
        driven.give(Tick())
    assert waits == sorted(set(waits))


def test_without_room_nothing_is_fetched_and_a_sale_still_goes_out() -> None:
    driven = empty((ONE, 7))
    driven.answer(of(FILE))
    (wait,) = driven.done(holds=False)
    assert isinstance(wait, Wake)
    assert driven.state.problem == "no_room"
    assert driven.give(Grown(1)) == (PreparePush(1, 500),)


def test_a_push_goes_between_two_pieces_and_before_the_load() -> None:
    driven = fetching()
    driven.give(Grown(1))
    assert driven.send().call is Call.FILE
    driven.answer(Piece(b"x" * 100))
    (push,) = driven.done()
    assert push == PreparePush(1, 500), "the file is whole, and waits"
    driven.prepare()
    driven.answer(results(1, 1), acked_through=1, acked_hash=f"{1:064x}")
    (load,) = driven.done()
    assert isinstance(load, LoadFile)


def test_the_till_s_own_bucket_comes_before_what_the_file_says() -> None:
    driven = fetching()
    driven.answer(Piece(b"x" * 100), till_seq=4)
    (pull,) = driven.done()
    assert isinstance(pull, Send)
    assert (pull.call, pull.bucket) == (Call.PULL, OWN)
    (own,) = driven.answer(page(4), till_seq=4)
    assert isinstance(own, ApplyPage)
    (load,) = driven.done()
    assert isinstance(load, LoadFile)


def test_the_own_bucket_itself_waits_for_nothing() -> None:
    driven = Driven.of(cursors={OWN: 2})
    driven.give(Tick())
    driven.answer(named((OWN, 9)), till_seq=9)
    driven.answer(refused(Problem.FLOOR, 410), till_seq=9)
    driven.answer(of(FILE), till_seq=9)
    driven.done()
    driven.answer(Piece(b"x" * 100), till_seq=9)
    (load,) = driven.done()
    assert isinstance(load, LoadFile)
    assert load.download.bucket == OWN


def test_newer_rows_wait_until_the_other_buckets_are_here() -> None:
    driven = fetching((ONE, 9), (TWO, 5), building=True)
    driven.answer(Piece(b"x" * 100))
    driven.done()
    (asked,) = driven.done()
    assert isinstance(asked, Send)
    assert (asked.call, asked.bucket) == (Call.SNAPSHOT, TWO)
    driven.answer(refused(Problem.NOT_FOUND, 404))
    driven.answer(page(5))
    (pull,) = driven.done()
    assert isinstance(pull, Send)
    assert (pull.bucket, pull.after) == (ONE, 7)
    driven.answer(page(2, after=7))
    driven.done()
    assert driven.state.later == frozenset()
    assert driven.state.disk == (SwitchGeneration(),)


def test_a_new_incarnation_knows_no_file_of_the_old_one() -> None:
    driven = fetching()
    effects = driven.answer(Piece(b"x"), no=2, id="i2")
    assert [type(one) for one in effects] == [StartIncarnation]
    driven.done()
    assert driven.state.durable.download is None
    assert driven.state.files == {}


def test_a_bucket_that_left_takes_its_file_along() -> None:
    driven = Driven.of(download=FILE, cursors={ONE: 3, TWO: 5})
    driven.give(Tick())
    effects = driven.answer(Heads((), (TWO,)))
    assert effects == (DropBuckets((ONE,)),)
    driven.done()
    assert driven.state.durable.download is None
    driven = Driven.of(download=FILE, cursors={ONE: 3, TWO: 5})
    driven.give(Tick())
    driven.answer(Heads((), (ONE,)))
    driven.done()
    assert driven.state.durable.download == FILE


def test_a_generation_being_built_begins_with_what_it_lacks() -> None:
    assert begin(DURABLE).later == frozenset()
    driven = Driven.of(building=True, cursors={ONE: 7})
    driven.give(Tick())
    driven.answer(named((ONE, 9), (TWO, 5)))
    assert (driven.send().call, driven.send().bucket) == (Call.SNAPSHOT, TWO)
