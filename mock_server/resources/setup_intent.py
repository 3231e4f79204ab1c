"""SetupIntents: a payment method is prepared for later payments, without one now.

Source: docs.stripe.com/api/setup_intents
"""

from __future__ import annotations

from flask_portal.wire import errors, ids
from flask_portal.wire.params import Bool, Hash, Metadata, OneOf, Params, Ref, Str, Timestamp, Url
from mock_server.core.call import Body, Call, Kept
from mock_server.core.params import NotBuilt
from mock_server.core.resource import Resource, merge
from mock_server.payments.failures import Failure
from mock_server.payments.methods import Method
from mock_server.payments.outcomes import on_failed_authentication, on_setup

from . import challenge
from . import payment_method as methods
from .common import ListByCreation
from .customer import customer
from .payment_method_params import Data

OPEN = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})
ALWAYS = frozenset({"description", "metadata", "expand"})
"""What can be updated after the end too."""

CARD_DATA = "Restricting the types of payment methods"

setup_intent = Resource(
    "setup_intent",
    "/v1/setup_intents",
    prefix="seti",
    label="setupintent",
    search=("customer", "payment_method"),
    expands={"customer": "customer", "payment_method": "payment_method"},
    happenings=("succeeded", "failed", "canceled"),
)


class AutomaticPaymentMethods(Params):
    allow_redirects = OneOf("always", "never")
    enabled = Bool(required=True)


class Online(Params):
    ip_address = Str(max_length=45)
    user_agent = Str()


class Offline(Params):
    """Nothing is asked about a mandate that was given on paper."""


class Acceptance(Params):
    accepted_at = Timestamp()
    offline = Hash(Offline)
    online = Hash(Online)
    type = OneOf("offline", "online", required=True)


class Mandate(Params):
    customer_acceptance = Hash(Acceptance, required=True)


class Shared(Params):
    allowed_payment_method_types = NotBuilt(CARD_DATA)
    exclusive = (("payment_method", "payment_method_data"),)
    payment_method = Ref("PaymentMethod")
    payment_method_data = Hash(Data)
    payment_method_options = NotBuilt("Options of payment methods")


class Confirm(Shared):
    confirmation_token = NotBuilt("Confirmation tokens")
    mandate_data = Hash(Mandate, nullable=True)
    return_url = Url()
    use_stripe_sdk = Bool()


class Update(Shared):
    attach_to_self = NotBuilt("Setting up one's own account")
    customer = Ref("customer")
    customer_account = NotBuilt("Customers of the second API")
    description = Str(max_length=1000)
    excluded_payment_method_types = NotBuilt(CARD_DATA)
    flow_directions = NotBuilt("Setting up outbound payments")
    metadata = Metadata(nullable=True)
    payment_method_configuration = NotBuilt("Configurations of payment methods")


class Create(Update, Confirm):
    automatic_payment_methods = Hash(AutomaticPaymentMethods)
    confirm = Bool()
    metadata = Metadata()
    on_behalf_of = NotBuilt("Acting on behalf of a connected account")
    single_use = NotBuilt("Mandates for a single payment")
    usage = OneOf("off_session", "on_session", load_default="off_session")


class Cancel(Params):
    cancellation_reason = OneOf("abandoned", "duplicate", "requested_by_customer")


class Retrieve(Params):
    client_secret = Str()


class List(ListByCreation):
    attach_to_self = NotBuilt("Setting up one's own account")
    customer = Ref("customer")
    customer_account = NotBuilt("Customers of the second API")
    payment_method = Ref("PaymentMethod")


