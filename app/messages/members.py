"""Words for the codes of: members."""

from __future__ import annotations

from app.messages.words import Words

WORDS: dict[str, Words] = {
    "payment_code": Words(
        "M-01",
        "That is a payment code. Scan it on the payment terminal.",
    ),
    "check_digit": Words(
        "M-02",
        "The number was not read right: its check digit is wrong. Nothing was added. Scan it again, or type it.",
    ),
    "member_blocked": Words(
        "M-03",
        "This membership is blocked. The sale can go on without it; earlier points are kept. Ask a supervisor.",
    ),
    "member_code_no_key": Words(
        "M-05",
        "This till has no key for this week's member codes. Nothing was added, points are safe. "
        "Ask for the card or the phone number.",
    ),
    "member_code_expired": Words(
        "M-20",
        "This member code has expired: it changes every 30 seconds. Nothing was added. "
        "Scan the one the phone shows now; if that has expired too, a clock is wrong: "
        "ask for the card or the phone number.",
    ),
    "member_code_early": Words(
        "M-21",
        "This member code is of a later time: the clock of the phone or of this till is wrong. Nothing was added. "
        "Ask for the card or the phone number.",
    ),
    "member_code_used": Words(
        "M-22",
        "This member code was used at this till already. Nothing was added, points are safe. "
        "Wait for the next one on the phone, 30 seconds at most, and scan that.",
    ),
    "member_code_wrong": Words(
        "M-23",
        "This member code is not right. Nothing was added, points are safe. Scan the code the phone shows now, "
        "or ask for the card or the phone number.",
    ),
    "member_code_newer": Words(
        "M-24",
        "This member code is of a newer kind than this till knows. Nothing was added. "
        "Ask for the card or the phone number.",
    ),
    "member_code_nobody": Words(
        "M-25",
        "The member code is right, but this till does not know the member. Nothing was added, points are safe. "
        "Ask for the card: points then go to its number.",
    ),
    "member_code_lost": Words(
        "M-26",
        "Members cannot be looked up here now, so nobody can be found by a code. Nothing was added, points are safe. "
        "Ask for the card: points then go to its number.",
    ),
    "gs1_unreadable": Words(
        "M-18",
        "This GS1 code names no goods that can be sold. Nothing was added. Scan the goods' own barcode, or key in the "
        "amount.",
    ),
    "label_without_price": Words(
        "M-19",
        "This label has no price on it. Nothing was added. Weigh the goods again, or key in the amount.",
    ),
    "product_unknown": Words(
        "M-06",
        "This store has no product with this barcode. Nothing was added. Key in the amount instead.",
    ),
    "code_unknown": Words(
        "M-07",
        "Nobody and nothing here has this code. Nothing was added. Scan it again, or search by phone tail or name.",
    ),
    "receipt_scanned": Words(
        "M-08",
        "That is a receipt. Nothing was added. Scan the goods or the member card.",
    ),
    "staff_card_scanned": Words(
        "M-09",
        "That is a staff card. Nothing was added. It is used for signing on and approving.",
    ),
    "member_unknown": Words(
        "M-10",
        "This member is not on this till any more. Points are safe. Search again.",
    ),
    "member_not_loaded": Words(
        "M-27",
        "Members are still being loaded, and this one is not here yet. Points are safe. Go on selling, and search "
        "again when they are loaded.",
    ),
    "phone_form": Words(
        "M-11",
        "That is not a complete phone number. Nothing was saved. Check the digits with the customer.",
    ),
    "name_form": Words(
        "M-12",
        "A name has 1 to {chars_max} letters or characters, no digits. Nothing was saved. Type it again.",
    ),
    "birthday_form": Words(
        "M-13",
        "That is not a birthday. Nothing was saved. Type it as year-month-day, or leave it empty.",
    ),
    "consent_service": Words(
        "M-14",
        "Without consent to the service there is no membership. Nothing was saved. "
        "The customer can still buy without a card.",
    ),
    "card_taken": Words(
        "M-15",
        "This card already belongs to a member. Nothing was saved. Take another card.",
    ),
    "card_form": Words(
        "M-16",
        "This is not a card of this chain. Nothing was saved. Use a member card, or leave it empty for a new number.",
    ),
    "payment_card_number": Words(
        "M-17",
        "That looks like a bank card number. It was not kept and must not be. Type the phone number or name.",
    ),
}
