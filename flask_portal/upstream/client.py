"""The official client, as the portal uses it: live Stripe and a mock differ in address or transport alone."""

from __future__ import annotations

import stripe

STRIPE_VERSION = "2026-10-28.endive"
"""The version that the portal is written against; pinned, so that any supported release of the package serves it."""

NETWORK_RETRIES = 2
TIMEOUT_SECONDS = 20
"""A customer waits for the answer: the client's own 80 seconds would be no answer at all."""


def make(
    api_key: str,
    api_base: str | None = None,
    http_client: stripe.HTTPClient | None = None,
    *,
    account: str | None = None,
) -> stripe.StripeClient:
    """A client for one key.

    api_base: where the API answers, such as the address of a mock; Stripe's own by default.
    http_client: another transport, for calls in the same process.
    account: the connected account (`acct_...`) that every call is for.
    """
    return stripe.StripeClient(
        api_key,
        stripe_account=account,
        stripe_version=STRIPE_VERSION,
        base_addresses={"api": api_base} if api_base else None,
        max_network_retries=NETWORK_RETRIES,
        http_client=http_client or stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
    )
