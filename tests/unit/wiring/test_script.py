"""Scripts of a headless till are checked line by line."""

from __future__ import annotations

import pytest

from app.errors import ConfigError
from app.wiring.script import LINE_CHARS_MAX, read


def test_blank_lines_and_remarks_are_left_out_but_counted() -> None:
    steps = list(read(["# a day\n", "\n", '{"do": "qty", "line": 0, "qty": 2, "expect": "line_unknown"}\n']))
    assert [(step.line, step.do, step.number("qty"), step.expect) for step in steps] == [(3, "qty", 2, "line_unknown")]


def test_fields_that_may_be_left_out_have_their_default() -> None:
    step = next(read(['{"do": "pay"}']))
    assert (step.items("tenders"), step.text("name"), step.number("timeout_s", 9)) == ([], "", 9)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", "not JSON"),
        ("[]", "do is one of"),
        ('{"do": "dance"}', "do is one of"),
        ('{"do": "scan"}', "code is missing"),
        ('{"do": "scan", "code": 7}', "code has the wrong type"),
        ('{"do": "qty", "line": 0, "qty": true}', "qty has the wrong type"),
        ('{"do": "settle", "paper_came_out": 1}', "paper_came_out has the wrong type"),
        ('{"do": "clear", "how": "all"}', "how is unknown"),
        ('{"do": "clear"}' + " " * LINE_CHARS_MAX, "too long"),
    ],
)
def test_a_line_that_cannot_be_done_is_named_with_its_reason(line: str, reason: str) -> None:
    with pytest.raises(ConfigError, match="script_line") as caught:
        list(read(['{"do": "clear"}', line]))
    assert caught.value.facts["line"] == 2
    assert reason in str(caught.value.facts["reason"])
