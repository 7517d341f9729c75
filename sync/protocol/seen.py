"""The `Guitai-Seen` header: what a till last saw of head office, and whether something went back (fine print 4)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.domain.chain import INT_MAX

WENT_BACK = "went_back"
_FORM = re.compile(r"([1-9][0-9]{0,15});([A-Za-z0-9_.-]{1,64});([A-Za-z0-9_.-]{1,64})(;went_back)?")


@dataclass(frozen=True, slots=True)
class Seen:
    """Incarnation number, its id, the last life; `went_back`: a number of this incarnation fell."""

    incarnation_no: int
    incarnation: str
    life: str
    went_back: bool = False


def read_seen(header: str) -> Seen | None:
    """The header's value, None when it is malformed."""
    match = _FORM.fullmatch(header)
    if match is None or int(match[1]) > INT_MAX:
        return None
    return Seen(int(match[1]), match[2], match[3], match[4] is not None)


def write_seen(seen: Seen) -> str:
    """`<incarnation_no>;<incarnation>;<life>` and `;went_back` where it is set."""
    text = f"{seen.incarnation_no};{seen.incarnation};{seen.life}"
    return f"{text};{WENT_BACK}" if seen.went_back else text
