"""Payment method configurations: which types of payment methods a business offers.

Every account has a default one, made when it is first looked for. A connected account's are its own: configurations
that a platform gives to its accounts are not built.
Source: docs.stripe.com/api/payment_method_configurations
"""

from __future__ import annotations

from flask_portal.wire import errors
from flask_portal.wire.params import Bool, Hash, ListParams, OneOf, Params, Str
from mock_server.core.call import Body, Call
from mock_server.core.params import NotBuilt, params_of
from mock_server.core.resource import Key, Resource

from .payment_method_params import NOT_BUILT
from .payment_method_types import CONFIGURED

NOT_SHOWN = frozenset({"apple_pay_later", "fr_meal_voucher_conecs"})
"""Types that can be sent, and that the object does not have any more."""

UNAVAILABLE = NOT_SHOWN | set(NOT_BUILT)
SHOWN = tuple(name for name in CONFIGURED if name not in NOT_SHOWN)
ON_BY_DEFAULT = frozenset({"apple_pay", "card", "cartes_bancaires", "google_pay", "jcb", "link"})
OF_A_CARD = frozenset({"apple_pay", "cartes_bancaires", "google_pay", "jcb"})
"""Ways to use a card, and no types of payment methods of their own."""

payment_method_configuration = Resource(
    "payment_method_configuration",
    "/v1/payment_method_configurations",
    prefix="pmc",
    label="payment method configuration",
    search=("application", Key("active", bool), Key("is_default", bool)),
)


class Preference(Params):
    preference = OneOf("none", "off", "on")


class Type(Params):
    display_preference = Hash(Preference)


TYPES = {
    **{name: Hash(Type) for name in SHOWN},
    **{name: NotBuilt(f"The payment method type {name}") for name in NOT_SHOWN},
    "name": Str(max_length=100),
}
PARENT = NotBuilt("Configurations that a platform gives to its accounts")
Create = params_of("Create", {**TYPES, "parent": PARENT})
Update = params_of("Update", {**TYPES, "active": Bool()})


class List(ListParams):
    active = Bool()
    application = Str(nullable=True)


def represent(call: Call, name: str, *, is_default: bool) -> Body:
    """The object of a new configuration, before anything is turned on or off."""
    return {
        "id": payment_method_configuration.new_id(),
        "object": "payment_method_configuration",
        "active": True,
        "application": None,
        "is_default": is_default,
        "livemode": call.livemode,
        "name": name,
        "parent": None,
        **{kind: offered(kind, "none") for kind in SHOWN},
    }


def offered(kind: str, preference: str) -> Body:
    """Whether a type is offered. preference: `on`, `off`, or `none` for what is usual."""
    usual = "on" if kind in ON_BY_DEFAULT else "off"
    value = usual if preference == "none" else preference
    available = value == "on" and kind not in UNAVAILABLE
    preferred = {"overridable": None, "preference": preference, "value": value}
    return {"available": available, "display_preference": preferred}


def prefer(body: Body, sent: Body) -> None:
    """Turn on and off what was sent."""
    for kind in SHOWN:
        preference = sent.get(kind, {}).get("display_preference", {}).get("preference")
        if preference is not None:
            body[kind] = offered(kind, preference)


def default(call: Call) -> Body:
    """The account's default configuration, made if there is none yet."""
    call.alone("payment_method_configuration", "default")
    found = payment_method_configuration.where(call, is_default=True, limit=1)
    if found:
        return found[0]
    return payment_method_configuration.add(call, represent(call, "Default", is_default=True))


def active(call: Call, id: str, param: str) -> Body:
    """The configuration that a parameter names; one that was turned off is refused."""
    body = payment_method_configuration.get(call, id, param)
    if not body["active"]:
        message = f"The payment method configuration {id} is not active."
        raise errors.invalid(message, param, "payment_method_configuration_failures")
    return body


def types(body: Body) -> list[str]:
    """The types of payment methods that a configuration offers."""
    return [kind for kind in SHOWN if kind not in OF_A_CARD and body[kind]["available"]]


@payment_method_configuration.create(Create)
def create(call: Call, sent: Body) -> Body:
    default(call)
    body = represent(call, sent.get("name", "Custom"), is_default=False)
    prefer(body, sent)
    return payment_method_configuration.add(call, body)


@payment_method_configuration.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    if body["is_default"] and sent.get("active") is False:
        raise errors.invalid("The default payment method configuration cannot be turned off.", "active")
    prefer(body, sent)
    body |= {name: sent[name] for name in ("active", "name") if name in sent}
    return payment_method_configuration.save(call, body)


payment_method_configuration.retrieves()


@payment_method_configuration.endpoint("GET", "/v1/payment_method_configurations", List, writes=True)
def list_all(call: Call, _ids: dict[str, str], sent: Body) -> Body:
    """Those of the account, or of an application that has none; the first look makes the default one."""
    default(call)
    wanted = {name: sent[name] for name in ("active", "application") if name in sent}
    return payment_method_configuration.page(call, "/v1/payment_method_configurations", sent, **wanted)
