"""What the application around the portal answers for it.

The portal itself knows nothing about accounts, keys, clocks or request logs. It asks one `Host`. An ordinary Flask
application gets the default (`flask_portal.api.plain.PlainHost`); a Stripe-like server passes a subclass of its own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import stripe
from flask import Request
from flask.typing import ResponseReturnValue
from sqlalchemy import orm

from flask_portal.mail import MailSender
from flask_portal.upstream.files import Files

Body = dict[str, Any]
"""An API object as it is served: JSON values only."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls the API: the account whose objects are meant, its mode, and the Connect application, if any."""

    account: str
    livemode: bool = False
    application: str | None = None


@dataclass(frozen=True, slots=True)
class Branding:
    """How an account looks in the portal. Colours are `#rrggbb`; icon, logo and the two links are absolute URLs."""

    name: str
    icon: str | None = None
    logo: str | None = None
    primary_color: str | None = None
    secondary_color: str | None = None
    privacy_policy_url: str | None = None
    terms_of_service_url: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One call of the API in two phases, so that no transaction is open while other systems are asked.

    name: what the call does, such as `billing_portal.session.create`.
    writes: a POST. It takes part in idempotency, and `write` is set; a GET has `write=None`.
    params: the `Params` class that the form is loaded with; None when the call takes none.
    read: given the principal, the loaded parameters and the ids of the path (`{"id": "bpc_..."}`), it loads and checks,
        and returns a plan for `write`. For a GET it returns the body itself. Raises StripeError.
    write: given a session inside one transaction, the principal and the plan, it returns the body. It neither commits
        nor rolls back.
    reveal: fills in what is never stored (a session's `url`) when an answer is rendered, also on an idempotent replay.
        It returns a new body and leaves its argument alone.
    """

    name: str
    writes: bool
    params: Any
    read: Callable[[Principal, dict[str, Any], dict[str, str]], Any]
    write: Callable[[orm.Session, Principal, Any], Body] | None
    reveal: Callable[[Body], Body]


class Host(ABC):
    """One object answers all that depends on the application around the portal. It is called in an app context.

    parallel_reads: whether several calls of the client are made side by side, on threads; pointless in one process.
    works_beside: whether what an answer does not wait for is done on a thread. Without it the answer waits, and shows
        by its time whether there was something to do.
    has_users: whether anybody may be signed in without a link. Without it their pages are not there.
    """

    has_users = True
    parallel_reads = True
    works_beside = True

    @abstractmethod
    def principal(self, request: Request) -> Principal:
        """Who sent this API request. Raises StripeError (401 or 403) when the key does not say."""

    def own_principal(self) -> Principal:
        """The application's own account, for `Portal.create_session` and for visitors of a `customer_loader`.

        RuntimeError by default: a server of many accounts has none of its own.
        """
        raise RuntimeError(f"{type(self).__name__} has no account of its own; call the API with a key instead")

    def mail_sender(self) -> MailSender | None:
        """What sends mail to customers when the application has no function of its own; None for no mail."""
        return None

    def base_url(self) -> str | None:
        """How links begin when PORTAL_BASE_URL is not set; None for the rule that is safe behind any proxy.

        That rule takes the request's host, and outside debug wants Flask's TRUSTED_HOSTS, so that a forged Host header
        cannot send customers elsewhere.
        """
        return None

    @abstractmethod
    def client(self, account: str) -> stripe.StripeClient:
        """The official client, with a key that reads and changes the billing data of `account`."""

    def files(self, account: str) -> Files:
        """What fetches the PDFs that Stripe's objects have addresses of."""
        return Files(None)

    @abstractmethod
    def now(self, account: str) -> int:
        """Unix seconds by which sessions of `account` live and die: always the live clock, never a test clock."""

    @abstractmethod
    def branding(self, account: str) -> Branding:
        """Name, pictures, colours and links of `account`."""

    @abstractmethod
    def envelope(self, operation: Operation) -> Callable[..., ResponseReturnValue]:
        """A Flask view that runs `operation`: request id, key, version, idempotency, transaction and errors around it.

        The view takes the ids of the path as keyword arguments.
        """

    @abstractmethod
    def recorded(self, kind: str, body: Body, before: Mapping[str, Any] | None = None) -> None:
        """Something happened to an object; called inside `write`, with the transaction still open.

        kind: an event type such as `billing_portal.session.created`.
        body: the object as stored, without secrets and never expanded.
        before: the whole object as it was, when this is an update.
        """

    @abstractmethod
    def session_factory(self) -> orm.Session:
        """A new SQLAlchemy session on the database that holds the portal's tables. The caller closes it."""


CustomerLoader = Callable[[], str | None]
"""Returns the id of the signed-in user's customer (`cus_...`), or None when nobody is signed in."""


@dataclass(frozen=True, slots=True)
class State:
    """What lies in `app.extensions["portal"]`.

    settings: `flask_portal.config.Settings`. policies: `flask_portal.rules.policies.Policies`.
    """

    settings: Any
    host: Host
    find_customer_loader: Callable[[], CustomerLoader | None]
    find_mail_sender: Callable[[], MailSender | None]
    policies: Any

    @property
    def customer_loader(self) -> CustomerLoader | None:
        """The function that the application decorated with `portal.customer_loader`, or None."""
        return self.find_customer_loader()

    @property
    def mail_sender(self) -> MailSender | None:
        """The function that the application decorated with `portal.mail_sender`, else what the host has, or None."""
        return self.find_mail_sender() or self.host.mail_sender()
