"""The one way a call says no: a problem of wire.md with its extra members."""

from __future__ import annotations

from sync.protocol.problems import Problem

Member = str | int


class ProblemError(Exception):
    """Answered as problem+json; `members` beside the version fields. `headers` go out as they are.

    `wait_ms`: the till makes no request on its own for so long (`next_after_ms`).
    """

    def __init__(self, problem: Problem, headers: dict[str, str] | None = None, /, **members: Member) -> None:
        super().__init__(problem)
        self.problem = problem
        self.headers = headers or {}
        self.wait_ms = 0
        self.members: dict[str, Member] = members
