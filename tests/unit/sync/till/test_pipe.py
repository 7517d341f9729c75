"""Frames between the till and its sync process: whole ones only, whatever the other side does."""

from __future__ import annotations

import io
import threading

import pytest

from sync.till.pipe import FRAME_BYTES_MAX, LENGTH, Pipe, PipeError


def reading(content: bytes) -> Pipe:
    return Pipe(io.BytesIO(content), io.BytesIO())


def test_frames_come_out_as_they_went_in() -> None:
    out = io.BytesIO()
    pipe = Pipe(io.BytesIO(), out)
    pipe.write({"id": 1, "do": "hold", "points": 5})
    pipe.write({"push": "changed", "topic": "会员"})
    other = reading(out.getvalue())
    assert other.read() == {"id": 1, "do": "hold", "points": 5}
    assert other.read() == {"push": "changed", "topic": "会员"}
    assert other.read() is None


def test_many_writers_never_mix_their_frames() -> None:
    out = io.BytesIO()
    pipe = Pipe(io.BytesIO(), out)
    writers = [
        threading.Thread(target=lambda n=n: [pipe.write({"n": n, "text": "x" * 500}) for _ in range(50)])
        for n in range(4)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    other = reading(out.getvalue())
    assert sum(1 for _ in iter(other.read, None)) == 200


@pytest.mark.parametrize("cut", [1, 3, 4, 7])
def test_a_frame_cut_off_is_the_end(cut: int) -> None:
    out = io.BytesIO()
    Pipe(io.BytesIO(), out).write({"id": 1})
    assert reading(out.getvalue()[:cut]).read() is None


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(PipeError):
        reading(LENGTH.pack(len(body)) + body).read()


def test_a_frame_too_large_is_neither_read_nor_written() -> None:
    with pytest.raises(PipeError, match="too large"):
        reading(LENGTH.pack(FRAME_BYTES_MAX + 1)).read()
    with pytest.raises(PipeError, match="too large"):
        Pipe(io.BytesIO(), io.BytesIO()).write({"text": "x" * FRAME_BYTES_MAX})


def test_a_stream_closed_under_the_reader_is_the_end() -> None:
    stream = io.BytesIO(b"\0\0\0\2{}")
    stream.close()
    assert Pipe(stream, io.BytesIO()).read() is None
