"""The drawer counted note by note, or as one sum, and the sums of the terminals' slips. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.domain.sale import TenderKind
from app.domain.shift import NOTES_MINOR, KindMinor
from app.services.checkout import parse_amount

PIECES_CHARS_MAX, SUM_CHARS_MAX = 5, 12
SUMS = (TenderKind.CASH, TenderKind.CARD, TenderKind.QR)
"""The rows after the notes: other cash as a sum, then the slips of card and QR terminals."""


@dataclass(frozen=True, slots=True)
class Count:
    """`texts` is what was typed, one per row: pieces of each note, then the sums of SUMS."""

    notes_minor: tuple[int, ...] = ()
    texts: tuple[str, ...] = ("", "", "")
    row: int = 0

    @property
    def rows(self) -> int:
        return len(self.texts)

    def is_sum(self, row: int) -> bool:
        """Whether the row is typed as money."""
        return row >= len(self.notes_minor)

    def cash_minor(self) -> int:
        """What the cash rows come to. Refusal `amount_form`, `amount_range`."""
        pieces = zip(self.notes_minor, self.texts, strict=False)
        return sum(minor * int(text or 0) for minor, text in pieces) + self._sum(TenderKind.CASH)

    def counted(self) -> tuple[KindMinor, ...]:
        """Every kind something was typed for, 0 too. Refusal `amount_form`, `amount_range`."""
        found = []
        if any(self.texts[: len(self.notes_minor) + 1]):
            found.append(KindMinor(TenderKind.CASH, self.cash_minor()))
        found += [KindMinor(kind, self._sum(kind)) for kind in SUMS[1:] if self._text(kind)]
        return tuple(found)

    def _text(self, kind: TenderKind) -> str:
        return self.texts[len(self.notes_minor) + SUMS.index(kind)]

    def _sum(self, kind: TenderKind) -> int:
        return parse_amount(self._text(kind)) if self._text(kind) else 0


def begin(currency: str) -> Count:
    """Nothing typed yet; the first row is marked."""
    notes = NOTES_MINOR.get(currency, ())
    return Count(notes, ("",) * (len(notes) + len(SUMS)))


def typed(count: Count, key: str) -> Count:
    """The count after a key on the marked row; what is no part of a number is left out."""
    text, is_sum = count.texts[count.row], count.is_sum(count.row)
    if key == "." and (not is_sum or "." in text):
        return count
    longest = SUM_CHARS_MAX if is_sum else PIECES_CHARS_MAX
    return _with(count, (text + key)[:longest])


def deleted(count: Count) -> Count:
    """The count without the last character of the marked row."""
    return _with(count, count.texts[count.row][:-1])


def moved(count: Count, row: int) -> Count:
    """Another row marked; the ends stay."""
    return replace(count, row=min(max(0, row), count.rows - 1))


def _with(count: Count, text: str) -> Count:
    texts = list(count.texts)
    texts[count.row] = text
    return replace(count, texts=tuple(texts))
