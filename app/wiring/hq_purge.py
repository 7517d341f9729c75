"""`guitai hq purge`: forget what every till has had time to read, from the command line or a nightly timer."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from app.i18n import Translator
from app.wiring.hq_folder import data_option, open_office
from sync.hq.purge import KEPT_DAYS, KEPT_DAYS_MAX, purge


@click.command("purge")
@data_option
@click.option(
    "--days",
    default=KEPT_DAYS,
    show_default=True,
    type=click.IntRange(1, KEPT_DAYS_MAX),
    help="How long rows are kept.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_obj
def purge_old(tr: Translator, /, folder: Path, days: int, as_json: bool) -> None:
    """Forget deleted rows and old results. A till that was away for longer loads a snapshot."""
    office = open_office(folder)
    try:
        done = purge(office, days=days)
    finally:
        office.database.close()
    if as_json:
        click.echo(json.dumps(asdict(done)))
        return
    click.echo(
        tr("{count} deleted rows and {results} old results forgotten", count=done.tombstones, results=done.results)
    )
