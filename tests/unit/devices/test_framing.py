"""Frames of a serial scanner: every end, every split, silence, over-length."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.scanner.framing import FRAME_BYTES_MAX, IDLE_FLUSH_S, Frame, Framer


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\x03"])
def test_each_end_closes_a_frame(end: bytes) -> None:
    assert Framer().feed(b"6901234567892" + end, 0.0) == [Frame(b"6901234567892")]


def test_two_scans_in_one_read_are_two_frames() -> None:
    assert Framer().feed(b"111\r\n222\r\n", 0.0) == [Frame(b"111"), Frame(b"222")]


def test_a_start_of_text_before_a_frame_is_skipped() -> None:
    assert Framer().feed(b"\x02123\x03", 0.0) == [Frame(b"123")]


def test_a_start_of_text_inside_a_frame_is_kept_as_garbage() -> None:
    assert Framer().feed(b"1\x022\r", 0.0) == [Frame(b"1\x022")]


def test_silence_closes_a_frame_without_an_end() -> None:
    framer = Framer()
    assert framer.feed(b"123", 1.0) == []
    assert framer.idle(1.0 + IDLE_FLUSH_S / 2) == []
    assert framer.idle(1.0 + IDLE_FLUSH_S) == [Frame(b"123")]
    assert framer.idle(9.0) == []


def test_bytes_after_silence_begin_a_new_frame() -> None:
    framer = Framer()
    framer.feed(b"123", 1.0)
    assert framer.feed(b"456\r", 2.0) == [Frame(b"123"), Frame(b"456")]


def test_the_wait_is_what_is_left_of_the_silence() -> None:
    framer = Framer()
    assert framer.wait_s(0.0) is None
    framer.feed(b"1", 1.0)
    assert framer.wait_s(1.05) == pytest.approx(0.15)
    assert framer.wait_s(5.0) == 0.0


def test_an_over_long_frame_is_cut_off_marked_and_the_next_is_clean() -> None:
    frames = Framer().feed(b"9" * (FRAME_BYTES_MAX + 50) + b"\r123\r", 0.0)
    assert frames == [Frame(b"9" * FRAME_BYTES_MAX, too_long=True), Frame(b"123")]


@given(
    codes=st.lists(st.binary(min_size=1, max_size=40).filter(lambda code: not set(code) & {2, 3, 10, 13}), max_size=8),
    cuts=st.lists(st.integers(0, 400), max_size=12),
)
def test_frames_do_not_depend_on_how_the_bytes_are_split(codes: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(code + b"\r\n" for code in codes)
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    framer = Framer()
    frames = [frame for start, end in itertools.pairwise(edges) for frame in framer.feed(stream[start:end], 0.0)]
    assert [frame.data for frame in frames] == codes


def test_a_frame_says_how_it_ended() -> None:
    framer = Framer()
    frames = framer.feed(b"1\r2\n3\x034", 0.0) + framer.idle(IDLE_FLUSH_S)
    assert [frame.ended for frame in frames] == ["cr", "lf", "etx", "silence"]
