"""Code → words. Every code an error can carry has one English sentence here and a translation in the catalogue.

A sentence has three parts: what happened, are points safe, what to do; `ref` is the short code a person can read to
support over the phone. One module per subject; a test checks that every code has words in every language.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.errors import GuitaiError
from app.i18n import Translator
from app.messages import basics, checkout, devices, members, programme, shift, store, sync, till
from app.messages.words import Words, say

ALL: Mapping[str, Words] = {
    **basics.WORDS,
    **store.WORDS,
    **members.WORDS,
    **checkout.WORDS,
    **programme.WORDS,
    **devices.WORDS,
    **shift.WORDS,
    **till.WORDS,
    **sync.WORDS,
}


def words(error: GuitaiError, tr: Translator) -> str:
    """The sentence for an error, in the translator's language, ending in its reference: `… (M-04)`."""
    return say(ALL[error.code], tr, error.facts)


__all__ = ["ALL", "Words", "say", "words"]
