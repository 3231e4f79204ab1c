"""Optional keys that are not served as null: which, when, and why.

Every key is (object, dotted path inside it without list indices). A path that ends in `.*` means every key below it.
All other Optional keys are always present, as null when they have no value. `deleted`, and a sub-hash named
after another `type`, need no row here.
Source: docs.stripe.com/api/expanding_objects ("includable"), and the sample objects of Stripe's own mock, which leave
these keys out.
"""

from __future__ import annotations

from itertools import accumulate

Row = tuple[str, str]

EXPAND_ONLY = "served only when expanded"
NOT_OURS = "belongs to a product that the mock does not have"
WHEN_SET = "served only when it has a value"
PER_METHOD = "one hash for each payment method that was configured, others are left out"
ADDRESS_ONLY = "the address of a customer, not of a parcel"
IN_ERRORS = "error hashes leave out what is null"
OF_PAYOUTS = "belongs to cards that a connected account is paid by"
NOT_SHARED_OUT = "includable, and not built: what each discount and tax takes stands in the invoice"
SPECIAL_ACCOUNTS = "served to accounts that asked Stripe for it"

INCLUDABLE: dict[Row, str] = {
    ("billing_portal.configuration", "features.subscription_update.products"): EXPAND_ONLY,
    ("charge", "refunds"): EXPAND_ONLY,
    ("checkout.session", "line_items"): EXPAND_ONLY,
    ("coupon", "applies_to"): EXPAND_ONLY,
    ("coupon", "currency_options"): EXPAND_ONLY,
    ("customer", "cash_balance"): EXPAND_ONLY,
    ("customer", "invoice_credit_balance"): EXPAND_ONLY,
    ("customer", "sources"): EXPAND_ONLY,
    ("customer", "subscriptions"): EXPAND_ONLY,
    ("customer", "tax"): EXPAND_ONLY,
    ("customer", "tax_ids"): EXPAND_ONLY,
    ("invoice", "confirmation_secret"): EXPAND_ONLY,
    ("invoice", "payments"): EXPAND_ONLY,
    ("invoice", "shipping_cost.taxes"): EXPAND_ONLY,
    ("payment_intent", "amount_details.line_items"): EXPAND_ONLY,
    ("payment_link", "line_items"): EXPAND_ONLY,
    ("plan", "tiers"): EXPAND_ONLY,
    ("price", "currency_options"): EXPAND_ONLY,
    ("price", "tiers"): EXPAND_ONLY,
    ("promotion_code", "restrictions.currency_options"): EXPAND_ONLY,
    ("quote", "line_items"): EXPAND_ONLY,
}

