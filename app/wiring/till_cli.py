"""`guitai till`: the counter on screen, or headless from a script."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

import click

from app.clock import SystemClock
from app.errors import ConfigError
from app.i18n import LANGUAGES, Translator, load
from app.resources import resources
from app.wiring.folders import data_option


@click.command("till")
@data_option
@click.option(
    "--demo",
    "demo_members",
    type=click.IntRange(0, 5_000_000),
    is_flag=False,
    flag_value=100_000,
    help="Make a demo till with so many generated members (100,000) where there is none.",
)
@click.option("--headless", is_flag=True, help="No screen: do what --script says.")
@click.option("--script", type=click.Path(path_type=Path, allow_dash=True), help="JSON lines; - reads standard input.")
@click.option("--simulate-scanner", is_flag=True, help="Headless: codes go through a simulated serial scanner (pty).")
@click.option("--lang", type=click.Choice(LANGUAGES), help="The language of screens and messages.")
@click.option("--theme", type=click.Choice(("light", "dark", "contrast")), help="The theme of the screens.")
@click.pass_context
def till(ctx: click.Context, /, folder: Path, demo_members: int | None, **given: object) -> int:
    """Open the counter. Without a till in the folder the screen says how to set one up."""
    lang = given["lang"] if isinstance(given["lang"], str) else None
    tr: Translator = load(resources() / "locale", lang) if lang else ctx.obj
    ctx.find_root().obj = tr
    if demo_members is not None:
        _demo(folder, demo_members, tr)
    if not given["headless"]:
        from app.wiring.quiet_start import collector_rests

        with collector_rests():
            from app.wiring.till_ui import run

            return run(folder, language=lang, theme=given["theme"] if isinstance(given["theme"], str) else None)
    script = given["script"]
    if not isinstance(script, Path):
        raise click.UsageError("--headless needs --script FILE")
    from app.wiring.till_headless import run_script

    if str(script) == "-":
        return run_script(folder, sys.stdin, tr, simulate_scanner=bool(given["simulate_scanner"]))
    with _opened(script) as lines:
        return run_script(folder, lines, tr, simulate_scanner=bool(given["simulate_scanner"]))


def _opened(script: Path) -> IO[str]:
    try:
        return script.open(encoding="utf-8")
    except OSError as error:
        raise ConfigError("file_unreadable_here", file=script.name) from error


def _demo(folder: Path, count: int, tr: Translator) -> None:
    from app.store.keys import KEYS_FILE
    from app.wiring import demo

    if not (folder / KEYS_FILE).exists():
        click.echo(tr("Making a demo till with {count} members", count=count))
        demo.make_demo(folder, count, SystemClock(), _nothing)
    click.echo(tr("Demo till: sign on as {number}, PIN {pin}", number=demo.PEOPLE[0][0], pin=demo.DEMO_PIN))


def _nothing(_done: int) -> None:
    """A hundred thousand members take a few seconds: no progress worth saying."""
