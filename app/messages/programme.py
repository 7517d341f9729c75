"""Words for the codes of: programme, at the till and in documents.

A mistake in a document is said after its path, so it is half a sentence and has no reference.
"""

from __future__ import annotations

from app.messages.words import Words

WORDS: dict[str, Words] = {
    "insufficient_points": Words(
        "R-02",
        "Not enough points: {usable} usable, {needed} needed. None were spent. Spend fewer, or take another payment.",
    ),
    "below_minimum": Words("R-03", "{points} points are too few to spend: it starts at {least}. None were spent."),
    "not_a_step": Words("R-04", "{points} points do not fit: points are spent {step} at a time. None were spent."),
    "over_share": Words("R-05", "{points} points are more than this receipt allows: {most} at most. None were spent."),
    "coupon_used": Words("R-06", "This coupon was used before. The basket is as it was. Go on without it."),
    "coupon_expired": Words("R-07", "This coupon has expired. The basket is as it was. Go on without it."),
    "coupon_conditions": Words(
        "R-08",
        "This coupon or reward does not fit this basket or member. The basket is as it was. Check its conditions.",
    ),
    "return_window": Words(
        "R-09",
        "Returns are taken for {days} days, and they are over. Points are as they were. Ask a supervisor.",
    ),
    "already_returned": Words(
        "R-10",
        "Of line {line} only {left} can still come back. Nothing was returned. Correct the quantity.",
    ),
    "sale_line_unknown": Words("R-11", "That receipt has no line {line}. Nothing was returned. Check the receipt."),
    "sale_unknown": Words("R-12", "This sale is not known here. Nothing was returned. Check the receipt number."),
    "tender_twice": Words(
        "R-13",
        "Points pay once on a receipt, and one payment takes the rest. Nothing was charged. Remove the other one.",
    ),
    "tenders_over": Words(
        "R-14",
        "The payments come to {tendered_minor} cents, {payable_minor} are due. Nothing was "
        "charged. Correct the amount.",
    ),
    "tenders_short": Words("R-15", "The payments leave {unpaid_minor} cents open. Nothing was charged. Take the rest."),
    "document_mistakes": Words(
        "P-01",
        "The document has mistakes: {count}, the first at {path}. It was not taken, the one in use "
        "stays. Correct them and check again.",
    ),
    "not_json": Words("P-02", "This is not JSON: {detail}."),
    "not_toml": Words("P-03", "This is not TOML: {detail}."),
    "file_unreadable": Words("P-04", "The file cannot be read: {detail}."),
    "nested_too_deep": Words("P-05", "The document is nested too deeply to be read."),
    "document_no_table": Words("P-06", "The document must be one table of names and values."),
    "key_missing": Words("", "is missing"),
    "key_unknown": Words("", "is not known here"),
    "expected_whole": Words("", "must be a whole number from {low} to {high}"),
    "expected_flag": Words("", "must be true or false"),
    "expected_text": Words("", "must be text of 1 to {chars_max} characters"),
    "expected_choice": Words("", "must be one of: {choices}"),
    "expected_decimal": Words("", 'must be a decimal number as text, like "1.2", from {low} to {high}'),
    "expected_date": Words("", 'must be a date as text, like "2026-01-31"'),
    "expected_clock": Words("", 'must be a time as text, like "04:00"'),
    "expected_hours": Words("", 'must be two different times, like ["18:00", "22:00"]'),
    "expected_local_time": Words("", 'must be a local date and time as text, like "2026-01-01T00:00:00"'),
    "expected_moment": Words("", 'must be a date and time with its offset, like "2026-01-01T10:00:00+08:00"'),
    "expected_timezone": Words("", 'must be a time zone, like "Asia/Shanghai"'),
    "expected_currency": Words("", 'must be a currency of three capital letters, like "CNY"'),
    "expected_table": Words("", "must be a table"),
    "expected_tables": Words("", "must be a list of tables"),
    "expected_list": Words("", "must be a list with at least one value and none twice"),
    "expected_true": Words("", "must be true"),
    "template_block": Words("", "must have exactly one of these keys: {choices}"),
    "template_no_cut": Words("", "the last block must be a cut"),
    "template_too_big": Words("", "is too much: {blocks} blocks and {depth} levels at most"),
    "template_condition": Words("", 'must be a field, or "not" and a field, like "not member"'),
    "template_field": Words("", "there is no field {field} here; there is: {near}"),
    "template_field_of_row": Words("", 'there is no field {field}; inside each = "{rows}" write {near}'),
    "template_barcode": Words("", "a barcode holds only digits, Latin letters and signs of a keyboard, not {text}"),
    "template_not_words": Words("", "{field} cannot be written; it stands in an if or an each"),
    "template_format": Words("", "{field} is a {kind}: behind its name write {ways}"),
    "template_braces": Words("", "a field is written like {example}"),
    "template_image": Words("", "{file} must be a picture beside this file, of 384 by 200 dots at most"),
    "id_twice": Words("", "the name {id} is taken already"),
    "id_reserved": Words("", "the name {id} is kept for the base rate"),
    "one_of_two": Words("", "give either {this} or {other}, exactly one"),
    "until_before_from": Words("", "is before the first day"),
    "not_in_document": Words("", "{name} is not in this document"),
    "step_not_exact": Words(
        "",
        "one step is not worth a whole amount: step_points times {value_minor} must divide by {points}",
    ),
    "bonus_never_paid": Words("", "a level at threshold 0 is reached by nobody, so its bonus is never paid"),
    "not_rising": Words("", "must be above {above}, the threshold before it"),
    "no_rate_to_deduct": Words("", "deduct_refund needs [redeem], which says what points are worth"),
    "pair_channel": Words(
        "", "another channel's sale names no coupon, reward or points, and no till takes it back; a pair cannot do it"
    ),
    "day_goes_back": Words("", "the local date goes back behind {before}"),
}
