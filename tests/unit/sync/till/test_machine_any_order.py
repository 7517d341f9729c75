"""Whatever comes in whatever order: no two exchanges, no push before its mark, nothing applied while unsure."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from sync.protocol.problems import Problem
from sync.protocol.seen import Seen
from sync.protocol.shapes import Head, SliceResponse, Snapshot, VerifyResponse
from sync.till.machine import begin
from sync.till.state import State
from sync.till.values import (
    ApplyPage,
    Body,
    Call,
    Compare,
    CompareSlices,
    Done,
    Drop,
    Effect,
    Found,
    Grown,
    Heads,
    Input,
    LoadFile,
    Loss,
    Lost,
    Piece,
    PreparePush,
    ReplaceSlice,
    Send,
    SliceRows,
    Slices,
    StartIncarnation,
    StoreResults,
    StoreVersion,
    SyncNow,
    Tick,
    Wake,
)
from tests.support.machine import OWN, SUM, Driven, hash_of, heads, page, refused, results

BUCKETS = ("chain", OWN, "region:r1:07")
PROBLEMS = (
    Problem.FLOOR, Problem.HASH, Problem.TOO_LARGE, Problem.BUSY, Problem.GAP, Problem.FORBIDDEN, Problem.PROTO,
)  # fmt: skip
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(
            ["tick", "grow", "now", "lost", "disk", "disk", "disk", "answer", "answer", "answer", "refuse", "restart",
             "other_incarnation", "fall", "late", "count"]
        ),
        st.integers(0, 6),
        st.integers(0, 9),
    ),
    max_size=60,
)  # fmt: skip


@dataclass
class Watched:
    """The machine and what its effects prove: `marked` is what the disk has durably raised `sent` to."""

    driven: Driven
    marked: int = 0
    resulted: int = 0
    in_flight: int | None = None
    on_disk: bool = False
    till_seq: int = 0
    sends: list[Send] = field(default_factory=list)

    def give(self, given: Input) -> None:
        self.watch(self.driven.give(given))

    def watch(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            match effect:
                case Drop(no=no):
                    assert self.in_flight == no
                    self.in_flight = None
                case Send():
                    assert self.in_flight is None, "two exchanges at once"
                    self.in_flight = effect.no
                    self.check_push(effect)
                case Wake(after_ms=after_ms):
                    assert after_ms > 0
                case _:
                    assert not self.on_disk, "two disk effects at once"
                    self.on_disk = True
                    if isinstance(effect, ApplyPage | LoadFile | CompareSlices | ReplaceSlice):
                        assert self.marked <= self.resulted, "applied while something may have left"

    def check_push(self, sent: Send) -> None:
        if sent.call is Call.PUSH and sent.push is not None:
            assert sent.push.base_seq + len(sent.push.events) - 1 <= self.marked, "sent before its mark"

    def disk(self, count: int, holds: bool) -> None:
        if not self.on_disk:
            return
        self.on_disk = False
        effect = self.driven.state.disk[0]
        durable = self.driven.state.durable
        match effect:
            case PreparePush(base_seq=base, events_max=most):
                count = min(count, most, durable.last_seq - base + 1)
                self.marked = max(self.marked, base + count - 1)
                self.watch(self.driven.prepare(count=max(0, count)))
                return
            case StoreResults(acked=acked):
                self.resulted = max(self.resulted, acked)
            case StoreVersion(sent=sent):
                self.marked = max(self.marked, sent)
            case StartIncarnation():
                self.marked, self.resulted, self.till_seq = max(self.marked, durable.last_seq), 0, 0
            case CompareSlices():
                self.watch(self.driven.give(Done(differ=tuple(range(count % 3)))))
                return
        self.watch(self.driven.done(holds=holds))

    def answered(self, count: int, figure: int, **more: int | str) -> None:
        if self.in_flight is None:
            return
        sent, self.in_flight = self.driven.send(), None
        self.till_seq += count % 2
        versions: dict[str, int | str] = {"till_seq": self.till_seq, "acked_through": self.resulted, **more}
        seen = self.driven.state.durable.seen
        versions = {"no": seen.incarnation_no if seen else 1, "id": seen.incarnation if seen else "i1", **versions}
        match sent.call:
            case Call.PUSH:
                batch = sent.push
                assert batch is not None
                part = min(count, len(batch.events))
                end = batch.base_seq + part - 1
                versions |= {"acked_through": end, "acked_hash": hash_of(end)}
                self.watch(self.driven.answer(results(batch.base_seq, part), **versions))
            case Call.HEADS:
                found = tuple(
                    Head(id=bucket, seq=figure, live_rows=figure % 3, checksum=SUM) for bucket in BUCKETS[: count % 4]
                )
                self.watch(self.driven.answer(Heads(found, BUCKETS if figure % 2 else None), **versions))
            case Call.PULL:
                found_page = page(count, after=sent.after, last=figure % 3 > 0, seq=sent.after + count + figure % 2)
                self.watch(self.driven.answer(found_page, **versions))
            case _:
                self.watch(self.driven.answer(self.other(sent, count, figure), **versions))

    def other(self, sent: Send, count: int, figure: int) -> Body:
        """A file, a piece of it, or the sums and rows of slices."""
        cursor = self.driven.state.durable.cursors.get(sent.bucket, 0)
        if sent.call is Call.SNAPSHOT:
            return Found(Snapshot(id=f"f{figure}", seq=cursor + count, sha256="5" * 64, bytes=10, rows=count))
        if sent.call is Call.FILE:
            return Piece(b"x" * (count + 3))
        if sent.slice_no is None:
            return Slices(VerifyResponse(seq=cursor + figure % 2, live_rows=count, checksum=SUM, slices=[]))
        return SliceRows(SliceResponse(seq=cursor + figure % 2, n=sent.slice_no, rows=[]))

    def refused(self, count: int) -> None:
        if self.in_flight is None:
            return
        self.in_flight = None
        self.watch(self.driven.answer(refused(PROBLEMS[count], 500), till_seq=self.till_seq))

    def restart(self) -> None:
        """The process dies and starts: only what was durable is left."""
        durable = self.driven.state.durable
        self.driven.state = begin(durable)
        self.in_flight, self.on_disk = None, False
        self.give(Tick())


def drive(watched: Watched, action: tuple[str, int, int]) -> None:
    name, count, figure = action
    driven = watched.driven
    match name:
        case "tick" | "count":
            driven.at += 1_000 << figure
            watched.give(Tick() if name == "tick" else Compare())
        case "grow":
            watched.give(Grown(driven.state.durable.last_seq + count))
        case "now":
            watched.give(SyncNow())
        case "lost" if watched.in_flight is not None:
            no, watched.in_flight = watched.in_flight, None
            watched.give(Lost(no, list(Loss)[count % 4]))
        case "disk":
            watched.disk(count, figure > 0)
        case "answer":
            watched.answered(count, figure)
        case "refuse":
            watched.refused(count)
        case "restart":
            watched.restart()
        case "other_incarnation":
            seen = driven.state.durable.seen
            number = (seen.incarnation_no if seen else 1) + count % 2
            watched.answered(count, figure, no=number, id=f"i{number}", acked_through=0)
        case "fall":
            watched.answered(count, 0, till_seq=0, acked_through=0)
        case "late":
            before = driven.state
            watched.give(Lost(before.next_no + 5, Loss.TIMEOUT))


@given(ACTIONS, st.booleans())
def test_no_order_of_inputs_breaks_the_order_of_effects(actions: list[tuple[str, int, int]], new: bool) -> None:
    driven = Driven.of(seen=None if new else Seen(1, "i1", "l1"), building=new, last_seq=2)
    watched = Watched(driven)
    watched.give(Tick())
    for action in actions:
        drive(watched, action)


def quiet(state: State) -> bool:
    """Nothing owed, nothing to fetch, a heads waiting."""
    return state.exchange is not None and state.exchange.wait_s > 0


@given(ACTIONS)
def test_once_the_network_heals_everything_is_pushed_and_fetched(actions: list[tuple[str, int, int]]) -> None:
    watched = Watched(Driven.of(seen=Seen(1, "i1", "l1"), last_seq=2, cursors={OWN: 0}))
    watched.give(Tick())
    for action in actions:
        drive(watched, action)
    state = watched.driven.state
    for _ in range(400):
        state = watched.driven.state
        if quiet(state) or state.durable.closed:
            break
        watched.driven.at += 1_000_000
        watched.disk(500, True)
        if watched.in_flight is not None:
            heal(watched)
        watched.give(Tick())
    assert state.durable.closed or (quiet(state) and state.durable.resulted >= state.durable.last_seq)


def heal(watched: Watched) -> None:
    """A head office that answers everything, in the till's incarnation."""
    sent, state = watched.driven.send(), watched.driven.state
    if sent.call is Call.PUSH and sent.push is not None:
        watched.answered(len(sent.push.events), 0)
        return
    watched.in_flight = None
    seen = state.durable.seen
    started = seen is not None and seen.went_back  # then head office has a new incarnation, each time
    number = (seen.incarnation_no if seen is not None else 1) + started
    more: dict[str, int | str] = {"no": number, "id": f"i{number}"}
    if started:
        watched.till_seq = 0
    at = 0 if started else max(state.till_seq_max, state.durable.cursors.get(OWN, 0))
    whole: dict[str, int | str] = {"acked_through": max(watched.resulted, state.acked_max), "till_seq": at, **more}
    if sent.call is Call.PULL:
        seq = max(state.seqs_max.get(sent.bucket, 0), sent.after, at if sent.bucket == OWN else 0)
        watched.watch(watched.driven.answer(page(seq - sent.after, after=sent.after, seq=seq), **whole))
    elif sent.call is Call.HEADS:
        watched.watch(watched.driven.answer(heads(), **whole))
    elif sent.call is Call.VERIFY and sent.slice_no is None:
        cursor = state.durable.cursors.get(sent.bucket, 0)
        sums = VerifyResponse(seq=max(cursor, state.seqs_max.get(sent.bucket, 0)), live_rows=0, checksum=SUM, slices=[])
        watched.watch(watched.driven.answer(Slices(sums), **whole))
    else:
        healed_file(watched, sent, whole)


def healed_file(watched: Watched, sent: Send, whole: dict[str, int | str]) -> None:
    """Whatever was on its way is served no more; the file of today is one piece, or a slice has no rows."""
    state = watched.driven.state
    seq = max(state.seqs_max.get(sent.bucket, 0), state.durable.cursors.get(sent.bucket, 0) + 1)
    body: Body
    if sent.call is Call.SNAPSHOT:
        body = Found(Snapshot(id=f"healed{seq}", seq=seq, sha256="6" * 64, bytes=1, rows=0))
    elif sent.file is not None and sent.file.id.startswith("healed"):
        body = Piece(b"x")
    elif sent.file is not None:
        body = refused(Problem.SNAPSHOT, 410)
    else:
        assert sent.slice_no is not None
        body = SliceRows(SliceResponse(seq=state.durable.cursors.get(sent.bucket, 0), n=sent.slice_no, rows=[]))
    watched.watch(watched.driven.answer(body, **whole))
