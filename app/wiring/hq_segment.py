"""`guitai hq segment NAME FILE`: which members belong to a segment that rules of the programme ask for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import click

from app.errors import ConfigError
from app.i18n import Translator
from app.wiring.hq_folder import data_option, open_office
from sync.hq.segments import set_segment

NAME: Final = re.compile(r"[A-Za-z0-9:_.-]{1,64}")
UNKNOWN_SHOWN_MAX: Final = 20
EXIT_UNKNOWN: Final = 3


@click.command("segment")
@data_option
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.pass_obj
def segment(tr: Translator, /, folder: Path, name: str, file: Path) -> int:
    """The members whose numbers FILE names, one a line, and no others, are segment NAME.

    Ends with 3 when a number is nobody's.
    """
    if not NAME.fullmatch(name):
        raise ConfigError("option_form", option="NAME")
    try:
        numbers = [line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("file_unreadable_here", file=file.name) from error
    office = open_office(folder)
    try:
        done = set_segment(office, name, numbers)
    finally:
        office.database.close()
    text = "Segment {name}: {added} members came in, {removed} went out"
    click.echo(tr(text, name=name, added=done.added, removed=done.removed))
    for number in done.unknown[:UNKNOWN_SHOWN_MAX]:
        click.echo(tr("No member has the number {number}", number=number), err=True)
    return EXIT_UNKNOWN if done.unknown else 0
