"""What every sub-command takes: the folder that holds all state."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from config.logging import set_up as set_up_logging
from config.options import Settings
from config.settings import SettingsError, load


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--data FOLDER`, handed over as `data`."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder that holds all state (default: ERP_DATA, else ./var).",
    )(command)


def settings_of(data: Path | None) -> Settings:
    """The settings of a data folder; logging is set up by them.

    A setting that cannot be used ends the command with its words.
    """
    try:
        settings = load(data)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    set_up_logging(settings.logging.level)
    return settings
