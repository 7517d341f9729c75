"""Buckets of the feed: their names, which one a member's rows live in, additive checksums, and slices for repair."""

from __future__ import annotations

import re
from hashlib import blake2b

REGION_PARTS = 64
SLICES = 256
CHECKSUM_ZERO = "0" * 16
_MODULUS = 1 << 64
CHAIN = "chain"
_PART = re.compile("[0-9]{2}")  # not isdigit(): "²²" are digits too, and no number


def region_bucket(region_id: str, member_id: str) -> str:
    """`region:<region_id>:<nn>`; nn = first byte of BLAKE2b-64(UTF-8 of the primary member's id) mod 64."""
    return f"region:{region_id}:{_first_byte(member_id) % REGION_PARTS:02d}"


def store_bucket(store_id: str) -> str:
    return f"store:{store_id}"


def till_bucket(till_id: str) -> str:
    return f"till:{till_id}"


def buckets_of(till_id: str, store_id: str, region_id: str) -> list[str]:
    """Every bucket of a till, sorted."""
    parts = [f"region:{region_id}:{part:02d}" for part in range(REGION_PARTS)]
    return sorted([CHAIN, *parts, store_bucket(store_id), till_bucket(till_id)])


def is_of(bucket: str, till_id: str, store_id: str, region_id: str) -> bool:
    """Whether `bucket` is one of this till's; cheaper than the list."""
    if bucket in (CHAIN, store_bucket(store_id), till_bucket(till_id)):
        return True
    head, _, part = bucket.rpartition(":")
    return head == f"region:{region_id}" and _PART.fullmatch(part) is not None and int(part) < REGION_PARTS


def slice_of(kind: str, row_id: str) -> int:
    """The slice 0…255 of a row: first byte of BLAKE2b-64(UTF-8 of `kind/id`)."""
    return _first_byte(f"{kind}/{row_id}")


def checksum_of(total: int) -> str:
    """16 hex digits of the live rows' `h` added up as numbers, those taken out again subtracted, mod 2^64."""
    return f"{total % _MODULUS:016x}"


def _first_byte(text: str) -> int:
    return blake2b(text.encode("utf-8"), digest_size=8).digest()[0]
