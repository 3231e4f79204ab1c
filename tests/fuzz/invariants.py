"""What is true of every account at any moment, whatever was asked of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from flask_portal.wire.form import FORM
from flask_portal.wire.params import ListParams
from mock_server.billing import lifecycle
from mock_server.core.due import advance_live
from mock_server.testing import Mock

from .books import Body, Books
from .pool import ID

Law = Callable[[Books], Iterator[str]]
PAGES = (7, 100)
UNSEARCHED = frozenset(
    {
        "metadata",
        "payload",
        "description",
        "name",
        "business_name",
        "nickname",
        "line1",
        "line2",
        "city",
        "state",
        "postal_code",
    }
)
"""Keys under which people write what they like, so also what looks like an id."""
OF_NO_OBJECT = frozenset({"req", "whsec", "si"})
"""Prefixes of what is no object, and of what may be gone without a trace, such as a removed item of a subscription."""
KEY = "sk_test_fuzz"


def broken(mock: Mock, account: str, *, whole: bool = False) -> list[str]:
    """What is not as it must be, in sentences. whole: lists are paged through as well, which takes longer."""
    # The mock itself looks once a second, and a call may have put something into the past in this very second.
    advance_live(mock.state)
    books = Books(mock.state, account)
    found = [f"{law.__name__}: {sentence}" for law in LAWS for sentence in law(books)]
    found += [f"nothing_is_overdue: {sentence}" for sentence in overdue(mock, account, books)]
    return found + (list(lists_are_the_same_in_pages(mock)) if whole else [])


def invoices_add_up(books: Books) -> Iterator[str]:
    """A total is its lines less discounts plus tax; what is due is paid, credited or still to be paid."""
    for one in books.all("invoice"):
        lines = one["lines"]["data"]
        sums = {
            "subtotal": sum(line["amount"] for line in lines),
            "total": one["subtotal"] - _sum(one["total_discount_amounts"]) + _tax(one, "exclusive"),
            "total_excluding_tax": one["total"] - _tax(one, "exclusive") - _tax(one, "inclusive"),
            "amount_due": one["amount_paid"] + one["amount_remaining"],
        }
        if one["status"] not in ("draft", "void") and one["ending_balance"] is not None:
            off = one["pre_payment_credit_notes_amount"]
            sums["amount_due "] = max(one["total"] + one["starting_balance"] - one["ending_balance"], 0) - off
        for key, wanted in sums.items():
            if one[key.strip()] != wanted:
                yield f"{key} of {one['id']} ({one['status']}) is {one[key.strip()]}, and {wanted} comes of its parts"
        for key in ("amount_due", "amount_paid", "amount_remaining", "post_payment_credit_notes_amount"):
            if one[key] < 0:
                yield f"{key} of {one['id']} is {one[key]}"


def lines_keep_what_they_are(books: Books) -> Iterator[str]:
    """Discounts and taxes of an invoice are those of its lines."""
    for one in books.all("invoice"):
        lines = one["lines"]["data"]
        off = sum(_sum(line["discount_amounts"] or []) for line in lines)
        if off != _sum(one["total_discount_amounts"]):
            yield f"the discounts of {one['id']} are not those of its lines"
        for line in lines:
            if not 0 <= _sum(line["discount_amounts"] or []) <= max(line["amount"], 0):
                yield f"a discount of {line['id']} takes more than the line's {line['amount']}"
        for behavior in ("exclusive", "inclusive"):
            if _tax(one, behavior) != sum(_tax({"total_taxes": line["taxes"] or []}, behavior) for line in lines):
                yield f"the {behavior} tax of {one['id']} is not that of its lines"


def invoices_stand_where_they_may(books: Books) -> Iterator[str]:
    """Numbers, times and what remains fit the status, and no number is given twice."""
    for one in books.all("invoice"):
        status, at = one["status"], one["status_transitions"]
        if (status == "draft") != (at["finalized_at"] is None):
            yield f"{one['id']} is {status} and finalised at {at['finalized_at']}"
        if (status == "draft") and one["number"] is not None and one["billing_reason"] != "manual":
            yield f"the draft {one['id']} has a number"
        if status == "paid" and (at["paid_at"] is None or one["amount_remaining"]):
            yield f"{one['id']} is paid, at {at['paid_at']}, and {one['amount_remaining']} remains"
        if (status == "void") != (at["voided_at"] is not None):
            yield f"{one['id']} is {status} and voided at {at['voided_at']}"
    numbers = Counter(one["number"] for one in books.all("invoice") if one["number"])
    yield from (f"{times} invoices have the number {number}" for number, times in numbers.items() if times > 1)


def credit_notes_stay_within(books: Books) -> Iterator[str]:
    """All that is credited of an invoice is what it says, and no more than it came to."""
    for one in books.all("invoice"):
        notes = books.those("credit_note", invoice=one["id"], status="issued")
        if sum(note["total"] for note in notes) > max(one["total"], 0):
            yield f"{one['id']} of {one['total']} is credited by {[note['total'] for note in notes]}"
        for key in ("pre_payment", "post_payment"):
            credited = sum(note[f"{key}_amount"] for note in notes)
            if one[f"{key}_credit_notes_amount"] != credited:
                yield f"{key} credit of {one['id']} is {one[f'{key}_credit_notes_amount']}, its notes give {credited}"
    for note in books.all("credit_note"):
        if note["total"] != note["pre_payment_amount"] + note["post_payment_amount"]:
            yield f"{note['id']} of {note['total']} gives back another amount"


def balances_are_their_ledgers(books: Books) -> Iterator[str]:
    """A customer's balance is the sum of its entries, and each entry says where it led."""
    for one in books.all("customer"):
        entries = books.those("customer_balance_transaction", customer=one["id"])
        if one["balance"] != _sum(entries):
            yield f"the balance of {one['id']} is {one['balance']}, and its entries come to {_sum(entries)}"
        reached = 0
        for entry in entries:
            reached += entry["amount"]
            if entry["ending_balance"] != reached:
                yield f"{entry['id']} says {entry['ending_balance']} and led to {reached}"


