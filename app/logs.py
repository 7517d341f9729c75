"""Logs: event and fields in a named category; never a name, phone, card, token or key."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

from app.errors import Fact

LOG_BYTES_MAX = 2 << 20
LOG_FILES_MAX = 5


def event(category: str, name: str, /, level: int = logging.INFO, **fields: Fact) -> None:
    """One line `name key=value …` in category `guitai.<category>`. Fields are counts, codes and ids only."""
    text = " ".join((name, *(f"{key}={value}" for key, value in fields.items())))
    logging.getLogger(f"guitai.{category}").log(level, text)


def to_file(path: Path) -> Iterable[logging.Handler]:
    """Send all categories to a rotating file; returns the handlers so that the caller can close them.

    None where the file cannot be opened: a till without its log still works or says why not.
    """
    from app.log_file import owners_log  # lazy: 15 ms of import the first paint does not need

    try:
        handler = owners_log(path, LOG_BYTES_MAX, LOG_FILES_MAX)
    except OSError:
        return ()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger("guitai")
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return (handler,)
