"""Account sessions: what a platform's page needs to show components of Stripe's about a connected account.

The components themselves are not built; the answer is what their script begins with.
Source: docs.stripe.com/api/account_sessions
"""

from __future__ import annotations

from flask_portal.wire import ids
from flask_portal.wire.params import Bool, Hash, Params, Ref
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource

from . import account as accounts

SESSION_SECONDS = 3_600

account_session = Resource("account_session", "/v1/account_sessions", prefix="accs", label="account session")

ALONE = "disable_stripe_user_authentication"
BANKS = "external_account_collection"
MONEY_OUT = (ALONE, "edit_payout_schedule", BANKS, "instant_payouts", "standard_payouts")
DISPUTES = (
    "destination_on_behalf_of_charge_management",
    "dispute_management",
    "refund_management",
    "smart_disputes_management",
)
CARDS = ("card_management", "card_spend_dispute_management", "cardholder_management")

COMPONENTS: dict[str, tuple[str, ...]] = {
    "account_management": (ALONE, BANKS),
    "account_onboarding": (ALONE, BANKS),
    "balance_report": (),
    "balances": MONEY_OUT,
    "disputes_list": ("capture_payments", *DISPUTES),
    "documents": (),
    "financial_account": (ALONE, BANKS, "send_money", "transfer_balance"),
    "financial_account_transactions": ("card_spend_dispute_management",),
    "instant_payouts_promotion": (ALONE, BANKS, "instant_payouts"),
    "issuing_card": (*CARDS, "spend_control_management"),
    "issuing_cards_list": (*CARDS, ALONE, "spend_control_management"),
    "notification_banner": (ALONE, BANKS),
    "payment_details": ("capture_payments", *DISPUTES),
    "payment_disputes": DISPUTES,
    "payment_method_settings": (ALONE,),
    "payments": ("capture_payments", *DISPUTES),
    "payout_details": (),
    "payout_reconciliation_report": (),
    "payouts": MONEY_OUT,
    "payouts_list": (),
    "reporting_chart": (),
    "tax_registrations": (),
    "tax_settings": (),
    "terminal_hardware_orders": (),
    "terminal_hardware_shop": (),
}
"""Each component, and what can be switched on in it."""


def params_of(name: str, features: tuple[str, ...]) -> type[Params]:
    """The parameters of one component."""
    inner = type(f"{name}_features", (Params,), {feature: Bool() for feature in features})
    return type(name, (Params,), {"enabled": Bool(required=True), "features": Hash(inner)})


Components = type("Components", (Params,), {name: Hash(params_of(name, has)) for name, has in COMPONENTS.items()})


class Create(Params):
    account = Ref("account", required=True)
    components = Hash(Components, required=True)


@account_session.create(Create)
def create(call: Call, sent: Body) -> Body:
    body = accounts.connected(call, sent["account"])
    return {
        "object": "account_session",
        "account": body["id"],
        "client_secret": ids.secret("accs_secret"),
        "components": {name: component(sent["components"].get(name), has) for name, has in COMPONENTS.items()},
        "expires_at": call.now + SESSION_SECONDS,
        "livemode": call.livemode,
    }


def component(sent: Body | None, features: tuple[str, ...]) -> Body:
    """One component as it is answered: off, with all that is in it, unless it was asked for."""
    wanted = (sent or {}).get("features", {})
    enabled = bool(sent and sent["enabled"])
    return {"enabled": enabled, "features": {name: enabled and wanted.get(name, False) for name in features}}
