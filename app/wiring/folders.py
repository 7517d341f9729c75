"""Where a till's files lie: `--data`, else the folder the desktop gives to programs."""

from __future__ import annotations

from pathlib import Path

import click


def _folder(_ctx: click.Context, _param: click.Parameter, given: Path | None) -> Path:
    if given is not None:
        return given.absolute()
    from platformdirs import user_data_path  # lazy: only when no folder was named

    return user_data_path("guitai", appauthor=False)


data_option = click.option(
    "--data",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    callback=_folder,
    help="The till's data folder; else the user's own.",
)
