"""Problems of the link to head office that no waiting cures: which words say what to do."""

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
