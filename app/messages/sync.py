"""Words for the codes of: head office and the wire."""

from __future__ import annotations

from app.messages.words import Words

WORDS: dict[str, Words] = {
    "sync_by_hand": Words(
        "S-30", "guitai sync is started by the till itself. Points are safe; open the till with guitai till."
    ),
    "not_enrolled": Words(
        "S-31",
        "This till is not enrolled at head office. It sells, and points are safe here; enrol it with guitai enrol.",
    ),
    "sync_starting": Words("S-32", "Synchronisation is just starting. Points are safe; try again in a moment."),
    "sync_not_running": Words(
        "S-33", "Synchronisation is not running just now. Points are safe at this till; it starts again by itself."
    ),
    "sync_no_answer": Words("S-34", "Synchronisation did not answer in time. Points are safe; try again in a moment."),
    "sync_command": Words("S-35", "Synchronisation does not know {name}. Points are safe; restart the till."),
    "sync_unreachable": Words(
        "S-36", "Head office cannot be reached. Points are safe at this till and are sent later; go on selling."
    ),
    "sync_timeout": Words(
        "S-37", "Head office did not answer in time. Points are safe at this till and are sent later; go on selling."
    ),
    "sync_tls": Words(
        "S-38",
        "The certificate at this address is not head office's, or nobody known here signed it. Nothing was sent and "
        "points are safe; name its authority's PEM file with --ca, or check the network.",
    ),
    "sync_not_head_office": Words(
        "S-39",
        "Something else than head office answered, perhaps a sign-in page of the network. Points are safe at this "
        "till; check the network.",
    ),
    "sync_refused": Words(
        "S-40", "Head office refused ({problem}). Points are safe at this till; tell IT if it comes again."
    ),
    "not_synced": Words(
        "S-41",
        "This till and head office are not yet the same ({reason}). Points are safe; wait, or check the network.",
    ),
    "not_synced_older": Words(
        "S-54",
        "Head office is an older copy of itself just now. It notices and begins anew by itself, and this till sends "
        "what it lacks; points are safe and sales go on. If this stays for an hour, tell IT.",
    ),
    "not_synced_fork": Words(
        "S-49",
        "Another device uses this till's name; sales go on here and are kept. Tell IT: it needs a new code "
        "(guitai hq till add --till ID, then guitai enrol).",
    ),
    "not_synced_signature": Words(
        "S-50",
        "Head office does not accept what this till signs; all is kept and tried again. If it stays, tell IT: it needs "
        "a new code (guitai hq till add --till ID, then guitai enrol).",
    ),
    "not_synced_reenrol": Words(
        "S-51",
        "Head office wants this till enrolled again; sales go on here. Tell IT ({problem}): it needs a new code "
        "(guitai hq till add --till ID, then guitai enrol).",
    ),
    "enrol_address": Words(
        "S-42", "This is no address of a head office. Nothing was changed; give one like https://hq.example."
    ),
    "enrol_address_open": Words(
        "S-43",
        "An address without https is taken only on this machine, and {host} is another. Nothing was changed; "
        "use https.",
    ),
    "hq_authority": Words("S-44", "There is no certificate in {file}. Nothing was changed; give a PEM file."),
    "enrol_code_refused": Words(
        "S-45",
        "Head office does not know this code, or it was used, or its 15 minutes are over. Nothing was changed; ask "
        "for a new one.",
    ),
    "enrol_unreachable": Words(
        "S-52",
        "Head office cannot be reached, so nothing was enrolled and nothing changed. Check the address and the "
        "network, then try again with the same code.",
    ),
    "enrol_no_answer": Words(
        "S-53",
        "Head office did not answer, so it is not known whether it took the code. Nothing is lost; run the same "
        "command again, the code counts once more.",
    ),
    "enrol_too_often": Words(
        "S-46", "Head office has had too many attempts from here. Nothing was changed; wait a minute and try again."
    ),
    "hold_insufficient": Words(
        "S-47", "Not enough points are free at head office. Nothing was taken; redeem fewer points, or pay another way."
    ),
    "hold_closed": Words(
        "S-48", "Head office has closed this redemption. Nothing was taken; take the points off and try again."
    ),
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
    "hq_programme_differs": Words(
        "S-26",
        "Programme {programme} was published with another text. It stays as it is; give the document a new version.",
    ),
    "hq_address": Words(
        "S-27", "Head office cannot listen on {address}. Points are safe; name another port or end what uses it."
    ),
    "hq_database": Words(
        "S-28", "Head office's database does not answer. Points are safe; start it, or check its address in hq.toml."
    ),
    "hq_damaged": Words(
        "S-98",
        "Head office's database is damaged and cannot be read. Points are safe if there is a backup of the last 35 "
        "days, since tills send again what came after it; stop guitai hq serve and put the backup back as "
        "docs/operations.md says.",
    ),
    "hq_database_missing": Words(
        "S-99",
        "The database {file} is missing from head office's folder {folder}. No new one was made, and points are "
        "safe if there is a backup of the last 35 days; put it back as docs/operations.md says.",
    ),
    "hq_certificate": Words(
        "S-95",
        "The certificate or its key cannot be read, or they do not belong together. Points are safe; name PEM files "
        "with --certificate and --key.",
    ),
    "hq_workers_database": Words(
        "S-92",
        "Several workers need PostgreSQL; this head office keeps its points in one file, and they are safe there. "
        "Leave --workers out, or make a head office with --database.",
    ),
    "hq_workers_system": Words(
        "S-93", "Several workers need Linux or macOS. Points are safe; leave --workers out on this computer."
    ),
    "hq_workers_connections": Words(
        "S-97",
        "PostgreSQL takes {most} connections, and so many workers need {needed}. Points are safe; serve with fewer "
        "workers, or raise max_connections.",
    ),
    "hq_worker": Words(
        "S-94",
        "A worker of head office ended before it served. Points are safe; serve with one worker to read what is wrong.",
    ),
    "hq_till_unknown": Words(
        "S-25", "Head office has no till {till} with an open identity. Nothing was changed; check the id."
    ),
    "hq_channel_unknown": Words(
        "S-76", "Head office has no open channel {channel}. Nothing was changed and points are safe; check the id."
    ),
    "hq_not_parked": Words(
        "S-75", "No event {event} waits at head office. Nothing was changed; look at guitai hq parked list."
    ),
    "hq_not_adjusted": Words(
        "S-96",
        "Nothing was posted for event {event} ({code}), and it still waits. Points are safe; check the amount and "
        "the staff numbers, then do it again.",
    ),
    "hq_adjust_one_person": Words(
        "S-78",
        "One person cannot both ask and agree. Nothing was posted for event {event}, and it still waits; name "
        "somebody else with --approved-by.",
    ),
    "hq_adjust_no_amount": Words(
        "S-79",
        "An amount of 0 changes nothing. Nothing was posted for event {event}, and it still waits; name an amount,"
        " or close the event with guitai hq parked write-off.",
    ),
    "hq_adjust_account": Words(
        "S-80",
        "Head office has no such account. Nothing was posted for event {event}, and it still waits; check the id "
        "given with --account.",
    ),
    "rotation_waits": Words(
        "S-77",
        "Head office has not answered yet about the key made last. Nothing was changed and points are safe; open the "
        "till, let it meet head office, then try again.",
    ),
    "past_line": Words(
        "S-60",
        "Line {line} of the purchases cannot be read: {reason}. Nothing was rung up; name the columns, or mend it.",
    ),
    "replay_other": Words(
        "S-61", "{folder} holds the replay of another file. Nothing was changed; name another folder with --work."
    ),
    "replay_by_hand": Words(
        "S-62", "A till of a replay is started by guitai replay. Points are safe; open a till with guitai till."
    ),
    "chain_command": Words(
        "S-63", "guitai {command} did not end as it should: {said} What was written so far stays; start again."
    ),
    "chain_till_ended": Words(
        "S-64", "A till ended before its work was done. What it sold is safe; start again to go on from there."
    ),
    "chain_step": Words(
        "S-65", "A till could not do the step {step}: {said} What it sold is safe; start again to go on from there."
    ),
    "merge_unknown": Words(
        "S-70",
        "One of these two members is not known at head office, or was erased. Nothing was moved; check both ids.",
    ),
    "hq_member_unknown": Words(
        "S-81", "Head office has no member with the number {number}. Nothing was changed; check the number."
    ),
    "hq_member_number": Words(
        "S-82",
        "The member number {number} does not have 12 digits, so it fits into no dynamic code. Nothing was changed; "
        "such a member shows a card.",
    ),
    "hq_served": Words(
        "S-83",
        "Another guitai hq serve uses the head office in {folder}, and its database, one file, takes only one. Points "
        "are safe; end the other, or make a head office with --database for several workers.",
    ),
    "hq_adjust_staff": Words(
        "S-84",
        "Head office has nobody working with one of the numbers or ids {staff}. Nothing was posted for event {event}, "
        "and it still waits; check --staff and --approved-by.",
    ),
    "hq_template_none": Words(
        "S-85",
        "The chain has no template of its own for {kind} in {language}. Nothing was changed; tills print the "
        "shipped one.",
    ),
    "merge_same": Words("S-71", "These two are one member already. Nothing was moved; there is nothing to do."),
    "merge_two": Words(
        "S-72",
        "Two members are needed: one that goes, one that stays. Nothing was moved; name both, or use --list.",
    ),
}
