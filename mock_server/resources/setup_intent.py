"""SetupIntents: a payment method is prepared for later payments, without one now.

Source: docs.stripe.com/api/setup_intents
"""

from __future__ import annotations

from flask_portal.wire import errors, ids
from mock_server.core.call import Body, Call, Kept
from mock_server.core.resource import Resource, merge
from mock_server.payments.failures import Failure
from mock_server.payments.methods import Method
from mock_server.payments.outcomes import Outcome, on_failed_authentication, on_setup

from . import challenge, microdeposits
from . import mandate as mandates
from . import mandate_params as acceptances
from . import payment_method as methods
from . import payment_method_choice as choices
from . import payment_method_options as options
from . import setup_attempt as attempts
from .customer import customer
from .microdeposits import Verify, on_late_deposits
from .setup_intent_params import Cancel, Confirm, Create, List, Retrieve, Update

ONCE = "_once"
"""Stored with an intent that sets up one payment: its amount and currency."""

OPEN = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})
ALWAYS = frozenset({"description", "metadata", "expand"})
"""What can be updated after the end too."""

SENT_APART = ("customer", "payment_method", "payment_method_data", *choices.PARAMETERS)
"""What is not simply stored."""

setup_intent = Resource(
    "setup_intent",
    "/v1/setup_intents",
    prefix="seti",
    label="setupintent",
    search=("customer", "payment_method"),
    expands={
        "customer": "customer",
        "latest_attempt": "setup_attempt",
        "mandate": "mandate",
        "payment_method": "payment_method",
        "single_use_mandate": "mandate",
    },
    private=True,
    happenings=("succeeded", "failed", "canceled"),
)


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
        ONCE: sent.get("single_use"),
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
    choices.take(call, body, sent)
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
    choices.check(body, method, "setup_intent_invalid_parameter")
    body |= {"payment_method": method["id"], "status": "requires_confirmation", "next_action": None}
    choices.show_types(body, method)


def confirmed(call: Call, body: Body, sent: Body) -> Body:
    """Set the method up, or find out what the customer has to do first.

    A refused method is answered with its error; the intent and its event stay.
    """
    acceptances.check(sent)
    choices.take(call, body, sent)
    choose(call, body, sent)
    if body["payment_method"] is None:
        message = "A SetupIntent cannot be confirmed without a payment method: pass payment_method."
        raise errors.invalid(message, "payment_method", "setup_intent_unexpected_state")
    method = methods.payment_method.get(call, body["payment_method"], "payment_method")
    behind = methods.instrument(method)
    if isinstance(behind, Method) and behind.needs_mandate and not sent.get("mandate_data"):
        raise errors.missing_parameter("mandate_data")
    verified = options.is_verified(body, method["type"], methods.is_verified(method))
    outcome = on_setup(behind, verified=verified, challenge_wanted=options.challenge_wanted(body))
    attempts.begin(call, body, method)
    if outcome.failure is not None:
        raise Kept(failed(call, body, method, outcome.failure))
    if sent.get("mandate_data"):
        mandates.agree(body, sent, options.of(body, method["type"]).get("mandate_options") or {})
    if outcome.action is not None:
        return asked(call, body, outcome, sent)
    return succeeded(call, body, method)


def give_mandate(call: Call, body: Body, method: Body) -> None:
    """The mandate that was agreed to is given."""
    given = mandates.given(call, body, method, body[ONCE])
    if given is not None:
        body["single_use_mandate" if body[ONCE] else "mandate"] = given["id"]


def succeeded(call: Call, body: Body, method: Body, *, authenticated: bool = False) -> Body:
    """The method is ready for later payments, and is the customer's."""
    if body["customer"] is not None and method["customer"] is None:
        methods.check_unused(method)
    body |= {"status": "succeeded", "last_setup_error": None, "next_action": None}
    give_mandate(call, body, method)
    attempts.go_on(call, body, "succeeded", authenticated=authenticated)
    setup_intent.save(call, body, due=None)
    call.emit("setup_intent.succeeded", body)
    methods.keep(call, method, body["customer"])
    setup_intent.tell(call, "succeeded", body)
    return body


def asked(call: Call, body: Body, outcome: Outcome, sent: Body) -> Body:
    """The customer has to do something first."""
    action = next_action(call, body, outcome, sent)
    body |= {"status": "requires_action", "last_setup_error": None, "next_action": action}
    attempts.go_on(call, body, "requires_action")
    waits = outcome.action == "microdeposits"
    setup_intent.save(call, body, due=microdeposits.due_at(call, outcome.later is None) if waits else None)
    call.emit("setup_intent.requires_action", body)
    return body


def next_action(call: Call, body: Body, outcome: Outcome, sent: Body) -> Body:
    """What the customer has to do."""
    if outcome.action == "microdeposits":
        return microdeposits.next_action(call, body)
    if outcome.action == "redirect" and "return_url" not in sent:
        raise errors.missing_parameter("return_url")
    return challenge.next_action(call, body, sent.get("return_url"), in_script=sent.get("use_stripe_sdk", False))


def answered(call: Call, body: Body, *, passed: bool) -> Body:
    """The customer has been at their bank, and was recognised or not: the method is set up, or is not."""
    method = methods.payment_method.get(call, body["payment_method"], "payment_method")
    judged = on_setup(methods.instrument(method), authenticated=True)
    why = judged.failure if passed else on_failed_authentication("setup_intent").failure
    if why is None:
        return succeeded(call, body, method, authenticated=True)
    failed(call, body, method, why)
    return body


@setup_intent.action("/verify_microdeposits", Verify)
def verify(call: Call, body: Body, sent: Body) -> Body:
    """The customer tells what has arrived on their account."""
    method = methods.payment_method.find(call, body["payment_method"] or "") or {}
    why = microdeposits.judge(call, setup_intent, body, method.get("type", ""), sent)
    if why is not None:
        failed(call, body, method, why)
        raise Kept(microdeposits.refusal(why))
    return succeeded(call, body, methods.verify(call, method))


@setup_intent.due
def give_up_waiting(call: Call, body: Body) -> None:
    """The deposits could not be sent, or nobody has told what has arrived."""
    setup_intent.save(call, body, due=None)
    if not microdeposits.wait_for(body):
        return
    method = methods.payment_method.get(call, body["payment_method"])
    failed(call, body, method, on_late_deposits(methods.instrument(method)))


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
    body.pop(mandates.AGREED, None)
    attempts.go_on(call, body, "failed", last)
    setup_intent.save(call, body, due=None)
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
    choices.take(call, body, sent)
    choose(call, body, sent)
    merge(body, sent, skip=SENT_APART)
    return setup_intent.save(call, body)


@setup_intent.action("/confirm", Confirm)
def confirm(call: Call, body: Body, sent: Body) -> Body:
    check_open(body, "confirmed")
    return confirmed(call, body, sent)


@setup_intent.action("/cancel", Cancel)
def cancel(call: Call, body: Body, sent: Body) -> Body:
    check_open(body, "canceled")
    body |= {"cancellation_reason": sent.get("cancellation_reason"), "next_action": None, "status": "canceled"}
    if body["latest_attempt"] is not None:
        attempts.go_on(call, body, "abandoned")
    setup_intent.save(call, body, due=None)
    call.emit("setup_intent.canceled", body)
    setup_intent.tell(call, "canceled", body)
    return body


setup_intent.retrieves(Retrieve)
setup_intent.lists(List)
