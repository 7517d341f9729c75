"""Words for the codes of: checkout."""

from __future__ import annotations

from app.messages.words import Words

WORDS: dict[str, Words] = {
    "cart_empty": Words(
        "C-01",
        "There is nothing to pay yet. Scan goods or key in an amount.",
    ),
    "amount_form": Words(
        "C-02",
        "That is not an amount. Nothing was added. Type it like 86.40.",
    ),
    "amount_range": Words(
        "C-03",
        "The amount is zero, negative or too large. Nothing was added. Check it and type it again.",
    ),
    "qty_range": Words(
        "C-04",
        "A quantity goes from 1 to {qty_max}. The basket is as it was. Type it again.",
    ),
    "lines_max": Words(
        "C-05",
        "A receipt holds {lines_max} lines. The basket is as it was. Pay, then start another.",
    ),
    "line_unknown": Words(
        "C-06",
        "That line is not in the basket any more. The rest is as it was.",
    ),
    "tender_short": Words(
        "C-07",
        "¥{missing} is still missing. Nothing was charged. Take the rest, in cash or another way.",
    ),
    "tender_over": Words(
        "C-08",
        "Only cash can be more than the amount due. Nothing was charged. Correct the amount.",
    ),
    "redeem_offline": Words(
        "C-09",
        "Points cannot be spent offline: this till was lent none. Earning goes on and all points are safe. "
        "Spend them when the network returns.",
    ),
    "redeem_not_offered": Words(
        "C-14",
        "This programme has no spending of points. Points are safe. Take another payment.",
    ),
    "redeem_no_member": Words(
        "C-10",
        "Points belong to a member. Scan the card or find the member first.",
    ),
    "shift_closed": Words(
        "C-11",
        "Your shift is not open any more. Nothing was charged and the basket is kept. Sign on again.",
    ),
    "receipt_unknown": Words(
        "C-12",
        "There is no receipt of this sale on this till. Points are safe. Print it where it was sold.",
    ),
    "job_settled": Words(
        "C-13",
        "This print is settled already. Nothing more was printed.",
    ),
    "sign_on_first": Words(
        "C-15",
        "Nobody is signed on. Sign on first.",
    ),
    "nothing_scanned": Words(
        "C-16",
        "No scan came in time. Nothing was added. Scan again.",
    ),
    "not_printed": Words(
        "C-17",
        "The receipt is not printed yet. Points are safe. Look at the printer.",
    ),
    "tender_form": Words(
        "C-18",
        "The payment on line {line} is not understood. Nothing was charged.",
    ),
}
