"""Receipt templates of the chain in till.db: one that cannot be printed never takes the place of one that can."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from app import logs
from app.services.sync_ports import FeedRow
from app.store.connect import Connection

PUT: Final = "INSERT OR REPLACE INTO template (id, name, language, ver, text) VALUES (?, ?, ?, ?, ?)"
DROP: Final = "DELETE FROM template WHERE id = ?"
TEXT: Final = "SELECT text FROM template WHERE name = ? AND language = ? ORDER BY id LIMIT 1"


def take(db: Connection, row: FeedRow, members: Mapping[str, Any] | None) -> None:
    """A row of the feed: checked like `guitai receipt check`; a bad one is logged with its first mistake and left.

    What is no paper of a till (a text message, a later program's) is none of ours.
    """
    from app.domain.programme.schema import DocumentError, Mistake, read_toml  # lazy: with the first template
    from app.domain.template import PaperKind
    from app.domain.template_parse import parse_template

    if members is None:
        db.execute(DROP, (row.id,))
        return
    name, text = members["name"], members["text"]
    if name not in set(PaperKind):
        return
    try:
        if parse_template(read_toml(text), lambda _: None).kind != name:
            raise DocumentError([Mistake("kind", "expected_choice", {"choices": name})])
    except DocumentError as error:
        first = error.mistakes[0]
        logs.event("sync", "template_refused", logging.WARNING, id=row.id, path=first.path, code=first.code)
        return
    db.execute(PUT, (row.id, name, members["language"], row.ver, text))
