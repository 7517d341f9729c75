"""The log's file: rotating, its owner's only, and never a reason to stop."""

from __future__ import annotations

import logging
import os
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

MODE = 0o600


class OwnersLog(RotatingFileHandler):
    """A rotating file that others cannot read. What cannot be written (a full disk) is left out. Any thread."""

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding=self.encoding, opener=_owners)

    def handleError(self, record: logging.LogRecord) -> None:
        """Nothing: logging would write a stack trace to the terminal."""


def _owners(path: str, flags: int) -> int:
    opened = os.open(path, flags, MODE)
    if os.name == "posix":
        os.fchmod(opened, MODE)  # a file of an older version
    return opened


def owners_log(path: Path, bytes_max: int, files_max: int) -> OwnersLog:
    """Open it to add to. OSError when the folder cannot be written."""
    return OwnersLog(path, maxBytes=bytes_max, backupCount=files_max, encoding="utf-8")
