"""The row id of a coupon."""

from __future__ import annotations

from hashlib import blake2b


def coupon_id(key: str) -> str:
    """The row id of a coupon: its key where that is a UUID, else one made of the key's hash, in the form of UUIDv7."""
    if len(key) == 36 and key.count("-") == 4:
        return key
    text = blake2b(key.encode("utf-8"), digest_size=16).hexdigest()
    return f"{text[:8]}-{text[8:12]}-7{text[13:16]}-8{text[17:20]}-{text[20:]}"
