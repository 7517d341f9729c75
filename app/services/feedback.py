"""The customer's answer after a sale: a score of 1 to 5 as a fact, about the sale and whoever its points went to."""

from __future__ import annotations

from app.domain.hand_facts import Rating, rating_fact
from app.errors import Refusal
from app.ids import EventId
from app.services.till import Outcome, Till, Topic, new_id, sealed

SCORE_MIN, SCORE_MAX = 1, 5


def rate(till: Till, of: EventId, score: int) -> Outcome[int]:
    """Keep the answer about sale `of`, durable before this returns; the score. Refusal `sale_unknown`.

    The till's own sale only: whoever rates stands at it. Head office keeps the answer; nobody at this till is shown it.
    """
    if not SCORE_MIN <= score <= SCORE_MAX:
        raise ValueError("a score is 1 to 5")
    sale = till.book.sale(of)
    if sale is None:
        raise Refusal("sale_unknown")
    with till.book.begin() as write:
        card = sale.card if sale.member_id is None else None
        one = Rating(EventId(new_id(till)), till.clock.now_ms(), of, score, sale.member_id, card)
        write.append(sealed(till, rating_fact(one), write.head()))
        write.commit()
    return Outcome(score, frozenset({Topic.PENDING}), provisional=True)
