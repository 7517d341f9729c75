"""Reading CSV files of members and products: encoding, delimiter, columns; rows by line, refused ones with the reason.

Pure over an open binary file. Excel writes UTF-8 with a mark, GB18030 or UTF-16 depending on where it was asked; the
encoding is found by reading, never guessed from the language of the machine.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, Final

from app.errors import ConfigError, Refusal

CHUNK_BYTES: Final = 1 << 20
HEADER_BYTES_MAX: Final = 64 * 1024
DELIMITERS: Final = (",", "\t", ";", "|")
MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
TRIED: Final = ("utf-8", "gb18030")


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that was not taken, and why; the words for the reason's code are in app.messages.store."""

    line: int
    reason: Refusal


@dataclass(frozen=True, slots=True)
class Record:
    """The named cells of one line, trimmed; `line` counts from 1, the header included."""

    line: int
    cells: Mapping[str, str]

    def text(self, field: StrEnum, chars_max: int, *, needed: bool = False) -> str:
        """The cell's text. Refusal `line_empty`, `line_too_long`."""
        value = self.cells.get(field.value, "")
        if needed and not value:
            raise Refusal("line_empty", field=field.value)
        if len(value) > chars_max:
            raise Refusal("line_too_long", field=field.value, max=chars_max)
        return value


@dataclass(frozen=True, slots=True)
class Table:
    """How a file is to be read."""

    encoding: str
    delimiter: str
    columns: tuple[str | None, ...]
    """For each column of the file the field it holds, None for one nobody asked for."""


def detect_encoding(file: BinaryIO, name: str) -> str:
    """The encoding by byte order mark, else UTF-8 if every byte fits, else GB18030 likewise; rewinds the file.

    ConfigError `import_unreadable` when neither fits.
    """
    start = file.read(4)
    for mark, encoding in MARKS:
        if start.startswith(mark):
            file.seek(0)
            return encoding
    for encoding in TRIED:
        file.seek(0)
        if _fits(file, encoding):
            file.seek(0)
            return encoding
    raise ConfigError("import_unreadable", file=name, encoding="UTF-8, GB18030")


def read_table(
    file: BinaryIO,
    name: str,
    synonyms: Mapping[StrEnum, Sequence[str]],
    *,
    mapping: Mapping[str, str],
    needed: Sequence[Sequence[StrEnum]],
    encoding: str | None = None,
) -> Table:
    """Read the header line and find the columns; rewinds the file.

    `synonyms`: field → header names, compared without case, spaces and underscores; `mapping`: field → header chosen
    by a person; `needed`: of each group one field at least. ConfigError `import_unreadable`, `import_no_header`,
    `import_column_missing`, `import_column_unknown`, `import_column_twice`, `import_field_unknown`.
    """
    chosen = _known_encoding(encoding, name) if encoding else detect_encoding(file, name)
    file.seek(0)
    text = io.StringIO(file.read(HEADER_BYTES_MAX).decode(chosen, errors="replace"), newline="")
    file.seek(0)
    first = text.readline()
    delimiter = max(DELIMITERS, key=first.count)
    header = next(csv.reader([first], delimiter=delimiter), [])
    if not any(cell.strip() for cell in header):
        raise ConfigError("import_no_header", file=name)
    columns = _columns(header, name, synonyms, mapping)
    for group in needed:
        if not any(field.value in columns for field in group):
            raise ConfigError("import_column_missing", file=name, field=group[0].value)
    return Table(chosen, delimiter, columns)


def records(file: BinaryIO, table: Table) -> Iterator[Record | Refused]:
    """Every line after the header that is not blank; lines that cannot be split or decoded are refused, not lost."""
    text = io.TextIOWrapper(file, encoding=table.encoding, errors="surrogateescape", newline="")
    reader = csv.reader(text, delimiter=table.delimiter)
    wanted = [(place, field) for place, field in enumerate(table.columns) if field is not None]
    width = len(table.columns)
    try:
        next(reader, None)
        while True:
            line = reader.line_num + 1
            try:
                row = next(reader, None)
            except csv.Error:
                yield Refused(line, Refusal("line_unreadable"))
                continue
            if row is None:
                return
            if len(row) == width:
                cells = {field: row[place].strip() for place, field in wanted}
                if _clean(cells):
                    yield Record(line, cells)
                else:
                    yield Refused(line, Refusal("line_unreadable"))
            elif any(cell.strip() for cell in row):
                yield Refused(line, Refusal("line_columns", count=len(row), expected=width))
    finally:
        text.detach()


def parse_mapping(pairs: Sequence[str]) -> dict[str, str]:
    """`name=姓名` → {"name": "姓名"}. ConfigError `import_map_form`."""
    found = {}
    for pair in pairs:
        field, sign, column = pair.partition("=")
        if not (sign and field.strip() and column.strip()):
            raise ConfigError("import_map_form", text=pair)
        found[field.strip()] = column.strip()
    return found


def _columns(
    header: Sequence[str], name: str, synonyms: Mapping[StrEnum, Sequence[str]], mapping: Mapping[str, str]
) -> tuple[str | None, ...]:
    folded = [_fold(cell) for cell in header]
    columns: list[str | None] = [None] * len(header)

    def once(found: str) -> int:
        if folded.count(found) > 1:
            raise ConfigError("import_column_twice", file=name, column=header[folded.index(found)].strip())
        return folded.index(found)

    fields = {field.value: field for field in synonyms}
    for field, column in mapping.items():
        if field not in fields:
            raise ConfigError("import_field_unknown", field=field, fields=", ".join(sorted(fields)))
        if _fold(column) not in folded:
            raise ConfigError("import_column_unknown", file=name, column=column, columns=", ".join(header))
        columns[once(_fold(column))] = field
    for field, names in ((one.value, names) for one, names in synonyms.items()):
        if field in mapping:
            continue
        for candidate in (field, *names):
            place = once(_fold(candidate)) if _fold(candidate) in folded else -1
            if place >= 0 and columns[place] is None:
                columns[place] = field
                break
    return tuple(columns)


def _fold(header: str) -> str:
    return "".join(char for char in header.lower() if char.isalnum())


def _clean(cells: Mapping[str, str]) -> bool:
    """False when a cell holds bytes that were no text (they come as lone surrogates) or a NUL."""
    try:
        return "\0" not in "".join(cells.values()).encode("utf-8").decode("utf-8")
    except UnicodeEncodeError:
        return False


def _fits(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    try:
        while chunk := file.read(CHUNK_BYTES):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _known_encoding(encoding: str, name: str) -> str:
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise ConfigError("import_unreadable", file=name, encoding=encoding) from error
    return "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
