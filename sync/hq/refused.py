"""The one way a call says no: a problem of wire.md with its extra members."""

from __future__ import annotations

from sync.protocol.problems import Problem

Member = str | int


class ProblemError(Exception):
    """Answered as problem+json; `members` beside the version fields. `headers` go out as they are."""

    def __init__(self, problem: Problem, headers: dict[str, str] | None = None, /, **members: Member) -> None:
        super().__init__(problem)
        self.problem = problem
        self.headers = headers or {}
        self.members: dict[str, Member] = members
