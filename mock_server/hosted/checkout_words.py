"""What the page of a Checkout session says of what is bought, of its price, and of how it can be paid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from flask_portal.i18n import _, ngettext
from flask_portal.pages import words
from mock_server.core.call import Body, Call
from mock_server.resources import account as accounts
from mock_server.resources import price as prices
from mock_server.resources.checkout_session import instruments, lines
from mock_server.resources.checkout_session.head import DUE, LINES, SENT


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the summary. note: in small letters below it."""

    label: str
    amount: str
    note: str = ""
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One way to pay."""

    value: str
    label: str
    note: str
    is_chosen: bool


SHOWN = 3
"""So many test instruments are on the page at once."""


def seller(call: Call) -> str | None:
    """The name of the business, where it has given one."""
    body = accounts.own(call, call.account)
    named: str | None = (body["business_profile"] or {}).get("name") or body["settings"]["dashboard"]["display_name"]
    return named


def first(call: Call, body: Body) -> str:
    """The method that is chosen before the customer chooses: their own newest one, else the usual test card."""
    return str(next((method["id"] for method in instruments.saved(call, body)), instruments.tested(body)[0]))


def heading(call: Call, body: Body) -> str:
    """The page's heading."""
    if body["mode"] == "setup":
        return _("Save a payment method")
    if body["mode"] == "payment":
        return _("Complete your order")
    named = [line["description"] for line in body[LINES] if lines.is_recurring(call, line)]
    if len(named) == 1:
        return _("Subscribe to %(product)s", product=named[0])
    return _("Start your subscription")


def lead(call: Call, body: Body) -> str | Markup:
    """What happens when the form is sent, in a sentence."""
    if body["mode"] == "setup":
        return _("Nothing is charged now. The payment method is kept for later payments.")
    due = words.strong_amount(body[DUE], body["currency"])
    if body["mode"] == "payment":
        return _("You pay %(amount)s today.", amount=due)
    days = trial_days(call, body)
    if not days:
        return _("You pay %(amount)s today. The subscription renews by itself until you cancel it.", amount=due)
    free = ngettext("Free for one day.", "Free for %(num)d days.", days)
    return Markup("{} {}").format(free, _("You pay %(amount)s today.", amount=due)) if body[DUE] else free


def due(body: Body) -> str | None:
    """What is paid now, as the form sends it back; None where nothing is sold."""
    return None if body["mode"] == "setup" else str(body[DUE])


def new_price(body: Body) -> str:
    """What is said where the price is not what was shown before, such as with the tax of an address."""
    amount = words.amount(body[DUE], body["currency"])
    return _("You have not paid yet: with these details %(amount)s is due. Please check it and go on.", amount=amount)