ABSENT: dict[Row, str] = {
    ("card", "account"): OF_PAYOUTS,
    ("card", "available_payout_methods"): OF_PAYOUTS,
    ("card", "currency"): OF_PAYOUTS,
    ("card", "default_for_currency"): OF_PAYOUTS,
    ("card", "description"): SPECIAL_ACCOUNTS,
    ("card", "iin"): SPECIAL_ACCOUNTS,
    ("card", "issuer"): SPECIAL_ACCOUNTS,
    ("card", "status"): OF_PAYOUTS,
    ("charge", "authorization_code"): SPECIAL_ACCOUNTS,
    ("charge", "level3"): SPECIAL_ACCOUNTS,
    ("charge", "payment_method_details.card.description"): SPECIAL_ACCOUNTS,
    ("charge", "payment_method_details.card.iin"): SPECIAL_ACCOUNTS,
    ("charge", "payment_method_details.card.issuer"): SPECIAL_ACCOUNTS,
    ("charge", "payment_method_details.card.moto"): SPECIAL_ACCOUNTS,
    ("charge", "presentment_details"): NOT_OURS,
    ("checkout.session", "presentment_details"): NOT_OURS,
    ("checkout.session", "total_details.breakdown"): NOT_SHARED_OUT,
    ("customer", "customer_account"): "belongs to customers of the second API",
    ("invoiceitem", "frozen_fields"): NOT_OURS,
    ("item", "discounts"): NOT_SHARED_OUT,
    ("item", "taxes"): NOT_SHARED_OUT,
    ("payment_intent", "hooks"): NOT_OURS,
    ("payment_intent", "payment_details"): NOT_OURS,
    ("payment_intent", "payment_record"): NOT_OURS,
    ("payment_intent", "presentment_details"): NOT_OURS,
    ("payment_method", "card.description"): SPECIAL_ACCOUNTS,
    ("payment_method", "card.iin"): SPECIAL_ACCOUNTS,
    ("payment_method", "card.issuer"): SPECIAL_ACCOUNTS,
    ("refund", "presentment_details"): NOT_OURS,
    ("setup_attempt", "payment_method_details.card.description"): SPECIAL_ACCOUNTS,
    ("setup_attempt", "payment_method_details.card.iin"): SPECIAL_ACCOUNTS,
    ("setup_attempt", "payment_method_details.card.issuer"): SPECIAL_ACCOUNTS,
    ("setup_attempt", "payment_method_details.card.moto"): SPECIAL_ACCOUNTS,
    ("setup_intent", "managed_payments"): NOT_OURS,
    ("subscription", "presentment_details"): NOT_OURS,
    ("subscription_item", "current_trial"): NOT_OURS,
    ("subscription_schedule", "phases.trial"): "only asked with: what is served is its `trial_end`",
}

