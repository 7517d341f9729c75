"""`guitai hq tills`: every till with its version, what it still has to send, and what an operator should do."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from app.i18n import Translator, mark
from app.wiring.hq_folder import data_option, open_office
from sync.hq.work.fleet import FORK, NEVER, FleetTill, fleet

MINUTE_MS: Final = 60_000
STATES: Final = {
    None: mark("in use"),
    NEVER: mark("not enrolled yet"),
    FORK: mark("two devices wrote under this name"),
    "revoked": mark("closed by an operator"),
    "replaced": mark("replaced by another identity"),
}


@click.command("tills")
@data_option
@click.option("--quarantined", is_flag=True, help="Only tills under whose name two devices wrote.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, with cursors and evidence.")
@click.pass_obj
def tills(tr: Translator, /, folder: Path, quarantined: bool, as_json: bool) -> None:
    """Every till: in use or closed, its version, what it has not sent, when it was last heard of."""
    office = open_office(folder)
    try:
        with office.database.read() as connection:
            found = [one for one in fleet(connection) if one.is_quarantined or not quarantined]
        now_ms = office.clock.now_ms()
    finally:
        office.database.close()
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found]))
        return
    for one in found:
        click.echo(_line(tr, one, now_ms))
        if one.is_quarantined:
            click.echo("  " + _advice(tr, one))
    if not found:
        click.echo(tr("There is no such till"))


def _line(tr: Translator, one: FleetTill, now_ms: int) -> str:
    parts = [one.store_id, one.till_id, tr(STATES.get(one.closed, one.closed or ""))]
    if one.version is not None:
        parts.append(tr("version {version}", version=one.version))
    if one.pending is not None:
        parts.append(tr("{count} events not sent yet", count=one.pending))
    if one.last_seen_ms is not None:
        minutes = max(0, now_ms - one.last_seen_ms) // MINUTE_MS
        parts.append(tr("heard of {minutes} minutes ago", minutes=minutes))
    return "  ".join(parts)


def _advice(tr: Translator, one: FleetTill) -> str:
    return tr(
        "{batches} batches are kept. Find the second device or the copied disk and take it away. Then run "
        "guitai hq till add --till {till} and enrol the right one: it sends all it has again, nothing counts twice.",
        batches=len(one.evidence),
        till=one.till_id,
    )
