"""Bodies, buckets, codes and problems of the wire."""

from __future__ import annotations

import io
import random
from hashlib import blake2b

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol import bodies, buckets, codes, problems

LIMIT = 64 * 1024
MEMBER = "01920000-0000-7000-8000-000000000000"


@given(st.binary(max_size=2_000))
def test_a_compressed_body_is_decoded_again(body: bytes) -> None:
    assert bodies.decoded(bodies.compressed(body), "zstd", LIMIT) == body
    assert bodies.decoded(body, None, LIMIT) == body
    assert bodies.decoded(body, "identity", LIMIT) == body


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(body: bytes) -> None:
    try:
        found = bodies.decoded(body, "zstd", LIMIT)
    except (bodies.EncodingError, bodies.TooLargeError):
        return
    assert len(found) <= LIMIT


def streamed(body: bytes, window_log: int) -> bytes:
    parameters = zstandard.ZstdCompressionParameters(window_log=window_log)
    out = io.BytesIO()
    with zstandard.ZstdCompressor(compression_params=parameters).stream_writer(out, closefd=False) as writer:
        writer.write(body)
    return out.getvalue()


def test_a_bomb_stops_at_the_limit() -> None:
    bomb = bodies.compressed(bytes(100_000_000))
    assert len(bomb) < 10_000
    with pytest.raises(bodies.TooLargeError):
        bodies.decoded(bomb, "zstd", LIMIT)
    with pytest.raises(bodies.TooLargeError):
        bodies.decoded(streamed(bytes(50_000_000), 20), "zstd", LIMIT)


def test_a_window_above_8_mib_two_frames_a_cut_one_and_junk_are_another_encoding() -> None:
    noise = random.Random(1).randbytes(2_000)
    frame = bodies.compressed(noise)
    dictionary = zstandard.ZstdCompressionDict(noise, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    assert bodies.decoded(streamed(noise, 23), "zstd", LIMIT) == noise
    for body in (streamed(noise, 24), frame + frame, frame[:-1], b"{}", b"", frame + b"x"):
        with pytest.raises(bodies.EncodingError):
            bodies.decoded(body, "zstd", LIMIT)
    with pytest.raises(bodies.EncodingError):
        bodies.decoded(zstandard.ZstdCompressor(dict_data=dictionary).compress(noise), "zstd", LIMIT)
    with pytest.raises(bodies.EncodingError):
        bodies.decoded(b"{}", "gzip", LIMIT)


def test_a_plain_body_above_the_limit_is_too_large() -> None:
    with pytest.raises(bodies.TooLargeError):
        bodies.decoded(bytes(LIMIT + 1), None, LIMIT)


def test_a_region_bucket_is_the_first_byte_of_the_members_hash() -> None:
    part = blake2b(MEMBER.encode(), digest_size=8).digest()[0] % 64
    assert buckets.region_bucket("east", MEMBER) == f"region:east:{part:02d}"


def test_a_till_has_67_buckets_and_no_other() -> None:
    mine = buckets.buckets_of("t", "s", "east")
    assert len(mine) == 67
    assert mine == sorted(set(mine))
    assert all(buckets.is_of(one, "t", "s", "east") for one in mine)
    others = ("region:east:64", "region:west:01", "store:x", "till:x", "chainx", "region:east:1", "region:east:0x")
    assert not any(buckets.is_of(one, "t", "s", "east") for one in others)


H16 = st.integers(0, 2**64 - 1).map(lambda number: f"{number:016x}")


@given(st.lists(H16, max_size=8), st.randoms())
def test_a_checksum_forgets_the_order_and_what_was_taken(hashes: list[str], chance: random.Random) -> None:
    total = buckets.CHECKSUM_ZERO
    for one in hashes:
        total = buckets.checksum_of(int(total, 16) + int(one, 16))
    assert total == buckets.checksum_of(sum(int(one, 16) for one in hashes))
    chance.shuffle(hashes)
    for one in hashes:
        total = buckets.checksum_of(int(total, 16) - int(one, 16))
    assert total == buckets.CHECKSUM_ZERO


def test_a_slice_is_the_first_byte_of_kind_and_id() -> None:
    assert buckets.slice_of("member", "x") == blake2b(b"member/x", digest_size=8).digest()[0]


@given(st.integers(0, 2**60 - 1))
def test_a_code_is_read_as_it_is_shown(bits: int) -> None:
    code = codes.code_of(bits)
    assert codes.read_code(codes.shown(code)) == code
    assert codes.read_code(codes.shown(code).lower().replace("0", "o").replace("1", "l").replace("-", " ")) == code


@pytest.mark.parametrize("typed", ["", "ABCD", "ABCD-EFGH-JKMU", "ABCD-EFGH-JKMN-P", "ABCD_EFGHJKM"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert codes.read_code(typed) is None


def test_a_code_has_sixty_bits() -> None:
    with pytest.raises(ValueError, match="60 bits"):
        codes.code_of(1 << 60)


def test_every_problem_has_its_status_title_and_type() -> None:
    assert set(problems.STATUS) == set(problems.TITLE) == set(problems.Problem)
    assert problems.type_of(problems.Problem.HOLD_CLOSED) == "/problems/hold_closed"
    assert problems.problem_of("/problems/fork") is problems.Problem.FORK
    assert problems.problem_of("/problems/new_one") is None