def money_moves_once(books: Books) -> Iterator[str]:
    """Refunds stay within their charge, a charge within its intent, and each movement is its amount less its fee."""
    for one in books.all("charge"):
        back = sum(
            r["amount"] for r in books.those("refund", charge=one["id"]) if r["status"] in ("succeeded", "pending")
        )
        if one["amount_refunded"] != back:
            yield f"{one['id']} has given back {one['amount_refunded']}, its refunds {back}"
        # What was held, and let go of without being taken, counts as given back.
        held = one["amount_captured"] if one["captured"] else one["amount"]
        if not 0 <= one["amount_refunded"] <= held <= one["amount"]:
            yield f"{one['id']}: {one['amount_refunded']} of {one['amount_captured']} of {one['amount']}"
        if one["refunded"] != (0 < held == one["amount_refunded"]):
            yield f"{one['id']} says refunded: {one['refunded']}"
    for one in books.all("payment_intent"):
        charged = books.those("charge", payment_intent=one["id"], status="succeeded")
        received = sum(charge["amount_captured"] for charge in charged)
        if one["amount_received"] != received:
            yield f"{one['id']} has received {one['amount_received']}, its charges {received}"
    for one in books.all("balance_transaction"):
        if one["net"] != one["amount"] - one["fee"] or one["fee"] != _sum(one["fee_details"]):
            yield f"{one['id']}: {one['amount']} less {one['fee']} is not {one['net']}"


def payments_are_what_was_paid(books: Books) -> Iterator[str]:
    """What invoices count as paid is what their payments have brought."""
    for one in books.all("invoice"):
        paid = books.those("invoice_payment", invoice=one["id"], status="paid")
        brought = sum(payment["amount_paid"] or 0 for payment in paid)
        if brought > one["amount_paid"]:
            yield f"{one['id']} counts {one['amount_paid']} as paid, and {brought} came in"
        for payment in paid:
            intent = books.get("payment_intent", payment["payment"].get("payment_intent"))
            if intent is not None and intent["amount_received"] != payment["amount_paid"]:
                yield f"{payment['id']} paid {payment['amount_paid']}, its intent received {intent['amount_received']}"


def subscriptions_live_as_they_may(books: Books) -> Iterator[str]:
    """Statuses are known, what has ended says when and does nothing more, what lives has items and a period."""
    for row in books.rows:
        if row.noun != "subscription" or row.deleted:
            continue
        one = row.body
        if one["status"] not in (*lifecycle.LIVE, *lifecycle.ENDED):
            yield f"{one['id']} is {one['status']}"
        ended = one["status"] in lifecycle.ENDED
        if ended != (one["ended_at"] is not None):
            yield f"{one['id']} is {one['status']} and ended at {one['ended_at']}"
        if ended and row.due is not None:
            yield f"{one['id']} is {one['status']} and has something to do at {row.due}"
        if not ended and one["status"] != "paused" and row.due is None:
            yield f"{one['id']} is {one['status']} and nothing will ever happen to it"
        if one["status"] == "trialing" and (one["trial_end"] or 0) < one["trial_start"]:
            yield f"the trial of {one['id']} ends before it starts"
        items = one["items"]["data"]
        kept = {entry["id"] for entry in books.those("subscription_item", subscription=one["id"])}
        if not items or kept != {item["id"] for item in items}:
            yield f"{one['id']} ({one['status']}) has items {[item['id'] for item in items]}, and {kept} are kept"
        for item in items:
            if item["current_period_start"] > item["current_period_end"]:
                yield f"the period of {item['id']} ends before it starts"


