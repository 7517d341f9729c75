"""Names of rules and stamp cards as keys of canonical text, which are ASCII: anything else is percent-encoded.

A name of plain ASCII without a percent sign is its own key.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

PLAIN = "".join(chr(code) for code in range(32, 127) if chr(code) != "%")


def key_of(name: str) -> str:
    """The key that stands for a name."""
    return quote(name, safe=PLAIN)


def name_of(key: str) -> str:
    """The name a key stands for."""
    return unquote(key)
