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
        "No shift of yours is open. Nothing was charged and the basket is kept. Press F8 and open one.",
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
    "redeem_no_account": Words(
        "C-19",
        "The points of this card are not known here yet. They are safe. Spend them when the member is known.",
    ),
    "redeem_merging": Words(
        "C-90",
        "Two memberships of this person are just being merged. All points are safe. Take another payment, or try again "
        "in a minute.",
    ),
    "redeem_no_room": Words(
        "C-20",
        "No points fit this receipt: {usable} are usable, spending starts at {least}. None were taken.",
    ),
    "hold_too_few": Words(
        "C-21",
        "Head office has {usable} points free, {needed} are needed. None were taken. Spend fewer.",
    ),
    "hold_refused": Words(
        "C-22",
        "Head office does not give these points out. None were taken. Take another payment.",
    ),
    "hold_unanswered": Words(
        "C-23",
        "Head office did not answer in time. No points were taken. Try again, or take another payment.",
    ),
    "hold_gone": Words(
        "C-24",
        "These points were given back meanwhile. Nothing was charged. Ask for them again.",
    ),
    "hold_basket_changed": Words(
        "C-34",
        "The receipt changed while head office was asked, so the points were given back. Ask for them again.",
    ),
    "receipt_form": Words(
        "C-25",
        "That is not a receipt number. Nothing was returned. Scan the code on the receipt.",
    ),
    "receipt_not_here": Words(
        "C-26",
        "This till does not know that receipt. Nothing was returned. Scan its code, or return where it was sold.",
    ),
    "receipt_elsewhere": Words(
        "C-70",
        "Only head office knows that receipt. Nothing was returned and points are as they were. Scan its code.",
    ),
    "receipt_offline": Words(
        "C-71",
        "That receipt is of another till, and head office does not answer. Nothing was returned yet. Type line, pieces "
        "and money from the paper, like 2 1 49.90; the points follow by themselves.",
    ),
    "blind_form": Words(
        "C-72",
        "That is not a line of the receipt. Nothing was added. Type its line, the pieces and their money: 2 1 49.90.",
    ),
    "receipt_forged": Words(
        "C-27",
        "The code on this receipt is not from this store. Nothing was returned. Ask a supervisor.",
    ),
    "sale_undone": Words(
        "C-28",
        "That sale was taken back already. Points and money are as they were before it.",
    ),
    "nothing_to_return": Words(
        "C-29",
        "No goods are chosen. Nothing was returned. Choose lines first.",
    ),
    "undo_nothing": Words(
        "C-60",
        "There is no sale in this shift to take back. Points are as they were.",
    ),
    "undo_late": Words(
        "C-31",
        "A sale can be taken back for {minutes} minutes, and they are over. Points are safe. Take a return instead.",
    ),
    "undo_returned": Words(
        "C-32",
        "Goods of that sale came back already. Points are safe. Return the rest with F7.",
    ),
    "return_form": Words(
        "C-33",
        "The lines to return on line {line} are not understood. Nothing was returned.",
    ),
    "tender_form": Words(
        "C-18",
        "The payment on line {line} is not understood. Nothing was charged.",
    ),
    "stored_no_member": Words(
        "C-39",
        "Stored value belongs to a known member. Nothing was charged. Scan the card or find the member first.",
    ),
    "stored_none": Words(
        "C-46",
        "There is no stored value to pay with, as far as this till knows. Nothing was taken. Top up with F11, or take "
        "another payment.",
    ),
    "stored_offline": Words(
        "C-40",
        "Stored value cannot be spent offline: this till was lent none. The money is safe. Take another payment.",
    ),
    "stored_too_little": Words(
        "C-41",
        "There is ¥{there} of stored value, ¥{needed} is needed. Nothing was taken. Pay the rest another way.",
    ),
    "stored_refused": Words(
        "C-42",
        "Head office does not give this stored value out. Nothing was taken. Take another payment.",
    ),
    "stored_unanswered": Words(
        "C-43",
        "Head office did not answer in time. No stored value was taken. Try again, or take another payment.",
    ),
    "topup_range": Words(
        "C-44",
        "A top-up is more than nothing and ¥{most} at most. Nothing was taken. Type another amount.",
    ),
    "topup_tender": Words(
        "C-45",
        "Stored value is paid in with cash, QR pay or a bank card. Nothing was taken. Choose one of these.",
    ),
    "coupon_offline": Words(
        "C-35",
        "Coupons cannot be used offline: head office could not say that nobody else uses it. It stays the customer's. "
        "Use it when the network returns.",
    ),
    "coupon_gone": Words(
        "C-36",
        "That coupon is not the customer's any more. The receipt is as it was. Look at the tray again.",
    ),
    "coupon_refused": Words(
        "C-37",
        "Head office does not give this coupon out: it is used, or another till has it. Nothing changed. "
        "Go on without it.",
    ),
    "coupon_unanswered": Words(
        "C-38",
        "Head office did not answer in time. The coupon was not used. Try again, or go on without it.",
    ),
}
