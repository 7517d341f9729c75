"""`guitai hq report`: what stale tills cost in accuracy, wrong figures one by one, what partners owe."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import click

from app.errors import ConfigError
from app.i18n import Translator
from app.wiring.hq_folder import data_option, open_office
from app.wiring.hq_import import newest
from sync.hq import reports
from sync.hq.office import Office
from sync.hq.reports import Span

CODES: Final = ("wrong_figures", "stale_basis", "recomputed", "overdraft", "coupon_spent", "hold_missing", "merged",
                 "by_hand", "written_off", "code_twice")  # fmt: skip


def _span_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print as JSON."),
        click.option("--until", "until", help="The last day, as 2026-12-31; else the last there is."),
        click.option("--from", "start", help="The first day; else the first there is."),
    ):
        command = option(command)
    return data_option(command)


@click.group("report")
def report() -> None:
    """What happened, from what tills sent."""


@report.command("stale-basis")
@_span_options
@click.pass_obj
def stale_basis(tr: Translator, /, folder: Path, **given: str | bool | None) -> None:
    """Per store: sales computed from what the till knew but not from what is true now, and wrong ones (a defect)."""
    office = open_office(folder)
    try:
        with office.database.read() as connection:
            found = reports.basis_by_store(connection, _span(office, given))
    finally:
        office.database.close()
    text = "{store}: {events} events, {stale} stale ({share}), {wrong} wrong, {recomputed} recomputed"
    lines = [
        tr(text, store=one.store_id, events=one.events, stale=one.stale, share=_per_mille(one.stale_per_mille),
           wrong=one.wrong, recomputed=one.recomputed)
        for one in found
    ]  # fmt: skip
    _say([{**asdict(one), "stale_per_mille": one.stale_per_mille} for one in found], lines, given, tr)


@report.command("findings")
@_span_options
@click.option("--code", type=click.Choice(CODES), default="wrong_figures", show_default=True)
@click.pass_obj
def list_findings(tr: Translator, /, folder: Path, code: str, **given: str | bool | None) -> None:
    """Events one by one, with the figures promised and those head office came to."""
    office = open_office(folder)
    try:
        with office.database.read() as connection:
            found = list(reports.findings(connection, _span(office, given), code))
    finally:
        office.database.close()
    lines = [f"{one.store_id} {one.event_id} {json.dumps(one.figures, sort_keys=True)}" for one in found]
    _say([asdict(one) for one in found], lines, given, tr)


@report.command("partners")
@_span_options
@click.pass_obj
def partners(tr: Translator, /, folder: Path, **given: str | bool | None) -> None:
    """Settlement: points that partner-funded rules gave, less what came back, and their worth."""
    office = open_office(folder)
    try:
        span = _span(office, given)
        with office.database.read() as connection:
            found = reports.settlement(office.book(connection), span)
        scale = 10 ** newest(office).points_scale
    finally:
        office.database.close()
    text = "{partner}, rule {rule}: {receipts} receipts, {points} points, worth {worth}"
    lines = [
        tr(text, partner=one.partner, rule=one.rule, receipts=one.receipts,
           points=(one.given - one.taken_back) // scale, worth=_money(one.cost_minor))
        for one in found
    ]  # fmt: skip
    _say([asdict(one) for one in found], lines, given, tr)


def _say(found: Sequence[object], lines: Sequence[str], given: dict[str, str | bool | None], tr: Translator) -> None:
    if given["as_json"]:
        click.echo(json.dumps(found))
        return
    for line in lines or [tr("Nothing of that kind in these days")]:
        click.echo(line)


def _money(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def _per_mille(share: int) -> str:
    """A share of a thousand as percent."""
    return f"{share // 10}.{share % 10} %"


def _span(office: Office, given: dict[str, str | bool | None]) -> Span:
    """The days asked for, in the programme's zone. ConfigError `option_form`."""
    zone = newest(office).zone
    start, until = _day(given["start"], "--from"), _day(given["until"], "--until")
    if start and until and until < start:  # two days swapped are a slip, not an empty settlement
        raise ConfigError("option_form", option="--until")
    first = _begins_ms(start, zone) if start else 0
    return Span(first, _begins_ms(until + timedelta(days=1), zone) if until and until < date.max else 1 << 53)


def _day(given: str | bool | None, option: str) -> date | None:
    try:
        return date.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        raise ConfigError("option_form", option=option) from None


def _begins_ms(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(0), zone).timestamp()) * 1000
