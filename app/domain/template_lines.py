"""Where in a TOML file a table begins, for messages with a line number (tomllib tells none). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

# Texts and comments first, so that a brace inside them is none; then a table's opening, as `{` or as a `[[…]]` header.
_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"""' r"|'''.*?'''" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'" r"|#[^\n]*" r"|(\{|^[ \t]*\[\[)",
    re.DOTALL | re.MULTILINE,
)


def table_lines(source: str, document: Mapping[str, object]) -> Mapping[str, int]:
    """Path of each table in a list, as `blocks[3].then[0]`, → its line from 1. `document` is `source` parsed."""
    opened = (source.count("\n", 0, found.end()) + 1 for found in _TOKEN.finditer(source) if found[1])
    return dict(zip(_paths(document, ""), opened, strict=False))


def line_of(path: str, lines: Mapping[str, int]) -> int:
    """The line of the innermost table that `path` leads through; 1 for the document itself."""
    while path and path not in lines:
        path = path.rpartition(".")[0]
    return lines.get(path, 1)


def _paths(table: Mapping[str, object], above: str) -> Iterator[str]:
    """Tables in the order in which they are written."""
    for key, value in table.items():
        items = value if isinstance(value, list) else []
        for number, item in enumerate(items):
            if isinstance(item, Mapping):
                path = f"{above}{key}[{number}]"
                yield path
                yield from _paths(item, f"{path}.")
