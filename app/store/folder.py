"""The data folder: owner-only, writable, and used by one process of each kind at a time."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Final

from app.errors import StoreError

TILL_FILE: Final = "till.db"
LOCK_NAMES: Final = ("ui", "sync")
PROBE_BYTES: Final = 64 * 1024
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def cache_file(generation: int) -> str:
    """The file name of a cache generation."""
    return f"cache-{generation}.db"


class FolderLock:
    """An operating-system lock in the data folder: gone with its process, however that ends.

    StoreError `till_in_use` when another process holds it, `folder_read_only`, `till_missing` (no such folder).
    """

    def __init__(self, folder: Path, name: str = "ui") -> None:
        if name not in LOCK_NAMES:
            raise ValueError(name)
        own(folder)
        try:
            self._file: IO[str] = (folder / f"{name}.lock").open("a", encoding="utf-8")
        except OSError as error:
            raise fault_of_folder(error, folder) from error
        if not try_lock(self._file):
            self._file.close()
            raise StoreError("till_in_use")

    def release(self) -> None:
        """Let the next one in."""
        self._file.close()

    def __enter__(self) -> FolderLock:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()


def own(folder: Path) -> None:
    """Check that the folder is there, and keep everybody else out of it. StoreError `folder_open_to_others`."""
    if not folder.is_dir():
        raise StoreError("till_missing", folder=str(folder))
    if os.name != "posix" or not folder.stat().st_mode & 0o077:
        return
    try:
        folder.chmod(0o700)
    except PermissionError as error:
        raise StoreError("folder_open_to_others", folder=str(folder)) from error
    except OSError as error:
        raise fault_of_folder(error, folder) from error


def check_writable(folder: Path) -> None:
    """Write and remove a small file: the one test that holds for every user, mount and attribute.

    StoreError `folder_read_only`, `disk_full`.
    """
    probe = folder / f".probe-{os.getpid()}"
    try:
        with probe.open("wb") as file:
            file.write(bytes(PROBE_BYTES))
    except OSError as error:
        raise fault_of_folder(error, folder) from error
    finally:
        if probe.exists():
            probe.unlink()


def is_full(folder: Path) -> bool:
    """True when nothing more can be written to the folder's disk, quota or size limit included."""
    try:
        check_writable(folder)
    except StoreError as error:
        return error.code == "disk_full"
    return _size_limited()


def fault_of_folder(error: OSError, folder: Path) -> StoreError:
    """The error of the operating system as ours."""
    if error.errno in _FULL:
        return StoreError("disk_full")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError("folder_read_only", folder=str(folder))
    return StoreError("store_io", code=error.errno or 0)


def _size_limited() -> bool:
    """True under a limit of file size (ulimit -f): then a growing file fails while small ones still fit."""
    if os.name != "posix":
        return False
    import resource

    return resource.getrlimit(resource.RLIMIT_FSIZE)[0] != resource.RLIM_INFINITY


def try_lock(file: IO[str]) -> bool:
    """Take the operating system's lock on an open file; False when another process holds it. Gone when it is closed."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
