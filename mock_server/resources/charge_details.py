"""`payment_method_details`: what a payment method was when it paid.

Source: docs.stripe.com/api/charges/object
"""

from __future__ import annotations

from typing import Any

from mock_server.core.call import Body


def details(amount: int, method: Body, *, secured: Body | None = None, mandate: str | None = None) -> Body:
    """The `payment_method_details` of a payment. secured: what 3-D Secure found.  mandate: what allows it."""
    kind = method["type"]
    if kind == "card":
        return {"type": kind, kind: card_details(amount, method["card"], secured, mandate)}
    return {"type": kind, kind: other_details(method, mandate)}


def card_details(amount: int, card: Body, secured: Body | None, mandate: str | None) -> Body:
    """`payment_method_details.card`."""
    kept = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "wallet")
    return {name: card[name] for name in kept} | {
        "amount_authorized": amount,
        "authorization_code": None,
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "mandate": mandate,
        "multicapture": {"status": "unavailable"},
        "network": card["networks"]["available"][0],
        "network_token": {"used": False},
        "network_transaction_id": None,
        "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
        "regulated_status": card["regulated_status"],
        "three_d_secure": secured and {**secured, "exemption_indicator": None},
        "transaction_link_id": None,
    }


OTHER_DETAILS: dict[str, tuple[str, ...]] = {
    "acss_debit": ("expected_debit_date", "mandate"),
    "amazon_pay": ("funding", "transaction_id"),
    "au_becs_debit": ("expected_debit_date", "mandate"),
    "bacs_debit": ("expected_debit_date", "mandate"),
    "cashapp": ("transaction_id",),
    "link": ("country", "funding_source_group"),
    "nz_bank_account": ("expected_debit_date",),
    "paypal": ("payer_name", "seller_protection", "transaction_id"),
    "sepa_debit": ("expected_debit_date", "mandate"),
    "us_bank_account": ("expected_debit_date", "mandate", "payment_reference"),
}
NOT_OF_A_CHARGE = frozenset(
    {"email", "financial_connections_account", "generated_from", "networks", "persistent_token", "status_details"}
)


def other_details(method: Body, mandate: str | None) -> Body:
    """The hash of a bank account or wallet: what is known of the method, and what only a payment has."""
    known: dict[str, Any] = method[method["type"]]
    kept = {key: value for key, value in known.items() if key not in NOT_OF_A_CHARGE}
    added = dict.fromkeys(OTHER_DETAILS.get(method["type"], ()))
    return kept | added | ({"mandate": mandate} if "mandate" in added else {})
