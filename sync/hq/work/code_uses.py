"""One dynamic member code, used for two sales: a till takes a code once, so two tills saw it, or somebody copied it.

Nothing is refused: the goods have left. The second sale is a finding, `code_twice`, that names the first one.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from app.domain.member_code import STEP_MS
from sync.hq.tables import CODE_USE
from sync.hq.work.book import Book
from sync.hq.work.context import Context


def note_code(context: Context, step: int | None) -> None:
    """Remember which code this sale names; another sale had it: a finding."""
    member_id = context.event.envelope.member_id
    if step is None or member_id is None:
        return
    first = _first(context.book, member_id, step)
    if first is None:
        context.book.code_uses[member_id, step] = context.key
    elif first != context.key:
        context.file("code_twice", code_step=step, first=first)


def forget_uses(before_ms: int, connection: Connection) -> None:
    """What is older than any till that still sends."""
    connection.execute(delete(CODE_USE).where(CODE_USE.c.step < before_ms // STEP_MS))


def _first(book: Book, member_id: str, step: int) -> str | None:
    """The event that named the code first. Sales of one member are applied one after another: its row is locked."""
    at: Book | None = book
    while at is not None:
        if (member_id, step) in at.code_uses:
            return at.code_uses[member_id, step]
        at = at.parent
    mine = (CODE_USE.c.member_id == member_id) & (CODE_USE.c.step == step)
    return book.connection.execute(select(CODE_USE.c.event_key).where(mine)).scalar()
