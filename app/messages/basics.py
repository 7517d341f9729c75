"""Words for the codes of: set-up, languages, command line."""

from __future__ import annotations

from app.messages.words import Words

WORDS: dict[str, Words] = {
    "language_unknown": Words("B-01", "There is no language {language}. Choose zh_CN or en."),
    "catalogue_missing": Words("B-02", "The word list {file} is missing. Run make messages, or install again."),
    "config_unreadable": Words(
        "B-03",
        "The set-up file {file} cannot be read (line {line}). Nothing was changed. "
        "Correct it, or remove it for the defaults.",
    ),
    "config_key": Words(
        "B-04",
        "{file} has no setting {path}. Nothing was changed. Correct its name.",
    ),
    "config_value": Words(
        "B-05",
        "The value of {path} in {file} does not fit. Nothing was changed. See resources/default.toml.",
    ),
    "zone_unknown": Words(
        "B-06",
        "There is no time zone {zone}. Name it like Asia/Shanghai.",
    ),
    "option_form": Words(
        "B-07",
        "{option} does not have the right form. Nothing was made.",
    ),
    "block_form": Words(
        "B-08",
        "The first {series} number needs {digits} digits with room for 1,000 numbers. Nothing was made.",
    ),
    "file_unreadable_here": Words(
        "B-09",
        "The file {file} cannot be read. Nothing was changed.",
    ),
    "staff_file": Words(
        "B-10",
        "{file} needs the columns {columns} and one line per person. Nothing was made.",
    ),
    "staff_line": Words(
        "B-11",
        "Line {line} of the staff list is not complete: number, name, role, and a PIN of {low} to {high} digits.",
    ),
    "script_line": Words(
        "B-12",
        "Line {line} of the script cannot be done: {reason}.",
    ),
    "display_missing": Words(
        "B-13",
        "There is no screen to open the counter on. Nothing was changed. Start it from the desktop, or use --headless.",
    ),
    "display_silent": Words(
        "B-14",
        "The screen {display} does not answer. Nothing was changed. Start the counter from the desktop, "
        "or use --headless.",
    ),
    "folder_unwritable_here": Words(
        "B-15",
        "The folder {folder} cannot be written. Choose another one.",
    ),
    "file_unwritable_here": Words("B-17", "The file {file} cannot be written. Choose another one."),
    "preview_suffix": Words(
        "B-18", "A preview is written as {known}, not as {file}. Nothing was written; choose another name."
    ),
    "folder_missing_here": Words(
        "B-19", "There is no folder {folder}. Nothing was written; make it first, or choose another one."
    ),
    "staff_missing": Words(
        "B-16",
        "A till needs its first person. Name a list with --staff FILE, or run this in a terminal. Nothing was made.",
    ),
    "program_fault": Words(
        "B-90",
        "Something in the program went wrong. Sales shown as done are saved. Repeat the last step; "
        "if it happens again, tell your support.",
    ),
}
