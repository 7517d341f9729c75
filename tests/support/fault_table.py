"""The table of docs/devices.md: what each device says when it hangs, is pulled, comes back elsewhere, sends garbage.

`python -m tests.support.fault_table` writes it; a test compares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from app.messages import ALL
from tests.support.fault_displays import DISPLAYS
from tests.support.fault_subjects import SUBJECTS as SCANNERS_AND_PRINTERS
from tests.support.fault_subjects import Subject

DOC = Path(__file__).resolve().parents[2] / "docs" / "devices.md"
SUBJECTS = (*SCANNERS_AND_PRINTERS, *DISPLAYS)
BEGIN, END = "<!-- fault table: begin -->\n", "<!-- fault table: end -->\n"


def _hangs_in_open(subject: Subject) -> None:
    subject.gate.arm("open")
    subject.device.start()
    subject.gate.bite(subject.device)
    subject.until("ok")
    subject.gate.door.set()


def _hangs_in(call: str) -> Callable[[Subject], None]:
    def run(subject: Subject) -> None:
        _started(subject)
        subject.gate.arm(call)
        subject.begin_work()
        subject.gate.bite(subject.device)
        subject.until("offline D-03" if subject.keeps_port else "ok")
        subject.gate.door.set()
        subject.until("ok")

    return run


def _hangs_in_close(subject: Subject) -> None:
    _started(subject)
    subject.gate.arm("close")
    subject.unplug()
    subject.gate.bite(subject.device)
    subject.until(subject.away)
    subject.gate.door.set()
    subject.plug()
    subject.until("ok")


def _unplugged(subject: Subject) -> None:
    _started(subject)
    subject.unplug()
    subject.until(subject.away)


def _replugged(subject: Subject) -> None:
    _unplugged(subject)
    subject.said.clear()
    subject.plug()
    subject.until("ok")


def _garbage(subject: Subject) -> None:
    _started(subject)
    subject.said.append(subject.garbage())


def _started(subject: Subject) -> None:
    subject.device.start()
    subject.until("ok")
    subject.work()
    subject.said.clear()


FAULTS: Mapping[str, Callable[[Subject], None]] = {
    "hangs in open": _hangs_in_open,
    "hangs in read": _hangs_in("read"),
    "hangs in write": _hangs_in("write"),
    "hangs in close": _hangs_in_close,
    "unplugged": _unplugged,
    "plugged in again, other port": _replugged,
    "garbage": _garbage,
}


def observe(kind: type[Subject], fault: str) -> str:
    """One cell: run the fault, then, where the device is there again, its work; what it said on the way."""
    if fault == "hangs in write" and not kind.writes:
        return "is never written to"
    subject = kind()
    try:
        FAULTS[fault](subject)
        cell = " → ".join(subject.said)
        if fault == "unplugged":
            subject.plug()
            subject.until("ok")
        subject.work()
    finally:
        subject.close()
    return cell


def table(cells: Mapping[tuple[str, str], str]) -> str:
    """The cells `(device, fault)` as Markdown, and the words of the codes they name."""
    names = [kind.name for kind in SUBJECTS]
    lines = [f"| | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    lines += [f"| {fault} | {' | '.join(cells[name, fault] for name in names)} |" for fault in FAULTS]
    said = " ".join(cells.values())
    words = [(words.ref, words.text) for words in ALL.values() if words.ref.startswith("D-") and words.ref in said]
    lines += ["", "| code | words |", "|---|---|", *(f"| {ref} | {english} |" for ref, english in sorted(words))]
    return "\n".join(lines) + "\n"


def documented() -> str:
    """The table as the document has it."""
    return DOC.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]


def main() -> None:
    """Run everything and write the document's table."""
    cells = {(kind.name, fault): observe(kind, fault) for kind in SUBJECTS for fault in FAULTS}
    before, _, rest = DOC.read_text(encoding="utf-8").partition(BEGIN)
    DOC.write_text(before + BEGIN + table(cells) + END + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
