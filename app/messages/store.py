"""Words for the codes of: store. And the exit code of a command that ends with one of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.messages.words import Words

WORDS: dict[str, Words] = {
    "till_in_use": Words("T-01", "The till is already open on this computer. Points are safe. Use the open window."),
    "till_missing": Words("T-02", "There is no till in {folder} yet. Set one up with guitai init."),
    "folder_not_empty": Words(
        "T-03", "The folder {folder} is not empty. Nothing was written. Choose an empty folder for a new till."
    ),
    "folder_read_only": Words(
        "T-04", "The folder {folder} cannot be written. Points saved so far are safe. Ask IT to make it writable."
    ),
    "folder_open_to_others": Words(
        "T-05", "Other users can read {folder}. Nothing was opened. Ask IT to give it to the till's user alone."
    ),
    "file_missing": Words(
        "T-06", "The file {file} is missing. No new one was made. Ask IT to bring back the file or a backup."
    ),
    "file_damaged": Words("T-07", "The file {file} is damaged. It was left as it is. Ask IT to run guitai rescue."),
    "key_wrong": Words(
        "T-08", "The key does not fit the file {file}. It was left as it is. Ask IT for the key that belongs to it."
    ),
    "keys_missing": Words(
        "T-09", "The list of keys keys.json is missing. The files were left as they are. Ask IT to bring it back."
    ),
    "keys_damaged": Words(
        "T-10", "The list of keys keys.json cannot be read. The files were left as they are. Ask IT to bring it back."
    ),
    "keyring_none": Words(
        "T-11",
        "This computer has no place for secrets. Nothing was changed. Ask IT to start the keyring or use a key file.",
    ),
    "keyring_plaintext": Words(
        "T-12",
        "The keyring {backend} does not keep secrets safe. Nothing was changed. Ask IT for the system's own keyring.",
    ),
    "keyring_locked": Words(
        "T-13", "The keyring is locked. Points are safe. Unlock it (sign in to this computer) and open the till again."
    ),
    "keyring_changed": Words(
        "T-14", "The till's key is in the keyring {recorded}, which is not to be had. Points are safe. Ask IT."
    ),
    "device_key_missing": Words(
        "T-15", "The keyring has no key for this till. The files were left as they are. Ask IT to bring the key back."
    ),
    "key_file_missing": Words(
        "T-16", "The key file {file} is missing. The till's files were left as they are. Ask IT to bring it back."
    ),
    "key_file_open": Words(
        "T-17", "Others can read the key file {file}. Nothing was opened. Ask IT to give it to the till's user alone."
    ),
    "disk_full": Words(
        "T-18",
        "The disk is full. This was not saved; everything before it is safe. Free some space, then do it again.",
    ),
    "store_busy": Words(
        "T-19", "Another program holds the till's file. This was not saved; do it again in a moment. Points are safe."
    ),
    "store_io": Words(
        "T-20", "The disk did not answer (code {code}). This was not saved; everything before it is safe. Ask IT."
    ),
    "schema_newer": Words(
        "T-21",
        "The file {file} was written by a newer Guitai ({revision}). It was left as it is. Install that version again.",
    ),
    "migration_failed": Words(
        "T-22",
        "The file {file} could not be brought up to date. It is unchanged and a copy is in {backup}. Ask IT.",
    ),
    "backup_failed": Words(
        "T-23", "No safe copy of {file} could be made, so it was not brought up to date. It is unchanged. Ask IT."
    ),
    "chain_moved": Words(
        "T-24", "The event does not follow the last one ({seq}). It was not saved. Close the till and open it again."
    ),
    "chain_broken": Words(
        "T-25", "The chain of {chain} is broken at {seq} ({reason}). The file was left as it is. Tell head office."
    ),
    "numbers_used_up": Words(
        "T-26", "This till has no {series} numbers left. Nothing was saved. Ask head office for more numbers."
    ),
    "programme_missing": Words(
        "T-27", "No programme is valid at this time. Nothing was sold. Load a programme, or check the clock."
    ),
    "programme_stored_bad": Words(
        "T-28", "The programme {id} in the till cannot be read. Nothing was sold. Ask IT to load it again."
    ),
    "device_key_damaged": Words(
        "T-29", "The till's secret cannot be read. The files were left as they are. Ask IT to bring the key back."
    ),
    "import_unreadable": Words(
        "T-30", "The file {file} cannot be read as {encoding}. Nothing was imported. Name its encoding with --encoding."
    ),
    "import_no_header": Words(
        "T-31", "The file {file} has no first line with column names. Nothing was imported. Add one."
    ),
    "import_column_missing": Words(
        "T-32", "No column of {file} is the {field}. Nothing was imported. Name it: --map {field}=<column>."
    ),
    "import_column_unknown": Words(
        "T-33", "{file} has no column {column}. Nothing was imported. Its columns are: {columns}."
    ),
    "import_field_unknown": Words("T-34", "There is no field {field}. The fields are: {fields}."),
    "import_map_form": Words("T-35", "--map takes field=column, not {text}."),
    "import_file_missing": Words("T-51", "The file {file} cannot be opened. Nothing was imported. Check its name."),
    "line_columns": Words("T-36", "{count} columns where {expected} are expected"),
    "line_empty": Words("T-37", "{field} is empty"),
    "line_too_long": Words("T-38", "{field} is longer than {max} characters"),
    "line_number_form": Words("T-39", "{field} takes 1 to 32 letters, digits or . _ -"),
    "line_card_form": Words("T-40", "the card number takes 8 to 19 digits"),
    "line_card_check": Words("T-41", "the card number's check digit is wrong"),
    "line_phone_form": Words("T-42", "the phone number is none"),
    "line_date_form": Words("T-43", "{field} is no date like 2026-01-31"),
    "line_amount_form": Words("T-44", "{field} is no amount"),
    "line_status_unknown": Words("T-45", "the status is neither active nor blocked"),
    "line_payment_card": Words("T-46", "{field} holds a payment card number"),
    "line_barcode_check": Words("T-47", "the barcode's check digit is wrong"),
    "line_twice": Words("T-48", "{field} is the same as on line {first}"),
    "line_unreadable": Words("T-49", "the line cannot be read"),
    "line_amount_negative": Words("T-52", "{field} is below zero"),
    "line_amount_large": Words("T-53", "{field} is more than a till takes"),
    "import_column_twice": Words(
        "T-54", "{file} has the column {column} twice. Nothing was imported. Rename one of them."
    ),
    "mark_unreadable": Words(
        "T-58",
        "The mark till.mark cannot be read, so nobody can tell whether the end of till.db is lost, and nothing is "
        "sold. What is in till.db is safe. Check the folder's permissions; else run guitai rescue.",
    ),
    "till_behind": Words(
        "T-55",
        "The end of till.db is lost: {events} events or more after number {seq}. Nothing is sold, so that nothing "
        "counts twice; what is there is safe. Run guitai rescue, then enrol again.",
    ),
    "till_needs_code": Words(
        "T-56",
        "This till's files were put back or rescued. What is in them is safe. Ask head office for a code and run "
        "guitai enrol; then it sells again.",
    ),
    "copy_damaged": Words(
        "T-57", "The copy {file} is damaged, or is no till.db. Nothing was changed. Name another copy with --from."
    ),
    "cache_missing": Words(
        "T-50", "The members are not loaded. Sales and points go on, without balances. Import them again."
    ),
}

EXIT_CODES: Mapping[str, int] = MappingProxyType(
    {
        "till_in_use": 10,
        "till_missing": 11,
        "folder_not_empty": 12,
        "folder_read_only": 13,
        "folder_open_to_others": 14,
        "file_missing": 15,
        "file_damaged": 16,
        "key_wrong": 17,
        "keys_missing": 18,
        "keys_damaged": 19,
        "keyring_none": 20,
        "keyring_plaintext": 21,
        "keyring_locked": 22,
        "keyring_changed": 23,
        "device_key_missing": 24,
        "key_file_missing": 25,
        "key_file_open": 26,
        "device_key_damaged": 27,
        "disk_full": 28,
        "store_busy": 29,
        "store_io": 30,
        "schema_newer": 31,
        "migration_failed": 32,
        "backup_failed": 33,
        "chain_moved": 34,
        "chain_broken": 35,
        "till_behind": 36,
        "till_needs_code": 37,
        "hq_damaged": 38,
        "copy_damaged": 39,
        "mark_unreadable": 40,
    }
)
"""What a command that ends with a store error returns to its caller; every other code: see app.cli."""
