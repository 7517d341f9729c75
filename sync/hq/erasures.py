"""The list of erased members beside the backups (rule 11): a database that went back forgets again what it forgot.

One line of JSON each, only ever appended, durable before the erasure is committed: a line too many erases nobody who
did not ask.
"""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ErasureList:
    """The file. Any thread."""

    path: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self) -> dict[str, str]:
        """member_id → the day; a line cut short by a crash is left out."""
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return {}
        found: dict[str, str] = {}
        for line in lines:
            try:
                one = json.loads(line)
                found[str(one["member_id"])] = str(one["on"])
            except (ValueError, KeyError, TypeError):
                continue
        return found

    def add(self, member_id: str, on: str) -> None:
        """Append one, durably."""
        line = json.dumps({"member_id": member_id, "on": on}) + "\n"
        with self._lock, open(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
            file.write(b"" if file.tell() == 0 or self._ends_well() else b"\n")
            file.write(line.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())

    def _ends_well(self) -> bool:
        with open(self.path, "rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"