def trial_days(call: Call, body: Body) -> int:
    """How many days of a subscription are free at first."""
    data = body[SENT].get("subscription_data", {})
    if "trial_end" in data:
        return max(0, (int(data["trial_end"]) - call.now) // 86_400)
    return int(data.get("trial_period_days", 0))


def button(body: Body) -> str:
    """What the button does."""
    if body["mode"] == "setup":
        return _("Save payment method")
    if not body[DUE]:
        return _("Start subscription") if body["mode"] == "subscription" else _("Complete order")
    amount = words.amount(body[DUE], body["currency"])
    usual = "subscribe" if body["mode"] == "subscription" else "pay"
    match usual if body["submit_type"] in (None, "auto") else body["submit_type"]:
        case "book":
            return _("Book and pay %(amount)s", amount=amount)
        case "donate":
            return _("Donate %(amount)s", amount=amount)
        case "subscribe":
            return _("Subscribe and pay %(amount)s", amount=amount)
        case _other:
            return _("Pay %(amount)s", amount=amount)


def bought(call: Call, body: Body) -> Iterator[Row]:
    """What is bought, line by line, before discounts."""
    for line in body[LINES]:
        amount = words.amount(line["amount_subtotal"], body["currency"])
        yield Row(line["description"], amount, note_of(call, line))


def note_of(call: Call, line: Body) -> str:
    """How many there are of it, and how often it is paid."""
    costs = prices.price.get(call, line["price"])
    each = lines.unit_amount(call, line)
    whole = int(each) if each is not None and each == int(each) else None
    parts = []
    if line["quantity"] not in (None, 1):
        parts.append(_("Quantity %(number)s", number=line["quantity"]))
    if costs["recurring"] and costs["recurring"]["usage_type"] == "metered":
        parts.append(_("charged by use"))
    elif costs["recurring"]:
        parts.append(
            words.rate(whole, line["currency"], costs["recurring"]["interval"], costs["recurring"]["interval_count"])
        )
    elif line["quantity"] != 1 and whole is not None:
        parts.append(_("%(amount)s each", amount=words.amount(whole, line["currency"])))
    return Markup(" · ").join(part for part in parts if part)


def totals(body: Body) -> Iterator[Row]:
    """From the sum of the lines to what is due today."""
    currency, details = body["currency"], body["total_details"]
    if details["amount_discount"] or details["amount_tax"]:
        yield Row(_("Subtotal"), words.amount(body["amount_subtotal"], currency))
    if details["amount_discount"]:
        yield Row(_("Discount"), words.amount(-details["amount_discount"], currency))
    added = body["amount_total"] - body["amount_subtotal"] + details["amount_discount"]
    if added:
        yield Row(_("Tax"), words.amount(added, currency))
    if details["amount_tax"] > added:
        yield Row(_("Tax contained"), words.amount(details["amount_tax"] - added, currency))
    if body["amount_total"] != body[DUE]:
        yield Row(_("Total"), words.amount(body["amount_total"], currency))
        yield Row(_("From your balance"), words.amount(body[DUE] - body["amount_total"], currency))
    yield Row(_("Due today"), words.amount(body[DUE], currency), is_total=True)


def saved(call: Call, body: Body, chosen: str) -> Iterator[Option]:
    """The customer's own methods."""
    for method in instruments.saved(call, body):
        yield Option(method["id"], method_label(method), expiry(method), method["id"] == chosen)


def method_label(method: Body) -> str:
    """A saved method, by its brand or type and last digits."""
    shown = method.get(method["type"]) or {}
    name = shown.get("display_brand") or shown.get("bank_name") or method["type"].replace("_", " ")
    name = str(name).replace("_", " ").title() if str(name).islower() or "_" in str(name) else str(name)
    digits = shown.get("last4")
    return card(name, digits) if digits else name


def card(name: str, digits: str) -> str:
    """A card or an account by its brand and its last digits."""
    return _("%(name)s ending in %(digits)s", name=name, digits=digits)


def expiry(method: Body) -> str:
    """When a card expires."""
    shown = method.get("card")
    return _("expires %(month)s/%(year)s", month=f"{shown['exp_month']:02}", year=shown["exp_year"]) if shown else ""


def tests(body: Body, chosen: str) -> Iterator[Option]:
    """The test instruments."""
    known = test_words()
    for id in instruments.tested(body):
        label, note = known[id]
        yield Option(id, label, note, id == chosen)


def test_words() -> Mapping[str, tuple[str, str]]:
    """Each test instrument, and what it does."""
    return {
        "pm_card_visa": (card("Visa", "4242"), _("works")),
        "pm_card_mastercard": (card("Mastercard", "4444"), _("works")),
        "pm_card_threeDSecure2Required": (card("Visa", "3220"), _("asks for a confirmation by the bank")),
        "pm_card_visa_chargeDeclined": (card("Visa", "0002"), _("is declined")),
        "pm_card_visa_chargeDeclinedInsufficientFunds": (
            card("Visa", "9995"),
            _("is declined for insufficient funds"),
        ),
        "pm_card_chargeCustomerFail": (card("Visa", "0341"), _("can be saved, and is declined when it is charged")),
        "pm_sepaDebit_success_de": (_("SEPA bank account in Germany"), _("pays some time later")),
        "pm_sepaDebit_failed_de": (_("SEPA bank account in Germany"), _("fails some time later")),
        "pm_usBankAccount_success": (_("US bank account"), _("pays some time later")),
        "pm_usBankAccount_insufficientFunds": (
            _("US bank account"),
            _("fails some time later for insufficient funds"),
        ),
    }