def schedules_and_subscriptions_agree(books: Books) -> Iterator[str]:
    """A subscription names the schedule that drives it, and the schedule that subscription."""
    for one in books.all("subscription_schedule"):
        driven = books.get("subscription", one["subscription"])
        lives = driven is not None and driven["status"] not in lifecycle.ENDED
        if driven is not None and lives and (driven["schedule"] == one["id"]) != (one["status"] == "active"):
            yield f"{one['id']} is {one['status']}, and {driven['id']} names {driven['schedule']}"
    for one in books.all("subscription"):
        if one["schedule"] is not None and one["status"] not in lifecycle.ENDED:
            named = books.get("subscription_schedule", one["schedule"])
            if named is None or named["subscription"] != one["id"]:
                yield f"{one['id']} names {one['schedule']}, which does not name it"


def redemptions_stay_within(books: Books) -> Iterator[str]:
    """Coupons and codes are not redeemed more often than they may."""
    for noun in ("coupon", "promotion_code"):
        for one in books.all(noun):
            most = one["max_redemptions"]
            if one["times_redeemed"] < 0 or (most is not None and one["times_redeemed"] > most):
                yield f"{one['id']} was redeemed {one['times_redeemed']} of {most} times"


def ids_lead_somewhere(books: Books) -> Iterator[str]:
    """Every id that an object names is an object's, or was one's that is deleted."""
    prefixes = books.prefixes - OF_NO_OBJECT
    for row in books.rows:
        for path, id in _named(row.body, row.noun):
            found = ID.fullmatch(id)
            if found and found[1] in prefixes and id not in books.ids:
                yield f"{row.id}: {path} is {id}, and there is no such object"


def overdue(mock: Mock, account: str, books: Books) -> Iterator[str]:
    """What has fallen due is done."""
    clocks = {one["id"]: one for one in books.all("test_helpers.test_clock")}
    for row in books.rows:
        clock = clocks.get(row.clock or "")
        now = mock.state.now(account) if row.clock is None else clock["frozen_time"] if clock else None
        if row.due is not None and now is not None and row.due <= now and not row.deleted:
            yield f"{row.id} had something to do at {row.due}, and it is {now}"
    yield from (f"{id} is {one['status']}" for id, one in clocks.items() if one["status"] != "ready")


def lists_are_the_same_in_pages(mock: Mock) -> Iterator[str]:
    """Small pages, large ones, and those from the end backwards hold the same objects in the same order."""
    for resource in mock.state.registry:
        listed = [
            one.path for one in resource.endpoints if one.path == resource.path and issubclass(one.params, ListParams)
        ]
        for path in listed:
            if resource.noun in ("event", "entitlements.active_entitlement", "setup_attempt", "subscription_item"):
                continue
            try:
                small, large = (_paged(mock, path, limit, "starting_after") for limit in PAGES)
                back = _paged(mock, path, PAGES[0], "ending_before", large[-1]) + large[-1:] if large else []
            except AssertionError as refused:
                # The contract, which is held over every answer.
                yield str(refused)
                continue
            if not small == large == back:
                yield f"{path} lists {len(small)} in small pages, {len(large)} in large ones, {len(back)} backwards"
            if len(set(large)) < len(large):
                yield f"{path} lists an object twice"


def _paged(mock: Mock, path: str, limit: int, cursor: str, at: str | None = None) -> list[str]:
    ids: list[str] = []
    while True:
        more = f"&{cursor}={at}" if at else ""
        everywhere = "&status=all" if path.endswith("/subscriptions") else ""
        url = f"https://api.stripe.com{path}?limit={limit}{more}{everywhere}"
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": FORM}
        text, status, _ = mock.transport.send("GET", url, headers, b"")
        page = json.loads(text)
        if status != 200:
            return [str(page)]
        found = [one["id"] for one in page["data"]]
        ids = found + ids if cursor == "ending_before" else ids + found
        if not page["has_more"] or not found:
            return ids
        at = found[0] if cursor == "ending_before" else found[-1]


def _sum(entries: list[Body]) -> int:
    return sum(entry["amount"] for entry in entries)


def _tax(body: Body, behavior: str) -> int:
    return sum(one["amount"] for one in body["total_taxes"] if one["tax_behavior"] == behavior)


def _named(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """All strings in an object, with the dotted path to each."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in UNSEARCHED:
                yield from _named(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner, path)


LAWS: tuple[Law, ...] = (
    invoices_add_up,
    lines_keep_what_they_are,
    invoices_stand_where_they_may,
    credit_notes_stay_within,
    balances_are_their_ledgers,
    money_moves_once,
    payments_are_what_was_paid,
    subscriptions_live_as_they_may,
    schedules_and_subscriptions_agree,
    redemptions_stay_within,
    ids_lead_somewhere,
)
