"""Lines of a CSV file on their way in: options of the command line, what is refused, how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import click

from app.errors import ConfigError
from app.i18n import Translator
from app.messages import ALL
from app.services import imports
from app.services.imports import Record, Refused

REFUSED_SHOWN_MAX = 100
PROGRESS_EVERY_S = 1.0
EXIT_LINES_REFUSED = 3

Row = TypeVar("Row")
Lines = Iterable[Record | Refused]

file_argument = click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
map_option = click.option("--map", "pairs", multiple=True, metavar="FIELD=COLUMN", help="Which column is a field.")
encoding_option = click.option("--encoding", help="utf-8, gb18030, …; else found by reading the file.")


class Sieve:
    """Counts what passes and says what does not: refused lines by number and reason, progress with its rate."""

    def __init__(self, tr: Translator) -> None:
        self._tr = tr
        self.refused = 0
        self._started_s = time.monotonic()
        self._said_s = self._started_s

    def kept(self, rows: Iterable[Row | Refused]) -> Iterator[Row]:
        """The rows that passed; the others are told on stderr, the first REFUSED_SHOWN_MAX of them."""
        for row in rows:
            if not isinstance(row, Refused):
                yield row
                continue
            self.refused += 1
            if self.refused <= REFUSED_SHOWN_MAX:
                reason = self._tr(ALL[row.reason.code].text, **row.reason.facts)
                click.echo(self._tr("Line {line}: {reason}", line=row.line, reason=reason), err=True)

    def progress(self, done: int) -> None:
        """About once a second, for whoever waits."""
        now_s = time.monotonic()
        if now_s - self._said_s >= PROGRESS_EVERY_S:
            self._said_s = now_s
            rate = round(done / (now_s - self._started_s))
            click.echo(self._tr("{done} lines, {rate} a second", done=done, rate=rate), err=True)

    def end(self) -> int:
        """What was not listed, in words; the exit code."""
        if self.refused > REFUSED_SHOWN_MAX:
            more = self.refused - REFUSED_SHOWN_MAX
            click.echo(self._tr("{more} more lines were refused", more=more), err=True)
        return EXIT_LINES_REFUSED if self.refused else 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which columns a file must have, and what was said about it on the command line."""

    synonyms: Mapping[StrEnum, Sequence[str]]
    needed: Sequence[Sequence[StrEnum]]
    given: Mapping[str, object]


def read_lines(file: Path, wanted: Wanted, write: Callable[[Lines], None]) -> None:
    """Open the file, find its columns, and hand its lines to `write`. ConfigError `import_file_missing`."""
    encoding, pairs = wanted.given["encoding"], wanted.given["pairs"]
    mapping = imports.parse_mapping([str(pair) for pair in pairs] if isinstance(pairs, tuple) else [])
    try:
        opened = file.open("rb")
    except OSError as error:
        raise ConfigError("import_file_missing", file=file.name) from error
    with opened:
        table = imports.read_table(
            opened,
            file.name,
            wanted.synonyms,
            mapping=mapping,
            needed=wanted.needed,
            encoding=encoding if isinstance(encoding, str) else None,
        )
        write(imports.records(opened, table))
