"""`guitai import members|products FILE`: brings CSV files in where head office's feed will write later."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import click

from app.domain.numbering import local_on
from app.errors import ConfigError
from app.i18n import Translator
from app.messages import ALL
from app.services import import_members, import_products, imports
from app.services.import_members import MemberRules
from app.services.imports import Record, Refused
from app.store import bulk
from app.store.bulk import Loaded
from app.store.folder import FolderLock
from app.store.keys import KeyRing
from app.wiring.folders import data_option
from app.wiring.till import open_till

REFUSED_SHOWN_MAX = 100
PROGRESS_EVERY_S = 1.0
EXIT_LINES_REFUSED = 3

Row = TypeVar("Row")
Lines = Iterable[Record | Refused]

file_argument = click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
map_option = click.option("--map", "pairs", multiple=True, metavar="FIELD=COLUMN", help="Which column is a field.")
encoding_option = click.option("--encoding", help="utf-8, gb18030, …; else found by reading the file.")


@click.group("import")
def import_files() -> None:
    """Bring in members or products from CSV files; the till must be closed meanwhile."""


@import_files.command("members")
@file_argument
@data_option
@map_option
@encoding_option
@click.option("--no-card-check", is_flag=True, help="Take card numbers whose check digit is wrong.")
@click.pass_obj
def members(tr: Translator, /, file: Path, folder: Path, **given: object) -> int:
    """Members, their cards and points balances. Ends with 3 when lines were refused."""
    with FolderLock(folder):
        ring, rules = _till_of(folder, check_cards=not given["no_card_check"])
        sieve = Sieve(tr)

        def write(lines: Lines) -> Loaded:
            return bulk.load_members(folder, ring, sieve.kept(import_members.members(lines, rules)), sieve.progress)

        wanted = _Wanted(import_members.SYNONYMS, import_members.NEEDED, given)
        return sieve.report(_read(file, wanted, write))


@import_files.command("products")
@file_argument
@data_option
@map_option
@encoding_option
@click.pass_obj
def products(tr: Translator, /, file: Path, folder: Path, **given: object) -> int:
    """Products, prices and barcodes. Ends with 3 when lines were refused."""
    with FolderLock(folder):
        ring, _ = _till_of(folder, check_cards=False)
        sieve = Sieve(tr)

        def write(lines: Lines) -> Loaded:
            return bulk.load_products(folder, ring, sieve.kept(import_products.products(lines)), sieve.progress)

        wanted = _Wanted(import_products.SYNONYMS, import_products.NEEDED, given)
        return sieve.report(_read(file, wanted, write))


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

    def report(self, done: Loaded) -> int:
        """The last words and the exit code."""
        if self.refused > REFUSED_SHOWN_MAX:
            more = self.refused - REFUSED_SHOWN_MAX
            click.echo(self._tr("{more} more lines were refused", more=more), err=True)
        text = "Added {added}, changed {changed}, unchanged {unchanged}, refused {refused}"
        facts = {"added": done.added, "changed": done.changed, "unchanged": done.unchanged}
        click.echo(self._tr(text, **facts, refused=self.refused))
        return EXIT_LINES_REFUSED if self.refused else 0


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which columns a file must have, and what was said about it on the command line."""

    synonyms: Mapping[StrEnum, Sequence[str]]
    needed: Sequence[Sequence[StrEnum]]
    given: Mapping[str, object]


def _read(file: Path, wanted: _Wanted, write: Callable[[Lines], Loaded]) -> Loaded:
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
        return write(imports.records(opened, table))


def _till_of(folder: Path, *, check_cards: bool) -> tuple[KeyRing, MemberRules]:
    """The keys of a till and what its chain asks of members; opening it also brings its files up to date."""
    opened = open_till(folder, os.environ)
    try:
        till = opened.till
        now_ms = till.clock.now_ms()
        rules = MemberRules(
            cards=till.place.cards if check_cards else None,
            points_scale=till.essentials.programme_at(now_ms).points_scale,
            today_on=local_on(now_ms, till.place.zone),
            store=till.place.store_id,
        )
        return opened.files.ring, rules
    finally:
        opened.close()
