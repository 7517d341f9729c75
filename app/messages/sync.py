"""Words for the codes of: head office and the wire."""

from __future__ import annotations

from app.messages.words import Words

WORDS: dict[str, Words] = {
    "hq_exists": Words(
        "S-20",
        "The folder {folder} or its database already holds a head office. Nothing was changed; name another one.",
    ),
    "hq_missing": Words(
        "S-21", "There is no head office in the folder {folder}. Nothing was changed; make one with guitai hq init."
    ),
    "hq_config": Words(
        "S-22", "The set-up file {file} of head office cannot be read. Points are safe; correct it or restore it."
    ),
    "hq_unfinished": Words(
        "S-23",
        "The head office in {folder} was not finished. No points are in it yet; empty the folder and make it again.",
    ),
    "hq_store_unknown": Words(
        "S-24", "Head office has no store {store}. Nothing was changed; add it with guitai hq store add."
    ),
    "hq_till_unknown": Words(
        "S-25", "Head office has no till {till} with an open identity. Nothing was changed; check the id."
    ),
}
