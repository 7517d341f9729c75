"""The `guitai` command: finds the one wiring file a command needs, and turns errors into words and an exit code."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping, Sequence

import click

from app.errors import ConfigError, GuitaiError, Refusal
from app.i18n import ENGLISH, LANGUAGES, Translator, load
from app.messages import words
from app.messages.store import EXIT_CODES
from app.resources import resources
from app.version import VERSION

EXIT_REFUSED = 3
EXIT_CONFIG = 4
EXIT_OTHER = 5
EXIT_INTERRUPTED = 130
LANGUAGE_VARIABLE = "GUITAI_LOOK_LANGUAGE"

COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "init": ("app.wiring.init_cli", "init", "Set up a new till in an empty folder."),
    "till": ("app.wiring.till_cli", "till", "Open the counter, on screen or headless."),
    "enrol": ("app.wiring.enrol_cli", "enrol_till", "Enrol this till at head office with a one-time code."),
    "rotate-key": ("app.wiring.rotate_cli", "rotate_key", "Make a new signing key for this till."),
    "sync": ("app.wiring.till_sync", "sync", "The till's own sync process; started by the till."),
    "programme": ("app.wiring.programme_cli", "programme", "Check programme documents and scenarios."),
    "receipt": ("app.wiring.receipt_cli", "receipt", "Check and see templates of receipts."),
    "simulate": ("app.wiring.simulate_cli", "simulate", "A printer or scanner made of software."),
    "rescue": ("app.wiring.rescue_cli", "rescue_till", "Save what can be read of a damaged till.db into a new one."),
    "restore": ("app.wiring.rescue_cli", "restore_till", "Say that a till's files were put back from a copy."),
    "verify": ("app.wiring.verify_cli", "verify_chains", "Check the event chain and the audit chain of a till."),
    "hq": ("app.wiring.hq", "hq", "Head office: make it, serve tills, enrol them."),
    "demo": ("app.wiring.demo_day", "demo", "A head office, a till with simulated devices, and a day in the shop."),
    "replay": ("app.wiring.replay", "replay", "Ring up past purchases through two tills and head office, and compare."),
    "replay-till": ("app.wiring.replay_till", "replay_till", ""),
    "dev": ("app.wiring.dev_cli", "dev", "For those who work on the program."),
}


class Commands(click.Group):
    """Commands by name; only the one asked for is imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, _, about) in COMMANDS.items() if about])


def _version(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        click.echo(f"guitai {VERSION}")
        ctx.exit()


def _self_test(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from app.wiring.self_test import self_test

        ctx.exit(self_test(click.echo))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Say the version.")
@click.option(
    "--self-test",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_self_test,
    help="Prove that this copy of the program works; exit 0 when every part passed.",
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="The language of messages; else that of the environment.")
@click.pass_context
def guitai(ctx: click.Context, lang: str | None) -> None:
    """Guitai 柜台: the membership counter of a retail chain, offline first."""
    if lang is not None:
        ctx.obj = translator(os.environ, lang)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns its exit code; errors a person can act on are words on stderr, never a stack trace."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    tr = _words_of_machine()
    try:
        with guitai.make_context("guitai", given) as ctx:
            ctx.obj = tr
            return _run(ctx)
    except click.exceptions.Exit as asked:
        return asked.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return EXIT_INTERRUPTED


def _words_of_machine() -> Translator:
    """English where the word lists were not compiled: an error must still find words."""
    try:
        return translator(os.environ, None)
    except ConfigError:
        return ENGLISH


def _run(ctx: click.Context) -> int:
    try:
        found = guitai.invoke(ctx)
    except GuitaiError as error:
        click.echo(words(error, ctx.obj), err=True)
        return exit_code(error)
    return found if isinstance(found, int) else 0


def exit_code(error: GuitaiError) -> int:
    """10 and up: a store error by its code; 3 a rule said no; 4 the set-up is wrong; 5 anything else of ours."""
    if error.code in EXIT_CODES:
        return EXIT_CODES[error.code]
    if isinstance(error, Refusal):
        return EXIT_REFUSED
    return EXIT_CONFIG if isinstance(error, ConfigError) else EXIT_OTHER


def translator(environment: Mapping[str, str], chosen: str | None) -> Translator:
    """The words of a command: --lang, else GUITAI_LOOK_LANGUAGE, else the language of the machine, else English."""
    language = chosen or environment.get(LANGUAGE_VARIABLE) or _of_machine(environment)
    return load(resources() / "locale", language if language in LANGUAGES else "en")


def _of_machine(environment: Mapping[str, str]) -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "zh_CN" if environment[name].startswith("zh") else "en"
    return "en"
