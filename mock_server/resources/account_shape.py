"""What an account looks like, and what it may do with what is known of it.

The mock asks for five things before an account may charge anybody. The onboarding page of an account link gives them
all at once; accounts whose platform collects what is required are given them by updates.
Source: docs.stripe.com/api/accounts/object, docs.stripe.com/connect/handling-api-verification
"""

from __future__ import annotations

from typing import Any

from babel.numbers import get_territory_currencies

from mock_server.core.call import Body

REQUIRED = ("business_profile.mcc", "business_profile.url", "business_type", "tos_acceptance.date", "tos_acceptance.ip")
ASKED = "_capabilities"
"""Which capabilities were asked for, and when."""
ONBOARDED = "_onboarded"
REJECTED = "_rejected"

BUSINESS_PROFILE = (
    "annual_revenue",
    "estimated_worker_count",
    "mcc",
    "minority_owned_business_designation",
    "monthly_estimated_revenue",
    "name",
    "product_description",
    "specified_commercial_transactions_act_url",
    "support_address",
    "support_email",
    "support_phone",
    "support_url",
    "url",
)

CONTROLLERS: dict[str, tuple[str, str, str, str]] = {
    "standard": ("account", "stripe", "stripe", "full"),
    "express": ("application_express", "application", "stripe", "express"),
    "custom": ("application_custom", "application", "application", "none"),
}
"""Who pays fees, who bears losses, who collects what is required, and which dashboard there is, by `type`."""


def controller(kind: str | None, sent: Body | None) -> Body:
    """The `controller`: of an account of a type, or as it was sent."""
    if sent is None:
        payer, losses, collector, dashboard = CONTROLLERS[kind or "standard"]
    else:
        payer = sent.get("fees", {}).get("payer", "account")
        losses = sent.get("losses", {}).get("payments", "stripe")
        collector = sent.get("requirement_collection", "stripe")
        dashboard = sent.get("stripe_dashboard", {}).get("type", "full")
    return {
        "fees": {"payer": payer},
        "is_controller": True,
        "losses": {"payments": losses},
        "requirement_collection": collector,
        "stripe_dashboard": {"type": dashboard},
        "type": "application",
    }


def settings() -> Body:
    """The `settings` of an account that has set nothing."""
    nobody = {"date": None, "ip": None, "user_agent": None}
    return {
        "bacs_debit_payments": {"display_name": None, "service_user_number": None},
        "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        "card_issuing": {"tos_acceptance": nobody},
        "card_payments": {
            "decline_on": {"avs_failure": False, "cvc_failure": False},
            "statement_descriptor_prefix": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "dashboard": {"display_name": None, "timezone": "Etc/UTC"},
        "invoices": {"default_account_tax_ids": None, "hosted_payment_method_save": "offer"},
        "payments": {
            "statement_descriptor": None,
            "statement_descriptor_kana": None,
            "statement_descriptor_kanji": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "payouts": {
            "debit_negative_balances": True,
            "schedule": {"delay_days": 2, "interval": "daily"},
            "statement_descriptor": None,
        },
        "paypay_payments": None,
        "sepa_debit_payments": {"creditor_id": None},
        "treasury": None,
    }


def currency_of(country: str) -> str:
    """The currency that is used in a country."""
    return get_territory_currencies(country)[-1].lower()


def blank(id: str, country: str) -> Body:
    """An account of which nothing is known but where it is."""
    return {
        "id": id,
        "object": "account",
        "business_profile": dict.fromkeys(BUSINESS_PROFILE),
        "business_type": None,
        "capabilities": {},
        "charges_enabled": False,
        "company": None,
        "controller": {"type": "account"},
        "country": country,
        "created": None,
        "default_currency": currency_of(country),
        "details_submitted": False,
        "email": None,
        "external_accounts": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/accounts/{id}/external_accounts",
        },
        "future_requirements": requirements([], None),
        "groups": {"payments_pricing": None},
        "individual": None,
        "metadata": {},
        "payouts_enabled": False,
        "requirements": requirements([], None),
        "settings": settings(),
        "tos_acceptance": {"date": None, "ip": None, "service_agreement": None, "user_agent": None},
        "type": "standard",
    }


def platform(id: str) -> Body:
    """The account behind a key, which may do everything."""
    may = dict.fromkeys(("card_payments", "transfers"), "active")
    return blank(id, "US") | {
        "capabilities": may,
        "charges_enabled": True,
        "details_submitted": True,
        "payouts_enabled": True,
        ASKED: dict.fromkeys(may),
    }


def requirements(due: list[str], disabled: str | None) -> Body:
    """The `requirements`: what is missing, and why the account cannot do everything."""
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": due,
        "disabled_reason": disabled,
        "errors": [],
        "eventually_due": due,
        "past_due": due,
        "pending_verification": [],
    }


def judge(body: Body) -> None:
    """Put down what is missing, and what the account may do therefore."""
    due = [] if body.get(ONBOARDED) else [path for path in REQUIRED if given(body, path) is None]
    rejected = body.get(REJECTED)
    fit = not due and not rejected
    body["requirements"] = requirements(due, rejected or ("requirements.past_due" if due else None))
    body["capabilities"] = dict.fromkeys(body[ASKED], "active" if fit else "inactive")
    body["details_submitted"] = not due
    body["charges_enabled"] = fit and any(name.endswith("_payments") for name in body[ASKED])
    body["payouts_enabled"] = fit and bool(body[ASKED])


def given(body: Body, path: str) -> Any:
    """What is known under a dotted path."""
    found: Any = body
    for part in path.split("."):
        found = found.get(part) if found else None
    return found


def capability(body: Body, name: str) -> Body:
    """The object of one capability of an account."""
    due = body["requirements"]["currently_due"] if name in body[ASKED] else []
    status = body["capabilities"].get(name, "unrequested")
    disabled = None if status in ("active", "unrequested") else "requirements.fields_needed"
    if body.get(REJECTED) and disabled:
        disabled = "rejected.other"
    return {
        "id": name,
        "object": "capability",
        "account": body["id"],
        "future_requirements": requirements([], None),
        "requested": name in body[ASKED],
        "requested_at": body[ASKED].get(name),
        "requirements": requirements(due, disabled),
        "status": status,
    }
