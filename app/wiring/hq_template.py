"""`guitai hq template …`: what receipts say, for every till of the chain; checked here as each till checks it again."""

from __future__ import annotations

from pathlib import Path

import click

from app.domain.programme.schema import DocumentError, read_toml
from app.domain.template import PaperKind
from app.errors import ConfigError
from app.i18n import LANGUAGES, Translator
from app.wiring.hq_folder import data_option, open_office
from app.wiring.receipt_cli import MALFORMED, mistake_lines
from sync.hq import templates as rows

language_option = click.option(
    "--language", type=click.Choice(LANGUAGES), default="zh_CN", show_default=True, help="Of the tills that print it."
)


@click.group("template")
def templates() -> None:
    """Receipts of the whole chain; a till's own file goes before them, the shipped ones stand behind."""


@templates.command("publish")
@data_option
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@language_option
@click.pass_obj
def publish_template(tr: Translator, /, folder: Path, file: Path, language: str) -> int:
    """Give the template FILE to every till. Ends with 2 and every mistake, as `guitai receipt check` names them;
    pictures lie beside a till's own file only."""
    from app.domain.template_parse import parse_template
    from app.wiring.programme_file import read_file

    try:
        read_file(file)  # whether it can be read at all; a till reads TOML, whatever the file's name
        text = file.read_text(encoding="utf-8-sig")
        kind = parse_template(read_toml(text), lambda _: None).kind
    except DocumentError as error:
        for line in mistake_lines(file, error, tr):
            click.echo(line, err=True)
        return MALFORMED
    office = open_office(folder)
    try:
        office.database.run(lambda connection: rows.publish(connection, kind.value, language, text))
    finally:
        office.database.close()
    click.echo(tr("Every till gets this template: {kind}, {language}", kind=kind.value, language=language))
    return 0


@templates.command("withdraw")
@data_option
@click.argument("kind", type=click.Choice([kind.value for kind in PaperKind]))
@language_option
@click.pass_obj
def withdraw_template(tr: Translator, /, folder: Path, kind: str, language: str) -> None:
    """Take the chain's template of KIND back: tills print the shipped one again."""
    office = open_office(folder)
    try:
        gone = office.database.run(lambda connection: rows.withdraw(connection, kind, language))
    finally:
        office.database.close()
    if not gone:
        raise ConfigError("hq_template_none", kind=kind, language=language)
    click.echo(tr("Tills print the shipped template again: {kind}, {language}", kind=kind, language=language))
