"""Names of rules and stamp cards as keys of canonical text, which are ASCII: anything else is percent-encoded.

A name of printable ASCII without a percent sign is its own key.
"""

from __future__ import annotations

ESCAPE = "%"


def key_of(name: str) -> str:
    """The key that stands for a name: every other character as `%` and two hex digits for each byte of its UTF-8."""
    return "".join(char if _plain(char) else _escaped(char) for char in name)


def _plain(char: str) -> bool:
    return " " <= char <= "~" and char != ESCAPE


def _escaped(char: str) -> str:
    return "".join(f"{ESCAPE}{byte:02X}" for byte in char.encode("utf-8"))


def name_of(key: str) -> str:
    """The name a key stands for; one that nobody could have made stands for itself."""
    first, *rest = key.encode("utf-8").split(ESCAPE.encode())
    try:
        return b"".join((first, *(_unescaped(part) for part in rest))).decode("utf-8")
    except ValueError:
        return key


def _unescaped(part: bytes) -> bytes:
    """What follows a percent sign, with its two digits as the byte they are. ValueError where there are none."""
    byte = bytes.fromhex(part[:2].decode("ascii"))
    if not byte:
        raise ValueError(part)
    return byte + part[2:]
