"""Words for the codes of: shifts, cash, approvals and corrections by hand."""

from __future__ import annotations

from app.messages.words import Words

WORDS: dict[str, Words] = {
    "shift_is_open": Words(
        "F-01",
        "Your shift is open already. Nothing was changed. Go on selling, or close it first.",
    ),
    "count_cash": Words(
        "F-02",
        "The cash in the drawer is not counted yet. The shift stays open. Count it, then close.",
    ),
    "cash_short": Words(
        "F-03",
        "There should not be so much cash in the drawer. Nothing was moved. Check the amount.",
    ),
    "approval_needed": Words(
        "F-04",
        "This needs the agreement of a second person. Nothing was changed. Ask somebody who may approve it.",
    ),
    "approval_self": Words(
        "F-05",
        "Nobody approves their own doing. Nothing was changed. Ask a second person.",
    ),
    "approval_not_allowed": Words(
        "F-06",
        "This person may not approve it. Nothing was changed. Choose somebody else.",
    ),
    "approval_old": Words(
        "F-07",
        "The approval is older than a minute. Nothing was changed. Ask for it again.",
    ),
    "adjust_zero": Words(
        "F-08",
        "Zero points change nothing. Points are as they were. Type how many to add or to take.",
    ),
    "adjust_range": Words(
        "F-13",
        "More than {most} points cannot be posted at once. Points are as they were. Type fewer.",
    ),
    "adjust_unknown": Words(
        "F-09",
        "The points account of this member is not known at this till. Nothing was changed. Try again once "
        "head office is reached.",
    ),
    "coupon_type_unknown": Words(
        "F-10",
        "This coupon is not in the programme. Nothing was given. Choose another one.",
    ),
    "cash_form": Words(
        "F-12",
        "The kind of cash on line {line} is not understood. Nothing was moved.",
    ),
    "receipt_open": Words(
        "F-11",
        "Goods are still on the receipt. The shift stays open. Finish or empty the receipt first.",
    ),
}
