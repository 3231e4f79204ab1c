"""A card as the object `card`, the older face of a payment method, which some events still show.

Source: docs.stripe.com/api/cards/object
"""

from __future__ import annotations

from mock_server.core.call import Body

BRANDS = {
    "amex": "American Express",
    "diners": "Diners Club",
    "discover": "Discover",
    "eftpos_au": "Eftpos Australia",
    "jcb": "JCB",
    "mastercard": "MasterCard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}
SAME = ("country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "regulated_status")


def card(method: Body) -> Body:
    """The card of a payment method of a customer."""
    shown, who = method["card"], method["billing_details"]
    address, checks = who["address"] or {}, shown["checks"]
    where = {f"address_{name}": address.get(name) for name in ("city", "country", "line1", "line2", "state")}
    return {
        "id": method["id"],
        "object": "card",
        **where,
        "address_line1_check": checks["address_line1_check"],
        "address_zip": address.get("postal_code"),
        "address_zip_check": checks["address_postal_code_check"],
        "allow_redisplay": method["allow_redisplay"],
        "brand": BRANDS.get(shown["brand"], "Unknown"),
        **{name: shown[name] for name in SAME},
        "customer": method["customer"],
        "cvc_check": checks["cvc_check"],
        "dynamic_last4": None,
        "metadata": method["metadata"],
        "name": who["name"],
        "networks": {"preferred": shown["networks"]["preferred"]},
        "tokenization_method": None,
    }