SOMETIMES: dict[Row, str] = {
    ("account", "capabilities.*"): "a capability is named once it was asked for",
    ("account", "controller.*"): "only for the platform that controls the account",
    ("account", "settings.payouts.schedule.*"): WHEN_SET,
    ("billing_portal.configuration", "features.subscription_cancel.cancellation_reason.feedback_options"): WHEN_SET,
    ("billing_portal.session", "after_expiration"): WHEN_SET,
    ("billing_portal.session", "flow.subscription_update_confirm.items.quantity"): WHEN_SET,
    ("charge", "fraud_details.*"): WHEN_SET,
    ("charge", "outcome.risk_level"): WHEN_SET,
    ("charge", "outcome.risk_score"): WHEN_SET,
    ("charge", "outcome.rule"): WHEN_SET,
    ("charge", "payment_method_details.card.capture_before"): WHEN_SET,
    ("charge", "payment_method_details.card.electronic_commerce_indicator"): WHEN_SET,
    ("charge", "payment_method_details.card.setup_credential_usage"): WHEN_SET,
    ("charge", "payment_method_details.card.stored_credential_usage"): WHEN_SET,
    ("charge", "payment_method_details.card.three_d_secure.exemption_indicator_applied"): WHEN_SET,
    ("charge", "radar_options"): WHEN_SET,
    ("charge", "transfer"): WHEN_SET,
    ("checkout.session", "payment_method_options.*"): PER_METHOD,
    ("customer", "business_name"): WHEN_SET,
    ("customer", "individual_name"): WHEN_SET,
    ("customer", "shipping.carrier"): ADDRESS_ONLY,
    ("customer", "shipping.tracking_number"): ADDRESS_ONLY,
    ("dispute", "evidence.enhanced_evidence.*"): "one hash for each enhanced evidence that was given",
    ("dispute", "evidence_details.enhanced_eligibility.*"): "one hash for each enhanced evidence that it takes",
    ("event", "account"): "names the connected account that it happened on",
    ("event", "context"): "names the connected account that it happened on",
    ("event", "data.previous_attributes"): "only events of a change have it",
    ("invoice", "amount_paid_off_stripe"): WHEN_SET,
    ("invoice", "customer_shipping.carrier"): ADDRESS_ONLY,
    ("invoice", "customer_shipping.tracking_number"): ADDRESS_ONLY,
    ("invoice", "last_finalization_error.*"): IN_ERRORS,
    ("invoice", "parent.subscription_details.subscription_proration_date"): WHEN_SET,
    ("invoice", "payment_settings.payment_method_options.*"): PER_METHOD,
    ("invoice", "status_details"): WHEN_SET,
    ("invoice", "threshold_reason"): WHEN_SET,
    ("invoiceitem", "invoicing_rules"): WHEN_SET,
    ("invoiceitem", "parent.subscription_details.subscription_item"): WHEN_SET,
    ("invoiceitem", "proration_details"): WHEN_SET,
    ("payment_intent", "allowed_payment_method_types"): WHEN_SET,
    ("payment_intent", "amount_details.*"): WHEN_SET,
    ("payment_intent", "automatic_payment_methods.allow_redirects"): WHEN_SET,
    ("payment_intent", "last_payment_error.*"): IN_ERRORS,
    ("payment_intent", "payment_method_options.*"): PER_METHOD,
    ("payment_intent", "transfer_data.*"): WHEN_SET,
    ("payment_method", "radar_options"): WHEN_SET,
    ("payment_method", "us_bank_account.status_details.blocked"): WHEN_SET,
    ("product", "tax_details"): WHEN_SET,
    ("setup_attempt", "attach_to_self"): WHEN_SET,
    ("setup_attempt", "setup_error.*"): IN_ERRORS,
    ("setup_intent", "allowed_payment_method_types"): WHEN_SET,
    ("setup_intent", "attach_to_self"): WHEN_SET,
    ("setup_intent", "automatic_payment_methods.allow_redirects"): WHEN_SET,
    ("setup_intent", "customer_account"): "belongs to customers of the second API",
    ("setup_intent", "last_setup_error.*"): IN_ERRORS,
    ("setup_intent", "payment_method_options.*"): PER_METHOD,
    ("subscription", "billing_mode.updated_at"): "only after the mode was changed",
    ("subscription", "cancellation_details.feedback_option"): WHEN_SET,
    ("subscription", "payment_settings.payment_method_options.*"): PER_METHOD,
    ("subscription", "pending_update.cancel_at_period_end"): WHEN_SET,
    ("subscription", "status_details"): "only while the status has something to say",
    ("subscription", "trial_settings.end_behavior.billing_cycle_anchor"): WHEN_SET,
    ("subscription_item", "billed_until"): WHEN_SET,
    ("subscription_item", "quantity"): WHEN_SET,
    ("subscription_schedule", "billing_mode.updated_at"): "only after the mode was changed",
    ("tax.registration", "country_options.*"): "one hash, for the country of the registration",
    ("test_helpers.test_clock", "status_details.advancing"): "only while the clock is advancing",
    ("webhook_endpoint", "secret"): "only in the answer to its creation",
}

NULL_IN_EVENTS: dict[Row, str] = {
    ("billing_portal.session", "url"): "the link is a secret: an event is read by others than the session's owner",
}


def reason(rows: dict[Row, str], noun: str, path: str) -> str | None:
    """The reason in `rows` for this key, given by its own path or by `.*` after the path of a hash that it is in."""
    if why := rows.get((noun, path)):
        return why
    hashes = accumulate(path.split(".")[:-1], lambda above, key: f"{above}.{key}")
    return next((why for above in hashes if (why := rows.get((noun, f"{above}.*")))), None)


def may_be_missing(noun: str, path: str) -> bool:
    """Whether an Optional key may be left out of the object, rather than be null."""
    return path == "deleted" or any(reason(rows, noun, path) for rows in (INCLUDABLE, ABSENT, SOMETIMES))


def note(noun: str, path: str) -> str | None:
    """What to know about a key before serving it, for the reader of a skeleton."""
    if path == "deleted":
        return "only in the stub of a deleted object"
    for rows, word in ((INCLUDABLE, "absent"), (ABSENT, "never served"), (SOMETIMES, "may be absent")):
        if why := reason(rows, noun, path):
            return f"{word}: {why}"
    return None
