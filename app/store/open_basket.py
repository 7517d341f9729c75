"""The mark of an open receipt: an empty file, there from the first line to the sale or the end of the program."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path
from typing import Final

from app import logs

MARK_FILE: Final = "open-basket"


class OpenBasketMark:
    """The `OpenBasket` port as a file without content. Store thread; a mark that cannot be kept stops nothing."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / MARK_FILE
        self._left = self._path.exists()

    def take_left(self) -> bool:
        """See OpenBasket."""
        left, self._left = self._left, False
        return left

    def keep(self, *, is_open: bool) -> None:
        """See OpenBasket."""
        try:
            if is_open:
                self._path.touch(mode=0o600)
            else:
                self._path.unlink(missing_ok=True)
        except OSError as error:
            logs.event("store", "open basket not marked", logging.WARNING, errno=error.errno or 0)

    def close(self) -> None:
        """The program ends in order: nothing was lost that a person did not see."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
