"""Problems of the link to head office that have words of their own: what to do, or why nothing has to be done."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

NEEDS_CODE: Mapping[str, str] = MappingProxyType(
    {
        "fork": "not_synced_fork",
        "signature": "not_synced_signature",
        "reenrol": "not_synced_reenrol",
        "unknown_till": "not_synced_reenrol",
        "behind_head_office": "not_synced_reenrol",
        "chain_broken": "not_synced_reenrol",
    }
)
"""Problem → the code of its words, on the status screen and without one: the till needs a new code of head office."""

HEALS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("older_incarnation", "other_incarnation", "went_back"), "not_synced_older")
)
"""The same for what ends without anybody: an older copy of head office that knows this till."""
