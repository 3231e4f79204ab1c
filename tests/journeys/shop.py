"""A shop on an in-process mock, and its customers as they come to the portal: with a plain client and no script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import stripe
from werkzeug.test import Client, TestResponse

from mock_server.testing import Mock

RETURN_URL = "https://shop.example/account"

OPENED = "2035-01-15T12:00"
"""When the shop opens: a date of its own, so that a test can write down what a page says. In UTC, as the pages do."""

FEEDBACK, COMMENT = "cancellation_details[feedback]", "cancellation_details[comment]"


@dataclass(frozen=True)
class Reader:
    """A customer, and the subscription that they have."""

    customer: str
    subscription: str


class Shop:
    """A magazine with one plan, $29.00 a month, on a mock of its own."""

    def __init__(self) -> None:
        self.mock = Mock()
        self.mock.clock.to(OPENED)
        self.client = stripe.StripeClient("sk_test_journeys", http_client=self.mock.transport, max_network_retries=0)
        self.price = self.plan("Magazine", 2900)

    def plan(self, name: str, amount: int, interval: str = "month", currency: str = "usd") -> str:
        """The id of the price of a new product.  amount: minor units."""
        price: Any = {"currency": currency, "unit_amount": amount, "recurring": {"interval": interval}}
        product = self.client.v1.products.create({"name": name, "default_price_data": price})
        return str(product.default_price)

    def customer(self, email: str, **values: Any) -> str:
        """A customer with a Visa card that pays by default."""
        given: Any = {
            "name": email.partition("@")[0].title(),
            "email": email,
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
            **values,
        }
        return self.client.v1.customers.create(given).id

    def reader(self, email: str, *, prices: Sequence[str] = (), **subscription: Any) -> Reader:
        """A customer with a Visa card and a subscription, to the magazine when no prices are named."""
        customer = self.customer(email)
        items = [{"price": price} for price in prices or (self.price,)]
        made: Any = {"customer": customer, "items": items, **subscription}
        return Reader(customer, self.client.v1.subscriptions.create(made).id)

    def subscription(self, reader: Reader) -> stripe.Subscription:
        return self.client.v1.subscriptions.retrieve(reader.subscription)

    def configuration(self, **features: Any) -> str:
        """The id of a new portal configuration: what is not named is off."""
        given: Any = {"features": features}
        return self.client.v1.billing_portal.configurations.create(given).id

    def refuse_payment(self, reader: Reader) -> None:
        """The bank does not pay for a second copy: an invoice stays unpaid, and the subscription is past due."""
        v1 = self.client.v1
        card = v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": reader.customer})
        v1.customers.update(reader.customer, {"invoice_settings": {"default_payment_method": card.id}})
        item = self.subscription(reader)["items"].data[0].id
        wanted: Any = {"items": [{"id": item, "quantity": 2}], "proration_behavior": "always_invoice"}
        v1.subscriptions.update(reader.subscription, wanted)

    def link(self, reader: Reader | str, **more: Any) -> str:
        """The path of a fresh portal link.  reader: also the id of a customer without a subscription."""
        customer = reader if isinstance(reader, str) else reader.customer
        params: Any = {"customer": customer, "return_url": RETURN_URL, **more}
        return path_of(self.client.v1.billing_portal.sessions.create(params).url)

    def login_link(self, **features: Any) -> str:
        """The path of the no-code link of a new configuration."""
        given: Any = {"features": features or {"invoice_history": {"enabled": True}}, "login_page": {"enabled": True}}
        return path_of(str(self.client.v1.billing_portal.configurations.create(given).login_page.url))

    def mails(self) -> list[dict[str, Any]]:
        """What was mailed, newest first."""
        answer = self.browser().get("/_mock/mail", headers={"Authorization": "Bearer sk_test_journeys"})
        found: list[dict[str, Any]] = (answer.json or {})["data"]
        return found

    def mailed_code(self) -> str:
        """The code in the newest mail."""
        return re.findall(r"^\d{6}$", self.mails()[0]["text"], re.MULTILINE)[0]

    def visit(self, reader: Reader | str, **more: Any) -> Visitor:
        """A browser that has followed a fresh link of this customer."""
        visitor = Visitor(self.browser())
        visitor.follow(self.link(reader, **more))
        return visitor

    def browser(self) -> Client:
        return Client(self.mock.app, TestResponse)

    def events(self) -> list[tuple[str, str]]:
        """Types and ids of the last hundred events, newest first."""
        return [(event.type, event.id) for event in self.client.v1.events.list({"limit": 100}).data]

    def since(self, before: list[tuple[str, str]]) -> list[str]:
        """The types of the events that have happened since, oldest first."""
        known = set(before)
        return [event[0] for event in reversed(self.events()) if event not in known]


class Visitor:
    """Somebody with a browser that runs no script: reads a page, fills in its forms, follows its links."""

    def __init__(self, browser: Client, home: str = "") -> None:
        self.browser = browser
        self.home = home
        self.page: TestResponse | None = None

    def follow(self, link: str) -> TestResponse:
        """Open a portal link, and remember where its pages begin."""
        answer = self.get(link)
        self.settle()
        return answer

    def settle(self) -> None:
        """Remember where the pages of this visit begin, once one of them is open."""
        found = re.match(r"/p/bps_\w+", self.path)
        if found:
            self.home = found.group()

    def get(self, path: str, **more: Any) -> TestResponse:
        self.page = self.browser.get(path, follow_redirects=True, **more)
        return self.page

    def go(self, below: str, **more: Any) -> TestResponse:
        """Open a page of this visit."""
        return self.get(self.home + below, **more)

    def post(self, path: str, form: dict[str, str], *, follow: bool = True) -> TestResponse:
        """Send a form as a browser would, and go where the answer leads unless that is another site."""
        headers = {"Sec-Fetch-Site": "same-origin"}
        answer = self.browser.post(path, data=form, headers=headers)
        if follow and answer.status_code == 303 and urlsplit(answer.location).netloc == "":
            return self.get(answer.location)
        self.page = answer
        return answer

    def submit(self, containing: str, **typed: str) -> TestResponse:
        """Send the form of the current page in which `containing` stands, with its values and what was typed."""
        where, form = self.form(containing)
        return self.post(where, {**form, **typed})

    def form(self, containing: str) -> tuple[str, dict[str, str]]:
        """Address and values of the form of the current page in which `containing` stands."""
        form = next(form for form in forms(self.text) if containing in form)
        action = re.search(r'<form[^>]*\baction="([^"]*)"', form)
        return unescape(action.group(1)) if action and action.group(1) else self.path, fields(form)

    @property
    def text(self) -> str:
        return self.page.get_data(as_text=True) if self.page is not None else ""

    @property
    def status(self) -> int:
        return self.page.status_code if self.page is not None else 0

    @property
    def said(self) -> str:
        """The words of the page's main part, on one line."""
        return words(self.text.partition("<main")[2].partition("</main>")[0].partition(">")[2])

    @property
    def navigation(self) -> list[str]:
        return [
            words(link) for link in re.findall(r"<a\b.*?</a>", self.text.partition("<nav")[2].partition("</nav>")[0])
        ]

    @property
    def heading(self) -> str:
        return words(self.text.partition("<h1>")[2].partition("</h1>")[0])

    @property
    def path(self) -> str:
        return self.page.request.path if self.page is not None else ""

    def token(self, below: str) -> str:
        """A CSRF token of this visit, from a page that has a form."""
        self.go(below)
        return fields(self.text)["csrf_token"]


def path_of(url: str) -> str:
    return urlsplit(url).path


def words(html: str) -> str:
    """What is read: without tags, on one line, with ordinary spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split()).replace(" .", ".").replace(" ,", ",")


def forms(html: str) -> list[str]:
    return re.findall(r"<form\b.*?</form>", html, re.DOTALL)


def fields(html: str) -> dict[str, str]:
    """Names and values as a browser would send them: of hidden and text fields, selects and checked choices."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input\b[^>]*>", html):
        attributes = dict(re.findall(r'([\w:-]+)="([^"]*)"', tag))
        is_choice = attributes.get("type") in ("radio", "checkbox")
        if "name" in attributes and (not is_choice or " checked" in tag):
            found[attributes["name"]] = unescape(attributes.get("value", ""))
    for name, text in re.findall(r'<textarea\b[^>]*\bname="([^"]*)"[^>]*>(.*?)</textarea>', html, re.DOTALL):
        found[name] = unescape(text)
    for name, options in re.findall(r'<select\b[^>]*\bname="([^"]*)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected>', options)
        found[name] = unescape(chosen.group(1)) if chosen else ""
    return found