def represent(call: Call, sent: Body) -> Body:
    """The object of a new intent."""
    id = setup_intent.new_id()
    return {
        "id": id,
        "object": "setup_intent",
        "application": None,
        "automatic_payment_methods": automatic(sent.get("automatic_payment_methods")),
        "cancellation_reason": None,
        "client_secret": ids.client_secret(id),
        "created": call.now,
        "customer": sent.get("customer"),
        "description": sent.get("description"),
        "excluded_payment_method_types": None,
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": call.livemode,
        "mandate": None,
        "metadata": sent.get("metadata") or {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "single_use_mandate": None,
        "status": "requires_payment_method",
        "usage": sent.get("usage", "off_session"),
    }


def automatic(sent: Body | None) -> Body:
    """The `automatic_payment_methods` of an intent, which are on unless they were turned off."""
    if sent is not None and not sent["enabled"]:
        return {"enabled": False}
    return {"allow_redirects": (sent or {}).get("allow_redirects", "always"), "enabled": True}


def begin(call: Call, sent: Body) -> Body:
    """A new intent, told of. sent: the parameters of a creation."""
    if "customer" in sent:
        customer.get(call, sent["customer"], "customer")
    body = represent(call, sent)
    choose(call, body, sent)
    setup_intent.add(call, body)
    call.emit("setup_intent.created", body)
    return body


def choose(call: Call, body: Body, sent: Body) -> None:
    """Take the payment method that was sent, or make the one that was described."""
    if "payment_method_data" in sent:
        method = methods.make(call, sent["payment_method_data"], "payment_method_data")
    elif "payment_method" in sent:
        method = methods.found(call, sent["payment_method"])
    else:
        return
    if method["customer"] not in (None, body["customer"]):
        message = "This payment method belongs to another customer than the SetupIntent."
        raise errors.invalid(message, "payment_method", "setup_intent_invalid_parameter")
    body |= {
        "payment_method": method["id"],
        "payment_method_types": [method["type"]],
        "status": "requires_confirmation",
        "next_action": None,
    }


def confirmed(call: Call, body: Body, sent: Body) -> Body:
    """Set the method up, or find out what the customer has to do first.

    A refused method is answered with its error; the intent and its event stay.
    """
    choose(call, body, sent)
    if body["payment_method"] is None:
        message = "A SetupIntent cannot be confirmed without a payment method: pass payment_method."
        raise errors.invalid(message, "payment_method", "setup_intent_unexpected_state")
    method = methods.payment_method.get(call, body["payment_method"], "payment_method")
    behind = methods.instrument(method)
    if isinstance(behind, Method) and behind.needs_mandate and not sent.get("mandate_data"):
        raise errors.missing_parameter("mandate_data")
    outcome = on_setup(behind)
    if outcome.failure is not None:
        raise Kept(failed(call, body, method, outcome.failure))
    if outcome.action is not None:
        return asked(call, body, outcome.action, sent)
    return succeeded(call, body, method)


def succeeded(call: Call, body: Body, method: Body) -> Body:
    """The method is ready for later payments, and is the customer's."""
    if body["customer"] is not None and method["customer"] is None:
        methods.check_unused(method)
    body |= {"status": "succeeded", "last_setup_error": None, "next_action": None}
    setup_intent.save(call, body)
    call.emit("setup_intent.succeeded", body)
    methods.keep(call, method, body["customer"])
    setup_intent.tell(call, "succeeded", body)
    return body


def asked(call: Call, body: Body, action: str, sent: Body) -> Body:
    """The customer has to do something first."""
    body |= {
        "status": "requires_action",
        "last_setup_error": None,
        "next_action": next_action(call, body, action, sent),
    }
    setup_intent.save(call, body)
    call.emit("setup_intent.requires_action", body)
    return body


def next_action(call: Call, body: Body, action: str, sent: Body) -> Body:
    """What the customer has to do. action: `three_d_secure`, `redirect` or `microdeposits`."""
    if action == "microdeposits":
        deposits = {
            "arrival_date": call.now + 2 * 86_400,
            "hosted_verification_url": None,
            "microdeposit_type": "amounts",
        }
        return {"type": "verify_with_microdeposits", "verify_with_microdeposits": deposits}
    if action == "redirect" and "return_url" not in sent:
        raise errors.missing_parameter("return_url")
    return challenge.next_action(call, body, sent.get("return_url"), in_script=sent.get("use_stripe_sdk", False))


def answered(call: Call, body: Body, *, passed: bool) -> Body:
    """The customer has been at their bank, and was recognised or not: the method is set up, or is not."""
    method = methods.payment_method.get(call, body["payment_method"], "payment_method")
    judged = on_setup(methods.instrument(method), authenticated=True)
    why = judged.failure if passed else on_failed_authentication("setup_intent").failure
    if why is None:
        return succeeded(call, body, method)
    failed(call, body, method, why)
    return body


def failed(call: Call, body: Body, method: Body, why: Failure) -> errors.StripeError:
    """The method was refused: another one is needed."""
    shown = call.snapshot(method)
    error = methods.declined(why)
    last = errors.error_body(error)["error"] | {"payment_method": shown}
    body |= {
        "last_setup_error": last,
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }
    setup_intent.save(call, body)
    call.emit("setup_intent.setup_failed", body)
    setup_intent.tell(call, "failed", body)
    return methods.declined(why, payment_method=shown, setup_intent=call.snapshot(body))


def check_open(body: Body, verb: str) -> None:
    """Only an intent that is not over can be confirmed, updated or canceled."""
    if body["status"] not in OPEN:
        message = f"This SetupIntent cannot be {verb}, because it has a status of {body['status']}."
        raise errors.invalid(message, code="setup_intent_unexpected_state")


@setup_intent.create(Create)
def create(call: Call, sent: Body) -> Body:
    if not sent.get("confirm"):
        for name in ("mandate_data", "return_url", "use_stripe_sdk"):
            if name in sent:
                raise errors.invalid(f"{name} can only be sent together with confirm=true.", name)
    body = begin(call, sent)
    already = {"payment_method", "payment_method_data"}
    return confirmed(call, body, without(sent, already)) if sent.get("confirm") else body


def without(sent: Body, names: set[str]) -> Body:
    """What was sent, but for these names."""
    return {name: value for name, value in sent.items() if name not in names}


@setup_intent.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    if not sent.keys() <= ALWAYS:
        check_open(body, "updated")
    if "customer" in sent:
        customer.get(call, sent["customer"], "customer")
        body["customer"] = sent["customer"]
    choose(call, body, sent)
    merge(body, sent, skip=("customer", "payment_method", "payment_method_data"))
    return setup_intent.save(call, body)


@setup_intent.action("/confirm", Confirm)
def confirm(call: Call, body: Body, sent: Body) -> Body:
    check_open(body, "confirmed")
    return confirmed(call, body, sent)


@setup_intent.action("/cancel", Cancel)
def cancel(call: Call, body: Body, sent: Body) -> Body:
    check_open(body, "canceled")
    body |= {"cancellation_reason": sent.get("cancellation_reason"), "next_action": None, "status": "canceled"}
    setup_intent.save(call, body)
    call.emit("setup_intent.canceled", body)
    setup_intent.tell(call, "canceled", body)
    return body


setup_intent.retrieves(Retrieve)
setup_intent.lists(List)
